//go:build unix

package engine

import (
	"io"
	"net"
	"syscall"
)

// rawConn returns the descriptor of conn for non-blocking system calls, or nil
// and -1 if conn is something on top of one, such as TLS, whose bytes are not
// ours to write.
func rawConn(conn net.Conn) (raw syscall.RawConn, fd int) {
	var err error
	switch c := conn.(type) {
	case *net.TCPConn:
		raw, err = c.SyscallConn()
	case *net.UnixConn:
		raw, err = c.SyscallConn()
	default:
		return nil, -1
	}
	if err != nil || raw.Control(func(d uintptr) { fd = int(d) }) != nil {
		return nil, -1
	}
	return raw, fd
}

// readAndFeed waits for bytes and feeds the parser. A chunk is taken from its
// pool only when there is something to read, a big one after a full one.
func (c *wsConn) readAndFeed() error {
	if c.raw == nil {
		return c.readPortable()
	}
	err := c.raw.Read(c.rfunc)
	buf := c.rbuf
	c.rbuf = nil
	if buf == nil {
		return err
	}
	defer putChunk(buf)
	c.rbig = c.rn == len(buf) // full: there is more
	switch {
	case err != nil:
		return err
	case c.rerr != nil:
		return c.rerr
	case c.rn == 0:
		return io.EOF
	}
	return c.parser.feed(buf[:c.rn], c)
}

// readOnce reads without waiting; false asks to be called again when the
// descriptor is readable.
func (c *wsConn) readOnce(fd uintptr) bool {
	c.rbuf = takeChunk(c.rbig)
	c.rn, c.rerr = readFD(int(fd), c.rbuf)
	if c.rerr != syscall.EAGAIN {
		return true
	}
	putChunk(c.rbuf)
	c.rbuf, c.rbig = nil, false
	return false
}

func readFD(fd int, b []byte) (int, error) {
	for {
		n, err := syscall.Read(fd, b)
		if err == syscall.EINTR {
			continue
		}
		return max(n, 0), err
	}
}
