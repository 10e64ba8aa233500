package engine

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"tickwire/codec/engineio"
)

// Server is an Engine.IO server, an http.Handler.
type Server struct {
	opts    Options
	silence time.Duration // see there; tests shorten it
	beat    *heartbeat
	stats   counters
	live    sync.WaitGroup // sessions whose handler was not told of the end, connections not closed
	lot     parkingLot
	rings   rings

	mu        sync.Mutex // guards the following; taken under Session.mu, never the other way
	closing   bool
	open      int // open sessions, and handshakes that will become one
	sessions  map[string]*Session
	conns     []*wsConn            // open websockets
	byAddress map[netip.Prefix]int // open sessions; those of addresses without a Block are not counted
	past      Traffic              // of sessions that are not listed any more
}

// New makes a server. It starts nothing.
func New(o Options) *Server {
	srv := &Server{
		opts:     o.withDefaults(),
		silence:  silence,
		beat:     newHeartbeat(),
		sessions: map[string]*Session{},

		byAddress: map[netip.Prefix]int{},
	}
	srv.rings.init(&srv.opts)
	return srv
}

// ServeHTTP serves one request of the protocol.
func (srv *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		// net/http reads a body to its end before it sends an answer, also
		// if the request is refused.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(unwantedTimeout))
	}
	if !srv.servesPath(r.URL.Path) {
		http.NotFound(w, r)
		return
	}
	if cors := srv.opts.CORS; cors != nil && cors.apply(w, r) {
		return
	}
	s, refusal := srv.verify(r)
	if refusal != nil {
		srv.refuse(w, r, *refusal)
		return
	}
	switch {
	case isUpgrade(r):
		srv.serveWebSocket(w, r, s)
	case s == nil:
		srv.serveHandshake(w, r)
	case r.Method == http.MethodGet:
		s.servePoll(w, r)
	default:
		s.servePost(w, r)
	}
}

func (srv *Server) servesPath(path string) bool {
	want := srv.opts.Path
	if path == want {
		return true
	}
	return !strings.HasSuffix(want, "/") && path == want+"/"
}

// verify checks a request before anything is done for it. It returns the
// session that the request names, or nil for a handshake.
func (srv *Server) verify(r *http.Request) (*Session, *ConnectionError) {
	query := r.URL.RawQuery
	transport := Transport(param(query, "transport"))
	if !slices.Contains(srv.opts.Transports, transport) {
		return nil, &ConnectionError{Code: UnknownTransport, Context: begin(string(transport))}
	}
	if transport == Polling && isUpgrade(r) {
		return nil, &ConnectionError{Code: BadRequest, Context: "upgrade request for polling"}
	}
	if hasParam(query, "j") {
		// JSONP is a way around CORS for browsers that nobody has any more.
		return nil, &ConnectionError{Code: BadRequest, Context: "JSONP is not served"}
	}
	if r.Method == http.MethodGet && r.ContentLength != 0 {
		// net/http notices that a client leaves only when its body was read.
		return nil, &ConnectionError{Code: BadRequest, Context: "GET with a body"}
	}
	eio := param(query, "EIO")
	if sid := param(query, "sid"); sid != "" {
		return srv.verifySession(r, sid, eio, transport)
	}
	switch {
	case r.Method != http.MethodGet:
		return nil, &ConnectionError{Code: BadHandshakeMethod, Context: r.Method}
	case transport == WebSocket && !isUpgrade(r):
		return nil, &ConnectionError{Code: BadRequest, Context: "websocket without an upgrade request"}
	case eio != "4":
		return nil, &ConnectionError{Code: UnsupportedProtocol, Context: "EIO=" + eio}
	case factBytes(r) > maxFactBytes:
		return nil, &ConnectionError{Code: BadRequest, Context: "URL and headers too large", status: http.StatusRequestHeaderFieldsTooLarge}
	}
	if cors := srv.opts.CORS; cors != nil && cors.refuses(r) {
		srv.stats.foreign.Add(1)
		return nil, &ConnectionError{Code: Forbidden, Message: cors.refusal(r)}
	}
	if allow := srv.opts.AllowRequest; allow != nil {
		if err := allow(r); err != nil {
			return nil, refused(err)
		}
	}
	return nil, nil
}

// verifySession checks a request that names a session.
func (srv *Server) verifySession(r *http.Request, sid, eio string, transport Transport) (*Session, *ConnectionError) {
	s := srv.session(sid)
	switch {
	case s == nil:
		return nil, &ConnectionError{Code: UnknownSession, Context: "sid " + begin(sid)}
	case eio != "4":
		return nil, &ConnectionError{Code: UnsupportedProtocol, Context: "EIO=" + eio}
	case isUpgrade(r):
		return s, nil
	case s.Transport() != transport:
		return nil, &ConnectionError{Code: BadRequest, Context: "transport mismatch"}
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return nil, &ConnectionError{Code: BadHandshakeMethod, Context: r.Method}
	}
	return s, nil
}

// session returns the session of a sid, or nil. The sid is the session's only
// secret: 120 random bits, looked up by hash, so timing tells nothing.
func (srv *Server) session(sid string) *Session {
	srv.mu.Lock()
	s := srv.sessions[sid]
	srv.mu.Unlock()
	if s != nil && srv.beat.expire(s) {
		return nil
	}
	return s
}

