//go:build linux

package main

import (
	"io"
	"net"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pollSink reads all connections on one thread: what the share of many rooms
// is measured with, so that the reader is not what limits it.
type pollSink struct {
	*sink
	epoll int
	tails []tail // by descriptor
}

// tail is what may be the begin of a head.
type tail struct {
	b [headSize]byte
	n int
}

func newPollSink(s *sink) *pollSink {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		sinkFails(err)
	}
	return &pollSink{sink: s, epoll: epoll}
}

// add takes a connection whose handshake is over. What was read beyond is lost:
// nothing is sent before all are connected.
func (p *pollSink) add(c net.Conn, _ io.Reader) {
	p.conns = append(p.conns, c) // else the collector would close it
	fd, err := fdOf(c)
	if err == nil {
		err = unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
	}
	if err != nil {
		sinkFails(err)
	}
	if missing := fd + 1 - len(p.tails); missing > 0 {
		p.tails = append(p.tails, make([]tail, missing)...)
	}
}

// run reads until the process ends.
func (p *pollSink) run() {
	runtime.LockOSThread()
	events := make([]unix.EpollEvent, 256)
	buf := make([]byte, 64<<10)
	for {
		n, err := unix.EpollWait(p.epoll, events, -1)
		if err != nil && err != unix.EINTR {
			sinkFails(err)
		}
		for _, e := range events[:max(n, 0)] {
			p.read(int(e.Fd), buf)
		}
	}
}

func (p *pollSink) read(fd int, buf []byte) {
	t := &p.tails[fd]
	kept := copy(buf, t.b[:t.n])
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&buf[kept])), uintptr(len(buf)-kept))
	if errno != 0 {
		return
	}
	if n == 0 {
		unix.EpollCtl(p.epoll, unix.EPOLL_CTL_DEL, fd, nil)
		return
	}
	t.n = copy(t.b[:], buf[:p.scan(buf, kept+int(n))])
}
