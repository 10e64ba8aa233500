//go:build linux

package engine

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// fanOut is a number of TCP connections over loopback, with the descriptors,
// the sessions and the clients' ends.
type fanOut struct {
	conns    []*net.TCPConn
	fds      []int
	sessions []*Session
	far      []net.Conn
	farFDs   []int
	drain    []byte
}

func newFanOut(b *testing.B, n int) *fanOut {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	srv := New(Options{Accept: func(*Session) Handler { return nil }})
	f := &fanOut{drain: make([]byte, 1<<20)}
	for range n {
		far, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		near, err := ln.Accept()
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { far.Close(); near.Close() })
		s := &Session{srv: srv}
		s.ws = newWSConn(s, near, false)
		s.fd = s.ws.fd
		f.fds, f.conns = append(f.fds, s.fd), append(f.conns, near.(*net.TCPConn))
		f.sessions, f.far = append(f.sessions, s), append(f.far, far)
		_, fd := rawConn(far)
		f.farFDs = append(f.farFDs, fd)
	}
	return f
}

// read takes n bytes from each client's end.
func (f *fanOut) read(b *testing.B, n int) {
	for _, far := range f.far {
		for left := n; left > 0; {
			k, err := far.Read(f.drain[:left])
			if err != nil {
				b.Fatal(err)
			}
			left -= k
		}
	}
}

// BenchmarkWrite measures what one delivered message costs the sender, in
// rounds in which each way of writing has its turn, so that what else the
// machine does hits all of them alike. The order is another in each round: who
// always came behind net.Conn paid up to 20 % for what that left in the caches
// and in the kernel's page fragments. The fastest fifth is reported, and its
// ratio to a bare loop of RawSyscall(SYS_WRITE) over descriptors.
func BenchmarkWrite(b *testing.B) {
	for _, size := range []int{64, 256, 1024} {
		for _, conns := range []int{100} {
			b.Run(fmt.Sprintf("size=%d/conns=%d", size, conns), func(b *testing.B) { benchmarkWrite(b, size, conns) })
		}
	}
}

const messagesPerTurn = 1

func benchmarkWrite(b *testing.B, size, conns int) {
	f := newFanOut(b, conns)
	shared := NewBinary(make([]byte, size))
	event := NewText(make([]byte, 60))
	frame := shared.frames
	both := append(slices.Clone(event.frames), frame...)
	var st Stamped
	st.ResetBinary(make([]byte, size), size-4, 4)
	stamp := []byte{1, 2, 3, 4}
	var batch Batch

	ways := []struct {
		name  string
		bytes int // per message
		send  func(i int)
		took  []time.Duration
	}{
		{name: "rawsyscall", bytes: len(frame), send: func(i int) {
			_, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(f.fds[i]), uintptr(unsafe.Pointer(&frame[0])), uintptr(len(frame)))
			if errno != 0 {
				b.Fatal(errno)
			}
		}},
		{name: "syscall", bytes: len(frame), send: func(i int) { _, _ = syscall.Write(f.fds[i], frame) }},
		{name: "netconn", bytes: len(frame), send: func(i int) { _, _ = f.conns[i].Write(frame) }},
		{name: "send", bytes: len(frame), send: func(i int) { _ = f.sessions[i].Send(shared) }},
		{name: "stamped", bytes: len(frame), send: func(i int) { _ = f.sessions[i].SendStamped(&st, stamp) }},
		{name: "batch", bytes: len(frame), send: func(i int) {
			_ = batch.SendStamped(f.sessions[i], &st, stamp)
			if i == conns-1 {
				batch.Flush()
			}
		}},
		{name: "rawsyscall_two", bytes: len(both), send: func(i int) {
			_, _, _ = syscall.RawSyscall(syscall.SYS_WRITE, uintptr(f.fds[i]), uintptr(unsafe.Pointer(&both[0])), uintptr(len(both)))
		}},
		{name: "held_stamped", bytes: len(both), send: func(i int) {
			_ = f.sessions[i].Hold(event)
			_ = f.sessions[i].SendStamped(&st, stamp)
		}},
	}
	for b.Loop() {
		for _, w := range rand.Perm(len(ways)) {
			way := &ways[w]
			start := time.Now()
			for range messagesPerTurn {
				for i := range f.fds {
					way.send(i)
				}
			}
			way.took = append(way.took, time.Since(start))
			f.read(b, messagesPerTurn*way.bytes)
		}
	}
	fifth := map[string]float64{}
	for _, way := range ways {
		slices.Sort(way.took)
		fifth[way.name] = float64(way.took[len(way.took)/5].Nanoseconds()) / float64(messagesPerTurn*conns)
		b.ReportMetric(fifth[way.name], way.name+"-ns/msg")
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(fifth["send"]/fifth["rawsyscall"], "send/raw")
	b.ReportMetric(fifth["stamped"]/fifth["rawsyscall"], "stamped/raw")
	b.ReportMetric(fifth["batch"]/fifth["rawsyscall"], "batch/raw")
	b.ReportMetric(fifth["stamped"]/fifth["netconn"], "stamped/netconn")
	b.ReportMetric(fifth["syscall"]/fifth["rawsyscall"], "syscall/raw")
	b.ReportMetric(fifth["held_stamped"]/fifth["rawsyscall_two"], "held/raw")
}
