//go:build !unix

package engine

import (
	"net"
	"syscall"
)

// Without unix descriptors everything goes through conn.

func rawConn(net.Conn) (syscall.RawConn, int) { return nil, -1 }
func rawWrite(int, []byte) (int, error)       { return 0, syscall.ENOTSUP }
func (c *wsConn) readOnce(uintptr) bool       { return true }
func (c *wsConn) readAndFeed() error          { return c.readPortable() }
