//go:build unix

package engine

import (
	"io"
	"net"
	"syscall"
)

// rawConn returns the descriptor of conn for non-blocking system calls, or nil
// if conn is something on top of one, such as TLS, whose bytes are not ours to
// write.
func rawConn(conn net.Conn) syscall.RawConn {
	switch c := conn.(type) {
	case *net.TCPConn:
		raw, _ := c.SyscallConn()
		return raw
	case *net.UnixConn:
		raw, _ := c.SyscallConn()
		return raw
	}
	return nil
}

// write offers b to the kernel once, without waiting, and returns how much it
// took. The caller holds Session.mu.
func (c *wsConn) write(b []byte) (n int, err error) {
	c.wbuf = b
	err = c.raw.Write(c.wfunc)
	c.wbuf = nil
	if err != nil {
		return 0, err
	}
	return c.wn, c.werr
}

func (c *wsConn) writeOnce(fd uintptr) bool {
	c.wn, c.werr = writeFD(int(fd), c.wbuf)
	return true // done, whatever came of it: never wait
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

// writeFD writes once; a full socket is no error but takes nothing.
func writeFD(fd int, b []byte) (int, error) {
	for {
		n, err := syscall.Write(fd, b)
		switch err {
		case syscall.EINTR:
			continue
		case syscall.EAGAIN:
			return 0, nil
		}
		return max(n, 0), err
	}
}
