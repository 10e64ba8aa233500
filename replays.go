package tickwire

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tickwire/codec/replay"
	"tickwire/edge"
	"tickwire/lobby"
	"tickwire/sio/engine"
)

// replays serves the logs of matches, for the page to play and for support to
// run again. Those of matches that run are nobody's business yet: they show what
// players hide from each other.
//
//	GET /replays/             JSON: the list, the youngest first
//	GET /replays/{id}         the log
//	GET /replays/{id}/stream  what a viewer plays, see docs/replay.md
type replays struct {
	server *Server
	pace   *rate.Limiter // bytes of logs

	mu   sync.Mutex           // guards the following
	busy int                  // answers that are under way
	by   map[netip.Prefix]int // of them, those to an address
}

// The matches come first: viewers are bounded.
const (
	maxStreams     = 4           // at a time
	maxStreamsEach = 2           // of them to one address: who reads slowly leaves some to the others
	streamTime     = time.Minute // for each

	// A MiB of a log is some 20 ms of work to unpack: all viewers together have
	// a sixth of a processor, whatever they ask for and how often.
	paceBytes = 8 << 20  // of logs per second
	paceEach  = 64 << 10 // that a request counts besides

	// The list of a thousand recordings is 1 ms of work.
	listRate     = 50 // requests per second
	listRateEach = 10 // of them, those of an address
)

func (s *Server) handleReplays() {
	r := &replays{server: s, pace: rate.NewLimiter(paceBytes, paceEach), by: map[netip.Prefix]int{}}
	lists := edge.NewRates(listRate, listRateEach, burst)
	s.Handle("GET /replays/{$}", secured(lists.Handler(http.HandlerFunc(r.list)), nil))
	s.Handle("GET /replays/{id}", secured(http.HandlerFunc(r.log), nil))
	s.mux.Handle("GET /replays/{id}/stream", s.door.requests.Handler(secured(http.HandlerFunc(r.stream), nil)))
}

func (r *replays) list(w http.ResponseWriter, _ *http.Request) {
	infos := r.server.lobbies.Replays()
	infos = slices.DeleteFunc(infos, func(i lobby.ReplayInfo) bool { return i.Running })
	slices.Reverse(infos)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{"replays": infos}) // fails when the client is gone
}

func (r *replays) log(w http.ResponseWriter, req *http.Request) {
	r.send(w, req, func(w io.Writer, log io.Reader) error {
		_, err := io.Copy(w, log)
		return err
	})
}

func (r *replays) stream(w http.ResponseWriter, req *http.Request) {
	r.send(w, req, replay.Stream)
}

// send answers with what write makes of a log.
func (r *replays) send(w http.ResponseWriter, req *http.Request, write func(io.Writer, io.Reader) error) {
	leave, ok := r.enter(req.RemoteAddr)
	if !ok {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "others are being served: try again", http.StatusServiceUnavailable)
		return
	}
	defer leave()
	if r.pace.WaitN(req.Context(), paceEach) != nil {
		return // the client is gone
	}
	id := req.PathValue("id")
	log, err := r.server.lobbies.OpenReplay(id)
	if err != nil {
		http.NotFound(w, req)
		return
	}
	defer log.Close()
	if slices.ContainsFunc(r.server.lobbies.Replays(), func(i lobby.ReplayInfo) bool { return i.ID == id && i.Running }) {
		http.Error(w, "the match is running", http.StatusForbidden)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(streamTime)) // else a slow reader keeps others out
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-store")
	_ = write(w, &paced{log, r.pace, req.Context()}) // the client is gone, or the log is broken: what came is what there is
}

// paced reads no faster than a pace that it shares, until ctx ends.
type paced struct {
	from io.Reader
	pace *rate.Limiter
	ctx  context.Context
}

func (p *paced) Read(b []byte) (int, error) {
	n, err := p.from.Read(b[:min(len(b), p.pace.Burst())])
	if gone := p.pace.WaitN(p.ctx, n); gone != nil {
		return n, gone
	}
	return n, err
}

// enter takes a place for an answer, until leave is called. This machine has no
// bound of its own: see Network.
func (r *replays) enter(address string) (leave func(), ok bool) {
	block, counts := engine.Block(address)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy == maxStreams || counts && r.by[block] == maxStreamsEach {
		return nil, false
	}
	r.busy++
	if counts {
		r.by[block]++
	}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.busy--
		if r.by[block]--; r.by[block] <= 0 {
			delete(r.by, block)
		}
	}, true
}
