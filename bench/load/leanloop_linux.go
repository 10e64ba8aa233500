package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"

	"tickwire/codec/socketio"
)

// lean plays for all clients on one thread: see -lean.
type lean struct {
	run     *run
	epoll   int
	arrived chan arrival
	here    atomic.Int64 // clients that have arrived

	// Owned by loop.
	clients []*leanClient // by descriptor
	slots   [leanSlots][]*leanClient
	slot    uint64        // that is due next
	begin   time.Duration // when slot 0 was
	step    time.Duration // between two messages of a client
	buf     []byte        // for reading
	packet  []byte
	out     []byte
}

// leanSlots are the moments in a step at which some of the clients speak.
const leanSlots = 128

// startLean starts the loop, which ends with the run.
func (r *run) startLean() error {
	l := &lean{run: r, arrived: make(chan arrival, 64), step: leanAckEvery, begin: time.Since(r.began), buf: make([]byte, 256<<10)}
	if r.opt.Hz > 0 {
		l.step = time.Second / time.Duration(r.opt.Hz)
	}
	var err error
	if l.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return fmt.Errorf("-lean: %w", err)
	}
	r.lean = l
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1) // the loop holds one: who still joins shall not wait for it
	r.playing.Go(l.loop)
	return nil
}

// take has the loop play for p, from the next frame on.
func (l *lean) take(p *player) { p.hijack.Store(&l.arrived) }

// await waits until the loop plays for so many.
func (l *lean) await(ctx context.Context, n int) error {
	for l.here.Load() < int64(n) {
		if err := sleep(ctx, leanPause); err != nil {
			return err
		}
	}
	return nil
}

// add takes the descriptor away from the runtime, whose poller would else look
// at each message, too.
func (l *lean) add(a arrival) error {
	tcp, ok := a.conn.(*net.TCPConn)
	if !ok {
		return errors.New("the connection has no descriptor of its own")
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	fd, dupErr := -1, error(nil)
	if err := raw.Control(func(n uintptr) { fd, dupErr = unix.FcntlInt(n, unix.F_DUPFD_CLOEXEC, 0) }); err != nil || dupErr != nil {
		return errors.Join(err, dupErr)
	}
	tcp.Close() // the connection lives on in its copy
	c := &leanClient{p: a.p, fd: fd, kept: a.rest, tick: a.tick}
	if missing := fd + 1 - len(l.clients); missing > 0 {
		l.clients = append(l.clients, make([]*leanClient, missing)...)
	}
	l.clients[fd] = c
	at := &l.slots[a.p.number%leanSlots]
	*at = append(*at, c)
	l.here.Add(1)
	return unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

// loop reads and speaks until the run has ended.
func (l *lean) loop() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer l.close()
	events := make([]unix.EpollEvent, 256)
	for {
		select {
		case <-l.run.ended:
			return
		case a := <-l.arrived:
			if err := l.add(a); err != nil {
				l.lost(a.p, err)
			}
		default:
		}
		n, _ := unix.EpollWait(l.epoll, events, int(l.speak()/time.Millisecond))
		for _, e := range events[:max(n, 0)] {
			l.read(l.clients[e.Fd])
		}
	}
}

// leanPause is the longest time that the loop sleeps.
const leanPause = 10 * time.Millisecond

// speak sends what is due and returns how long nothing will be.
func (l *lean) speak() time.Duration {
	for {
		due := l.begin + time.Duration(l.slot)*l.step/leanSlots
		if wait := due - time.Since(l.run.began); wait > 0 {
			return min(wait+time.Millisecond-1, leanPause) // epoll counts in whole ms
		}
		for _, c := range l.slots[l.slot%leanSlots] {
			l.say(c, due)
		}
		l.slot++
	}
}

func (l *lean) say(c *leanClient, due time.Duration) {
	var payload socketio.Raw
	switch {
	case l.run.opt.Hz > 0:
		c.seq++
		payload = l.run.payload(c.seq)
		c.p.due[c.seq%uint32(len(c.p.due))].Store(int64(due)) // late sending counts
	case c.told == c.tick:
		return
	}
	c.told = c.tick
	l.packet = appendInput(l.packet[:0], c.seq, c.tick, payload)
	l.write(c, ws.OpBinary, l.packet)
}

func (l *lean) write(c *leanClient, op ws.OpCode, data []byte) {
	if c.fd < 0 {
		return
	}
	l.out = appendMessage(l.out[:0], op, data)
	n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(c.fd), uintptr(unsafe.Pointer(&l.out[0])), uintptr(len(l.out)))
	switch {
	case errno != 0:
		l.drop(c, errno)
	case int(n) < len(l.out):
		l.drop(c, errors.New("the server does not read"))
	}
}

func (l *lean) read(c *leanClient) {
	if c == nil || c.fd < 0 {
		return
	}
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(c.fd), uintptr(unsafe.Pointer(&l.buf[0])), uintptr(len(l.buf)))
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return
	case errno != 0:
		l.drop(c, errno)
		return
	case n == 0:
		l.drop(c, errLeanClosed)
		return
	}
	c.p.received.Add(uint64(n))
	pings, err := c.feed(l.buf[:n], time.Now())
	if err != nil {
		l.drop(c, err)
	}
	for range pings {
		l.write(c, ws.OpText, []byte("3"))
	}
}

// drop closes a connection that is lost.
func (l *lean) drop(c *leanClient, why error) {
	unix.Close(c.fd)
	c.fd = -1
	l.lost(c.p, why)
}

func (l *lean) lost(p *player, why error) {
	l.run.lost.Add(1)
	l.run.progress(fmt.Sprintf("client %d: disconnected: %v", p.number, why))
}

func (l *lean) close() {
	for _, c := range l.clients {
		if c != nil && c.fd >= 0 {
			unix.Close(c.fd)
		}
	}
	unix.Close(l.epoll)
}
