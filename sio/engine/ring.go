package engine

import (
	"bytes"
	"errors"
	"runtime"
	"sync"
	"syscall"

	"github.com/rs/zerolog"
)

const (
	// ringSends is how many sends one system call carries out: more save
	// little, and the scheduler is not told of the call (see rawWrite), which
	// takes a tenth of a millisecond so.
	ringSends = 16
	// ringBytes bounds what one call sends, for the same reason.
	ringBytes = 32 << 10
	// ringFrom is from how many sends on the ring pays.
	ringFrom = 4
)

// ring carries out the sends of one batch at a time.
type ring struct {
	uring uring
	home  *rings
	sends [ringSends]ringSend
	n     int
	bytes int             // of all sends
	buf   [ringBytes]byte // of those that are no Message
	used  int             // of buf
}

// ringSend is one session's part of a batch.
type ringSend struct {
	s      *Session
	fd     int
	frames []byte
	m      *Message // whose frames they are; nil: they are in ring.buf
	res    int32    // the kernel's answer: a number of bytes, or minus an errno
}

// resMissing is the answer that did not come.
const resMissing int32 = -1 << 31

// brokenConn are the answers that tell of the connection alone. Any other
// error makes the ring suspect.
var brokenConn = [...]syscall.Errno{
	syscall.EPIPE, syscall.ECONNRESET, syscall.ETIMEDOUT, syscall.ENOTCONN, syscall.ECONNABORTED,
	syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ENETDOWN,
}

var (
	errRingAnswer  = errors.New("engine: io_uring: an answer is missing")
	errRingRefused = errors.New("engine: io_uring: not all was taken")
)

// outcome tells how many bytes went and whether the connection is broken. What
// else went wrong makes nothing go: the session tries by itself, and finds out.
func (t *ringSend) outcome() (n int, err error) {
	switch {
	case t.res >= 0:
		return int(t.res), nil
	case t.res == resMissing: // it may have gone or not, now or later
		return 0, errRingAnswer
	}
	for _, errno := range brokenConn {
		if t.res == -int32(errno) {
			return 0, errno
		}
	}
	return 0, nil
}

// message returns the frames as a message for a queue.
func (t *ringSend) message() *Message {
	if t.m != nil {
		return t.m
	}
	return &Message{frames: bytes.Clone(t.frames), plain: true}
}

// odd tells whether no socket would give this answer.
func (t *ringSend) odd() bool {
	_, err := t.outcome()
	return t.res == resMissing || t.res < 0 && err == nil && t.res != -int32(syscall.EAGAIN) && t.res != -int32(syscall.EINTR)
}

// fits tells whether there is room for size bytes more.
func (r *ring) fits(size int) bool { return r.n < ringSends && r.bytes+size <= ringBytes }

func (r *ring) add(s *Session, fd int, frames []byte, m *Message) {
	r.sends[r.n] = ringSend{s: s, fd: fd, frames: frames, m: m}
	r.n++
	r.bytes += len(frames)
}

// addCopy is add for frames that change once this returns.
func (r *ring) addCopy(s *Session, fd int, frames []byte) {
	at := r.used
	r.used += copy(r.buf[at:], frames)
	r.add(s, fd, r.buf[at:r.used], nil)
}

// submit makes the sends and settles them. An error tells that the ring is not
// to be used again.
func (r *ring) submit() (err error) {
	sends := r.sends[:r.n]
	if r.n < ringFrom {
		for i := range sends {
			sends[i].direct()
		}
	} else {
		err = r.uring.submit(sends)
	}
	for i := range sends {
		if t := &sends[i]; t.odd() {
			err = errors.Join(err, errRingAnswer)
		}
	}
	for i := range sends {
		sends[i].s.settle(&sends[i])
	}
	if err == nil {
		clear(sends)
	}
	r.n, r.bytes, r.used = 0, 0, 0
	return err
}

// direct sends without the ring.
func (t *ringSend) direct() {
	n, err := rawWrite(t.fd, t.frames)
	t.res = int32(n)
	if errno, ok := err.(syscall.Errno); ok {
		t.res = -int32(errno)
	}
}

// rings are a server's: as many as goroutines can send at the same time. Who
// finds none free sends without.
type rings struct {
	log zerolog.Logger
	max int

	mu     sync.Mutex // guards the following
	free   []*ring
	made   int
	broken []*ring // the kernel may still have an eye on their memory
	why    error   // no further ring is made
	shut   bool
}

// ErrIOUringOff tells that io_uring is not used because of
// Options.DisableIOUring.
var ErrIOUringOff = errors.New("engine: io_uring is turned off")

func (p *rings) init(o *Options) {
	p.log, p.max = o.Log, runtime.GOMAXPROCS(0)
	if o.DisableIOUring {
		p.why = ErrIOUringOff
	}
}

// IOUring tells why a [Batch] has to do without io_uring; nil: it has not.
func (srv *Server) IOUring() error {
	p := &srv.rings
	if r := p.take(); r != nil {
		p.give(r)
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.why
}

// take returns a ring that must be given back, or nil.
func (p *rings) take() *ring {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		r := p.free[n-1]
		p.free = p.free[:n-1]
		return r
	}
	if p.shut || p.why != nil || p.made >= p.max {
		return nil
	}
	r := &ring{home: p}
	if p.why = r.uring.open(); p.why != nil {
		return nil
	}
	p.made++
	return r
}

func (p *rings) give(r *ring) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shut {
		r.uring.close()
		return
	}
	p.free = append(p.free, r)
}

// retire takes a ring that failed out of use. No other takes its place: if they
// all fail, all is sent without.
func (p *rings) retire(r *ring, err error) {
	r.uring.close()
	p.mu.Lock()
	p.broken = append(p.broken, r)
	p.mu.Unlock()
	p.log.Warn().Err(err).Msg("an io_uring failed and is not used any more")
}

// close ends the use of rings, those in use included once they are given back.
func (p *rings) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.free {
		r.uring.close()
	}
	p.free, p.shut = nil, true
}
