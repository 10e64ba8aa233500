//go:build !unix

package engine

import (
	"net"
	"syscall"
)

// rawConn returns nil: without unix descriptors everything goes through conn.
func rawConn(net.Conn) syscall.RawConn { return nil }

func (c *wsConn) write([]byte) (int, error) { return 0, nil }
func (c *wsConn) writeOnce(uintptr) bool    { return true }
func (c *wsConn) readOnce(uintptr) bool     { return true }
func (c *wsConn) readAndFeed() error        { return c.readPortable() }
