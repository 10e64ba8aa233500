package sio

import (
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio/engine"
)

// conn is what this package keeps per engine session: the sockets of one
// client, and whose turn it is to run handlers.
type conn struct {
	// Set when made, read-only after.
	srv *Server
	ses *engine.Session

	// turn is held while handlers of this session run: by the session's
	// reader for a message, else by a goroutine that runs tasks.
	turn sync.Mutex

	// Owned by the holder of turn. The parser is set before the first socket
	// exists and never changes after.
	parser  Parser
	decoder *socketio.JSONDecoder // of a packet that waits for attachments
	waiting *time.Timer           // for the attachments of a packet

	mu        sync.Mutex // guards the following
	tasks     []func()   // to be run in turn
	sockets   []*Socket
	attempts  []*attempt
	running   int32 // goroutines of attempts, given up ones included
	closed    bool
	endReason Reason      // why this side closed the session, if it did
	unjoined  *time.Timer // ends a session without namespace; nil once joined
}

// attempt is a client's CONNECT that is not decided yet.
type attempt struct {
	name      string
	cancelled bool    // guarded by conn.mu
	socket    *Socket // guarded by conn.mu until the attempt is concluded
}

func newConn(srv *Server, ses *engine.Session) *conn {
	c := &conn{srv: srv, ses: ses, parser: srv.opts.Parser}
	c.unjoined = time.AfterFunc(srv.opts.ConnectTimeout, func() { c.violation("no namespace joined in time", nil) })
	return c
}

// Message handles one message of the session. It is the engine's Handler.
func (c *conn) Message(data []byte, binary bool) {
	c.turn.Lock()
	c.receive(data, binary)
	c.endTurn()
}

// Closed handles the end of the session. It is the engine's Handler.
func (c *conn) Closed(reason engine.Reason, err error) {
	c.turn.Lock()
	c.stopWaiting()
	c.mu.Lock()
	c.closed = true
	c.stopUnjoinedLocked()
	why := c.endReason
	if why == "" {
		why = Reason(reason)
	}
	sockets := slices.Clone(c.sockets)
	attempts := c.attempts
	for _, a := range attempts {
		a.cancelled = true
	}
	c.mu.Unlock()
	for _, a := range attempts {
		c.abort(a)
	}
	for _, s := range sockets {
		s.end(why)
	}
	if err != nil {
		c.srv.opts.Log.Debug().Str("sid", c.ses.ID()).Str("reason", string(why)).Err(err).Msg("session ended")
	}
	c.endTurn()
}

// post runs fn in turn: after the handler that runs now, or on a goroutine of
// its own, which ends with the tasks. It never waits.
func (c *conn) post(fn func()) {
	c.mu.Lock()
	c.tasks = append(c.tasks, fn)
	c.mu.Unlock()
	if c.turn.TryLock() {
		go c.endTurn()
	}
}

// endTurn runs the tasks that came up and gives the turn back.
func (c *conn) endTurn() {
	for {
		c.runTasks()
		c.turn.Unlock()
		// A task posted since saw the turn taken: it is ours, unless
		// somebody else has the turn by now.
		if !c.hasTask() || !c.turn.TryLock() {
			return
		}
	}
}

func (c *conn) runTasks() {
	for fn := c.nextTask(); fn != nil; fn = c.nextTask() {
		fn()
	}
}

func (c *conn) nextTask() func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.tasks) == 0 {
		c.tasks = nil
		return nil
	}
	fn := c.tasks[0]
	c.tasks[0] = nil
	c.tasks = c.tasks[1:]
	return fn
}

func (c *conn) hasTask() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.tasks) > 0
}

// receive decodes a message and handles the packet that it completes.
func (c *conn) receive(data []byte, binary bool) {
	if c.parser == Auto {
		// Only the MessagePack parser starts with a binary message.
		c.parser = JSON
		if binary {
			c.parser = MsgPack
		}
	}
	buf := scratches.Get().(*scratch)
	defer buf.release()
	p, ok, err := c.decode(buf, data, binary)
	switch {
	case err != nil:
		c.close(ForcedClose, "invalid packet", err)
	case ok:
		c.stopWaiting()
		c.handle(p)
	case c.waiting == nil:
		c.waiting = time.AfterFunc(c.srv.opts.AttachmentTimeout, func() {
			c.close(ForcedClose, "attachments did not come in time", nil)
		})
	}
}

