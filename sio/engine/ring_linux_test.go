package engine

import (
	"net"
	"syscall"
	"testing"

	"github.com/rs/zerolog"
)

// pairs returns sessions on TCP with their clients' ends.
func pairs(t *testing.T, srv *Server, n int) (sessions []*Session, far []net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for range n {
		client, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		near, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { client.Close(); near.Close() })
		s := &Session{srv: srv}
		s.ws = newWSConn(s, near, false)
		s.fd = s.ws.fd
		sessions, far = append(sessions, s), append(far, client)
	}
	return sessions, far
}

// withRing returns a server that has a ring, if the system has them.
func withRing(t *testing.T) *Server {
	srv := New(Options{Accept: func(*Session) Handler { return nil }, Log: zerolog.Nop()})
	if err := srv.IOUring(); err != nil {
		t.Skip("the system has no io_uring for us: ", err)
	}
	t.Cleanup(srv.rings.close)
	return srv
}

// TestFailingRing: what a ring does not take is sent without, nothing twice, and
// the ring is not used again.
func TestFailingRing(t *testing.T) {
	srv := withRing(t)
	sessions, far := pairs(t, srv, 3*ringSends)
	r := srv.rings.free[0]
	_ = syscall.Close(r.uring.fd)
	r.uring.fd = -1
	var b Batch
	for round := range 2 {
		for _, s := range sessions {
			if err := b.Send(s, NewBinary([]byte{byte(round)})); err != nil {
				t.Fatal(err)
			}
		}
		b.Flush()
		srv.rings.max = 1 // no other takes its place
	}
	want := string([]byte{0x82, 1, 0, 0x82, 1, 1})
	for i, c := range far {
		buf := make([]byte, 100)
		n := 0
		for n < len(want) {
			k, err := c.Read(buf[n:])
			if err != nil {
				t.Fatal(err)
			}
			n += k
		}
		if string(buf[:n]) != want {
			t.Errorf("client %d got %x", i, buf[:n])
		}
	}
	if len(srv.rings.free) != 0 || len(srv.rings.broken) != 1 {
		t.Errorf("%d rings free, %d retired", len(srv.rings.free), len(srv.rings.broken))
	}
}

// TestOutcomes: what each answer of the kernel means.
func TestOutcomes(t *testing.T) {
	for _, tc := range []struct {
		res int32
		n   int
		err error
		odd bool
	}{
		{0, 0, nil, false},
		{100, 100, nil, false},
		{-int32(syscall.EAGAIN), 0, nil, false},
		{-int32(syscall.EINTR), 0, nil, false},
		{-int32(syscall.EPIPE), 0, syscall.EPIPE, false},
		{-int32(syscall.ECONNRESET), 0, syscall.ECONNRESET, false},
		{-int32(syscall.EINVAL), 0, nil, true}, // the session tries by itself
		{-int32(syscall.ENOMEM), 0, nil, true},
		{resMissing, 0, errRingAnswer, true}, // sent or not: nobody knows
	} {
		send := ringSend{res: tc.res}
		if n, err := send.outcome(); n != tc.n || err != tc.err || send.odd() != tc.odd {
			t.Errorf("%d: %d, %v, odd: %v", tc.res, n, err, send.odd())
		}
	}
}

// TestRingAnswers: of every request the kernel's answer is noted, once.
func TestRingAnswers(t *testing.T) {
	srv := withRing(t)
	sessions, _ := pairs(t, srv, ringSends)
	u := &srv.rings.free[0].uring
	sends := make([]ringSend, len(sessions))
	for i, s := range sessions {
		sends[i] = ringSend{fd: s.fd, frames: make([]byte, i+1)}
	}
	sends[3].fd = -1
	for range 100 { // around the ends of the queues
		if err := u.submit(sends); err != nil {
			t.Fatal(err)
		}
		for i, s := range sends {
			if want := int32(i + 1); s.res != want && (i != 3 || s.res != -int32(syscall.EBADF)) {
				t.Fatalf("request %d: %d", i, s.res)
			}
		}
	}
	*u.cqHead-- // an answer that was there before
	if err := u.submit(sends[:4]); err == nil {
		t.Error("an answer too many was not noticed")
	}
}
