//go:build linux

package engine

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// received counts the messages of all sessions of one way of reading.
type received struct{ n atomic.Int64 }

func (r *received) Message([]byte, bool) { r.n.Add(1) }
func (r *received) Closed(Reason, error) {}

// BenchmarkReceive measures what a message of an active client costs the server
// from the socket to the handler, for three ways of reading, with the same work
// per message: a goroutine for each connection, as sessions are read; one
// goroutine that reads from those that an epoll set tells, the set being watched by
// the runtime's poller; the same on a thread of its own that sleeps in
// epoll_wait. 100 connections send 60 times per second, evenly spread as players
// are who know nothing of each other, or all at once. The ways take turns of
// a tenth of a second; CPU is that of the process without the client's thread.
func BenchmarkReceive(b *testing.B) {
	for _, arrival := range []string{"spread", "burst"} {
		b.Run(fmt.Sprintf("conns=100/arrival=%s", arrival), func(b *testing.B) { benchmarkReceive(b, arrival == "burst") })
	}
}

// reading is one way of reading and its connections.
type reading struct {
	name string
	f    *fanOut
	got  received
	cpu  []float64 // µs per message, one for each turn
}

func benchmarkReceive(b *testing.B, burst bool) {
	const conns, perTurn = 100, 6
	ways := []*reading{{name: "goroutines"}, {name: "epoll"}, {name: "thread"}}
	var running sync.WaitGroup
	defer running.Wait()
	for i, way := range ways {
		way.f = newFanOut(b, conns)
		for _, s := range way.f.sessions {
			s.handler, s.ws.heard = &way.got, time.Hour // they are never silent
			_ = s.ws.conn.SetDeadline(time.Time{})
		}
		switch i {
		case 0:
			for _, s := range way.f.sessions {
				s.srv.live.Add(2) // the connection's and the session's
				s.srv.conns = append(s.srv.conns, s.ws)
				s.ws.at = int32(len(s.srv.conns) - 1)
				go s.ws.read(nil)
			}
		default:
			defer way.f.pollWith(b, &running, i == 2)()
		}
	}
	frame := ws.MustCompileFrame(ws.MaskFrame(ws.NewBinaryFrame(make([]byte, 30))))
	runtime.LockOSThread() // the clients' thread
	defer runtime.UnlockOSThread()
	step := time.Second / 60
	for b.Loop() {
		for _, w := range rand.Perm(len(ways)) {
			way := ways[w]
			target := way.got.n.Load() + conns*perTurn
			before, next := othersCPU(b), time.Now()
			for range perTurn {
				for _, far := range way.f.farFDs {
					if !burst {
						next = next.Add(step / conns)
						sleepUntil(next)
					}
					if _, err := syscall.Write(far, frame); err != nil {
						b.Fatal(err)
					}
				}
				if burst {
					next = next.Add(step)
					sleepUntil(next)
				}
			}
			for way.got.n.Load() < target {
				sleepUntil(time.Now().Add(time.Millisecond))
			}
			way.cpu = append(way.cpu, float64((othersCPU(b)-before).Nanoseconds())/1e3/(conns*perTurn))
		}
	}
	median := map[string]float64{}
	for _, way := range ways {
		slices.Sort(way.cpu)
		median[way.name] = way.cpu[len(way.cpu)/2]
		b.ReportMetric(median[way.name], way.name+"-µs/msg")
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median["epoll"]/median["goroutines"], "epoll/goroutines")
	b.ReportMetric(median["thread"]/median["goroutines"], "thread/goroutines")
}

// pollWith reads all connections on one goroutine.
func (f *fanOut) pollWith(b *testing.B, running *sync.WaitGroup, thread bool) (stop func()) {
	epfd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		b.Fatal(err)
	}
	for i, fd := range f.fds {
		if err := syscall.EpollCtl(epfd, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(i)}); err != nil {
			b.Fatal(err)
		}
	}
	events := make([]syscall.EpollEvent, 128)
	serve := func(wait int) bool {
		for {
			n, err := syscall.EpollWait(epfd, events, wait)
			if err == syscall.EINTR {
				continue
			}
			if n <= 0 {
				return false
			}
			for _, e := range events[:n] {
				if e.Fd < 0 || !f.sessions[e.Fd].ws.readReady() {
					return true
				}
			}
		}
	}
	if thread {
		var pipe [2]int
		if err := syscall.Pipe(pipe[:]); err != nil {
			b.Fatal(err)
		}
		_ = syscall.EpollCtl(epfd, syscall.EPOLL_CTL_ADD, pipe[0], &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: -1})
		running.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			serve(-1)
			_, _ = syscall.Close(pipe[0]), syscall.Close(epfd)
		})
		return func() { syscall.Close(pipe[1]) }
	}
	_ = syscall.SetNonblock(epfd, true)
	set := os.NewFile(uintptr(epfd), "epoll")
	raw, err := set.SyscallConn()
	if err != nil {
		b.Fatal(err)
	}
	running.Go(func() { _ = raw.Read(func(uintptr) bool { return serve(0) }) })
	return func() { set.Close() }
}

// readReady reads what is there, once, and handles it.
func (c *wsConn) readReady() bool {
	buf := takeChunk(false)
	defer putChunk(buf)
	n, err := readFD(c.fd, buf)
	return n > 0 && err == nil && c.parser.feed(buf[:n], c) == nil
}

// sleepUntil keeps the thread, as a timer of the runtime would not.
func sleepUntil(at time.Time) {
	if d := time.Until(at); d > 0 {
		ts := syscall.NsecToTimespec(int64(d))
		_ = syscall.Nanosleep(&ts, nil)
	}
}

// othersCPU is the CPU time of all threads but this one.
func othersCPU(b *testing.B) time.Duration {
	const thread = 1 // RUSAGE_THREAD
	var all, own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &all); err != nil {
		b.Fatal(err)
	}
	if err := syscall.Getrusage(thread, &own); err != nil {
		b.Fatal(err)
	}
	return time.Duration(all.Utime.Nano() + all.Stime.Nano() - own.Utime.Nano() - own.Stime.Nano())
}