// serveHandshake opens a session on polling.
func (srv *Server) serveHandshake(w http.ResponseWriter, r *http.Request) {
	if !srv.reserve(w, r) {
		return
	}
	s := srv.newSession(r, newID())
	srv.begin(s)
	srv.firstHeaders(w.Header(), r, s.id)
	if err := srv.reply(w, r, contentText, srv.openPacket(nil, s.id, Polling)); err != nil {
		s.fail(TransportError, ErrPollAborted)
	}
}

// openPacket appends the first packet of a session.
func (srv *Server) openPacket(dst []byte, sid string, transport Transport) []byte {
	var upgrades []string
	if transport == Polling && !srv.opts.DisableUpgrades && slices.Contains(srv.opts.Transports, WebSocket) {
		upgrades = []string{string(WebSocket)}
	}
	return engineio.AppendOpen(dst, engineio.Handshake{
		SID:          sid,
		Upgrades:     upgrades,
		PingInterval: srv.opts.PingInterval,
		PingTimeout:  srv.opts.PingTimeout,
		MaxPayload:   srv.opts.MaxPayload,
	})
}

func (srv *Server) newSession(r *http.Request, id string) *Session {
	return &Session{id: id, srv: srv, fd: -1, facts: newHandshake(r)}
}

// begin makes a session known and calls Accept. The session's slot was
// reserved before.
func (srv *Server) begin(s *Session) {
	s.turn.Lock() // an early end waits for the handler
	srv.remember(s)
	s.handler = srv.opts.Accept(s)
	s.turn.Unlock()

	srv.stats.opened.Add(1)
	s.mu.Lock()
	if s.state == open {
		srv.beat.schedule(s, pingDue, srv.beat.now()+srv.opts.PingInterval)
	}
	s.mu.Unlock()
	if srv.isClosing() {
		s.Close(ServerShutdown)
	}
}

// reserve takes the slot of a new session, or answers the request.
func (srv *Server) reserve(w http.ResponseWriter, r *http.Request) bool {
	srv.mu.Lock()
	room := !srv.closing && (srv.opts.MaxSessions == 0 || srv.open < srv.opts.MaxSessions)
	ok := room && srv.takeAddressLocked(r.RemoteAddr)
	if ok {
		srv.open++
		srv.live.Add(1)
	}
	srv.mu.Unlock()
	switch {
	case !room:
		srv.stats.full.Add(1)
		srv.refuse(w, r, ConnectionError{Code: Forbidden, Message: "server is full or shutting down", status: http.StatusServiceUnavailable})
	case !ok:
		srv.stats.crowded.Add(1)
		srv.refuse(w, r, *refused(errAddressFull))
	}
	return ok
}

// unreserve gives back the slot of a handshake that failed.
func (srv *Server) unreserve(address string) {
	srv.freeSlot(address)
	srv.live.Done()
}

// remember makes a session findable by its id.
func (srv *Server) remember(s *Session) {
	srv.mu.Lock()
	srv.sessions[s.id] = s
	srv.mu.Unlock()
}

// unlist makes a session unknown.
func (srv *Server) unlist(s *Session) {
	srv.mu.Lock()
	delete(srv.sessions, s.id)
	srv.past.take(&s.traffic)
	srv.mu.Unlock()
}

// freeSlot gives back the slot of a session that has ended.
func (srv *Server) freeSlot(address string) {
	srv.mu.Lock()
	srv.open--
	srv.freeAddressLocked(address)
	srv.mu.Unlock()
}

func (srv *Server) isClosing() bool {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return srv.closing
}

// addConn keeps a websocket for Close to find, until removeConn. Once the
// server closes, it takes only those of sessions that hold a slot.
func (srv *Server) addConn(c *wsConn, slot bool) bool {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.closing && !slot {
		return false
	}
	srv.live.Add(1)
	c.at = int32(len(srv.conns))
	srv.conns = append(srv.conns, c)
	return true
}

func (srv *Server) removeConn(c *wsConn) {
	srv.mu.Lock()
	last := len(srv.conns) - 1
	srv.conns[c.at], srv.conns[last].at = srv.conns[last], c.at
	srv.conns[last] = nil
	srv.conns = srv.conns[:last]
	if srv.sessions[c.s.id] != c.s {
		srv.past.take(&c.s.traffic) // its last words
	}
	srv.mu.Unlock()
	srv.live.Done()
}

// Sessions returns the number of open sessions.
func (srv *Server) Sessions() int {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return srv.open
}

// Close ends all sessions with reason ServerShutdown and waits until their
// handlers have been told and their connections are closed. When ctx ends
// first, the remaining connections are cut and ctx's error is returned.
// Handshakes from now on are answered 503.
func (srv *Server) Close(ctx context.Context) error {
	for _, s := range srv.stop() {
		s.Close(ServerShutdown)
		s.forgetLingering()
	}
	done := make(chan struct{})
	go func() { // ends when the last session has
		srv.live.Wait()
		srv.lot.close()
		srv.rings.close()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	for _, c := range srv.conns {
		_ = c.conn.SetDeadline(time.Unix(1, 0))
	}
	return ctx.Err()
}

// stop refuses new sessions and returns those that are there.
func (srv *Server) stop() []*Session {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.closing = true
	all := make([]*Session, 0, len(srv.sessions))
	for _, s := range srv.sessions {
		all = append(all, s)
	}
	return all
}
