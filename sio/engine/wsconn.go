package engine

import (
	"net"
	"syscall"
	"time"

	"github.com/gobwas/ws"

	"tickwire/codec/engineio"
)

// lingerTime is how long a closed connection may take to say goodbye.
const lingerTime = 5 * time.Second

// wsConn is one websocket connection: the transport of a session, or a
// candidate for that while it is probed. One goroutine at a time, serve and its
// successors, reads it and calls the handlers. It is the only goroutine that a
// connection has at rest; while it is parked there is none.
type wsConn struct {
	// Set before serve, read-only after.
	s    *Session
	conn net.Conn
	raw  syscall.RawConn // for reading; nil: no descriptor of its own, use conn
	pack bool            // permessage-deflate was agreed

	// The reader's.
	rbig     bool          // which chunk the next read takes
	peerCode ws.StatusCode // of the peer's close frame
	rbuf     []byte
	rn       int
	rerr     error
	heard    time.Duration         // when the last bytes came, on the heartbeat's clock
	rfunc    func(fd uintptr) bool // c.readOnce, bound once
	parser   frameParser

	// Guarded by Session.mu.
	fd      int   // conn's, for direct writes; -1: none, or conn is being closed
	users   int16 // reader and flusher; the last one closes conn
	shut    bool  // no more messages are taken: the closing handshake runs
	cut     bool  // to be closed without a word
	killed  bool  // to be closed as soon as it is in no batch
	parked  bool  // the reader has no goroutine: see parkingLot
	watched bool  // fd is in the parkingLot's set

	at int32 // in Server.conns; guarded by Server.mu
}

func newWSConn(s *Session, conn net.Conn, pack bool) *wsConn {
	c := &wsConn{s: s, conn: conn, pack: pack, users: 1, heard: -s.srv.silence}
	c.parser.limit, c.parser.deflate = s.srv.opts.MaxPayload, pack
	c.raw, c.fd = rawConn(conn)
	c.rfunc = c.readOnce
	return c
}

// serve reads the connection until its end. first is what the client sent
// behind its upgrade request.
func (c *wsConn) serve(first []byte) {
	c.read(c.parser.feed(first, c))
}

// read reads until an error, on this goroutine or on those that follow it.
func (c *wsConn) read(err error) {
	for err == nil {
		err = c.readAndFeed()
		if err == nil && !c.parser.midway() && c.wasSilent() {
			if !c.park() {
				go c.read(nil)
			}
			return
		}
	}
	c.ended(err)
	c.parser.free()
	c.release()
}

// silence is how long a connection must have been quiet to be parked after its
// next bytes, or, where it can't be parked, to be read on a fresh goroutine: what
// handlers need makes a stack of 4 KiB or more out of the 2 KiB with which a
// goroutine starts, and a waiting one uses too much of it to be shrunk. Those who
// play never pay for it, and who falls idle is lean again after the next pong.
const silence = time.Second

// wasSilent notes that bytes came and reports whether none had for some time,
// or ever.
func (c *wsConn) wasSilent() bool {
	now := c.s.srv.beat.now()
	quiet := now - c.heard
	c.heard = now
	return quiet >= c.s.srv.silence
}

// ended settles why the reading stopped.
func (c *wsConn) ended(err error) {
	breach, isBreach := err.(*closeError)
	switch probe := c.s.giveUpProbe(c); {
	case probe && isBreach:
		c.sayGoodbye(breach.code, breach.text)
	case probe && err == errPeerClosed:
		c.sayGoodbye(c.peerCode, "")
	case probe: // it was not used in time, or is broken
		c.sayGoodbye(ws.StatusPolicyViolation, "upgrade abandoned")
	case isBreach:
		c.s.breach(c, breach)
	case err == errPeerClosed:
		c.s.peerClosed(c)
	default:
		c.s.connLost(err)
	}
	if isBreach {
		c.drain()
	}
}

// drain reads and forgets what is on its way, so that the close frame before
// it is not destroyed by a reset. shutConn has set a deadline.
func (c *wsConn) drain() {
	if cw, ok := c.conn.(interface{ CloseWrite() error }); ok && c.flushed() {
		_ = cw.CloseWrite()
	}
	buf := takeChunk(true)
	defer putChunk(buf)
	for budget := 64 << 20; budget > 0; {
		n, err := c.conn.Read(buf)
		if err != nil {
			return
		}
		budget -= n
	}
}

// message takes a complete message from the parser.
func (c *wsConn) message(data []byte, binary bool) error {
	if binary {
		return c.s.receive(c, engineio.Packet{Type: engineio.Message, Binary: true, Data: data})
	}
	pkt, err := engineio.DecodeText(data)
	if err != nil {
		return errPacket
	}
	return c.s.receive(c, pkt)
}

// control takes a control frame from the parser.
func (c *wsConn) control(op byte, data []byte) error {
	switch op {
	case opPing:
		c.s.answerPing(c, data)
	case opClose:
		code, err := parseClose(data)
		if err != nil {
			return err
		}
		c.peerCode = code
		return errPeerClosed
	}
	return nil
}

// errPacket is a websocket message that is no Engine.IO packet.
var errPacket = &closeError{ws.StatusProtocolError, "not an Engine.IO packet"}

// shutConn bounds what is left of the connection: the closing handshake.
func (c *wsConn) shutConn() {
	_ = c.conn.SetDeadline(time.Now().Add(lingerTime))
}

// release is called by the reader and the flusher when they are done.
func (c *wsConn) release() {
	c.s.mu.Lock()
	c.users--
	last := c.users == 0 && !c.batchedLocked() // else settle is the last
	c.s.mu.Unlock()
	if last {
		c.close()
		c.s.srv.removeConn(c)
	}
}

// close closes the connection. It alone calls conn.Close, and it takes the
// descriptor out of use first: the kernel may give its number to another.
func (c *wsConn) close() {
	c.s.mu.Lock()
	if c.batchedLocked() {
		c.killed = true // settle comes back to it
		c.s.mu.Unlock()
		return
	}
	c.fd = -1
	if c.s.ws == c {
		c.s.fd = -1
	}
	cut := c.cut
	c.s.mu.Unlock()
	if under, ok := c.conn.(interface{ NetConn() net.Conn }); ok && cut {
		// TLS would say goodbye behind a record that was cut off in the
		// middle, which the client must take for an attack.
		_ = under.NetConn().Close()
	}
	_ = c.conn.Close()
}

// batchedLocked reports whether a Batch writes to the connection.
func (c *wsConn) batchedLocked() bool { return c.s.batched && c.s.ws == c }

// flushed reports whether neither flusher nor Batch writes to the connection.
func (c *wsConn) flushed() bool {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.users == 1 && !c.batchedLocked()
}

// sayGoodbye writes a close frame on a websocket that never became a
// transport. The write may wait, but not long; the caller holds no lock.
func (c *wsConn) sayGoodbye(code ws.StatusCode, text string) {
	c.shutConn()
	_, _ = c.conn.Write(newControl(opClose, closeBody(code, text)).frames)
}

// readPortable reads through conn, which keeps a chunk while it waits.
func (c *wsConn) readPortable() error {
	if c.rbuf == nil {
		c.rbuf = takeChunk(false) // left to the garbage collector in the end
	}
	n, err := c.conn.Read(c.rbuf)
	if n > 0 {
		err = nil // an error comes again with the next read
		if ferr := c.parser.feed(c.rbuf[:n], c); ferr != nil {
			return ferr
		}
	}
	return err
}