func (c *conn) decode(buf *scratch, data []byte, binary bool) (p socketio.Packet, ok bool, err error) {
	if c.parser == MsgPack {
		if !binary {
			return p, false, socketio.ErrPacket
		}
		p, err = socketio.DecodeMsgPack(data, c.srv.opts.Limits)
		return p, err == nil, err
	}
	if c.decoder == nil && !binary {
		// Most packets are whole: a decoder is kept for one that is not.
		d := socketio.JSONDecoder{Limits: c.srv.opts.Limits}
		var out []byte
		p, out, ok, err = d.Text(buf.data[:0], data)
		if d.Pending() {
			kept := d
			c.decoder = &kept
		}
		buf.data = out
		return p, ok, err
	}
	if c.decoder == nil {
		return p, false, socketio.ErrAttachments // announced by nothing
	}
	take := c.decoder.Text
	if binary {
		take = c.decoder.Binary
	}
	p, out, ok, err := take(buf.data[:0], data)
	if ok {
		c.decoder = nil
	}
	buf.data = out
	return p, ok, err
}

func (c *conn) stopWaiting() {
	if c.waiting != nil {
		c.waiting.Stop()
		c.waiting = nil
	}
}

// handle acts on a packet. Source: Socket.IO v5, "Exchange protocol".
func (c *conn) handle(p socketio.Packet) {
	if p.Type == socketio.Connect {
		c.connect(p.Namespace, p.Data)
		return
	}
	s := c.socket(p.Namespace)
	switch {
	case s == nil && p.Type == socketio.Disconnect && c.cancelAttempt(p.Namespace):
	case s == nil || p.Type == socketio.ConnectError:
		c.violation("packet out of order", nil)
	case p.Type == socketio.Disconnect:
		s.end(ClientNamespaceDisconnect)
	case p.Type == socketio.Ack:
		s.onAck(p.ID, socketio.ArgsOf(p.Data))
	default:
		s.onEvent(p)
	}
}

// violation ends the session of a client that breaks the order of packets.
func (c *conn) violation(what string, err error) { c.close(ForcedServerClose, what, err) }

// close ends the session for a reason of this package's.
func (c *conn) close(reason Reason, what string, err error) {
	c.mu.Lock()
	if c.endReason == "" {
		c.endReason = reason
	}
	sockets := slices.Clone(c.sockets)
	c.mu.Unlock()
	c.srv.opts.Log.Debug().Str("sid", c.ses.ID()).Str("reason", string(reason)).Err(err).Msg(what)
	for _, s := range sockets {
		s.end(reason)
	}
	c.ses.Close(engine.ForcedClose)
}

func (c *conn) socket(namespace string) *Socket {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sockets {
		if s.ns.name == namespace {
			return s
		}
	}
	return nil
}

// remove forgets a socket that ended, so that its namespace may be joined anew.
func (c *conn) remove(s *Socket) {
	c.mu.Lock()
	if i := slices.Index(c.sockets, s); i >= 0 {
		c.sockets = slices.Delete(c.sockets, i, i+1)
	}
	c.mu.Unlock()
}

func (c *conn) stopUnjoinedLocked() {
	if c.unjoined != nil {
		c.unjoined.Stop()
		c.unjoined = nil
	}
}

// send encodes and sends a packet that is not an event.
func (c *conn) send(p socketio.Packet) error {
	m, err := encode(p, c.parser)
	if err != nil {
		return err
	}
	return c.ses.Send(m)
}

// hold encodes a packet and queues it; it leaves with the next one or Flush.
func (c *conn) hold(p socketio.Packet) error {
	m, err := encode(p, c.parser)
	if err != nil {
		return err
	}
	return c.ses.Hold(m)
}

// contain is deferred around handlers: a panic ends the socket, not more.
func (s *Socket) contain(where string) {
	if v := recover(); v != nil {
		s.ns.srv.stats.panics.Add(1)
		s.ns.srv.opts.Log.Error().Str("ns", s.ns.name).Str("sid", s.id).Str("handler", where).
			Str("panic", fmt.Sprint(v)).Bytes("stack", debug.Stack()).Msg("handler panicked")
		s.Disconnect(false)
	}
}
