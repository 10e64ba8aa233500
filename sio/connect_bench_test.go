//go:build linux

package sio_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"

	"github.com/gobwas/ws"
)

// BenchmarkConnect measures a client's way in: TCP, websocket handshake, open
// packet, CONNECT and its answer. The client is system calls on one thread and
// allocates nothing, so the allocations are the server's; its CPU is reported
// as server-µs/op, without the client's. Ends of connections are not counted.
func BenchmarkConnect(b *testing.B) {
	for _, parser := range []sio.Parser{sio.MsgPack, sio.JSON} {
		b.Run(fmt.Sprintf("parser=%s", parserName(parser)), func(b *testing.B) { benchmarkConnect(b, parser) })
	}
}

// BenchmarkConnectFloor measures what a client's way in costs where nothing is
// checked or kept: the two answers are prebuilt, the requests are not looked
// at. With net/http the connection is hijacked as for a websocket; without, a goroutine
// for each connection reads from what the listener accepts.
func BenchmarkConnectFloor(b *testing.B) {
	for name, serve := range map[string]func(net.Listener, *atomic.Int64) func(){"net_http": serveHijacking, "listener": serveBare} {
		b.Run("floor="+name, func(b *testing.B) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			var open atomic.Int64
			defer serve(ln, &open)()
			benchmarkWayIn(b, ln, sio.MsgPack, func() bool { return open.Load() == 0 })
		})
	}
}

var (
	bareOpen   = []byte("HTTP/1.1 101 Switching Protocols\r\n\r\n..0{\"sid\":\"aaaaaaaaaaaaaaaaaaaa\"}")
	bareAnswer = []byte("..\x83\xa4type\x00\xa4data\x81\xa3sid\xb4aaaaaaaaaaaaaaaaaaaa\xa3nsp\xa1/")
)

func answerBare(c net.Conn, open *atomic.Int64, requestRead bool) {
	defer open.Add(-1)
	defer c.Close()
	buf := make([]byte, 4<<10)
	if !requestRead {
		c.Read(buf)
	}
	c.Write(bareOpen)
	c.Read(buf)
	c.Write(bareAnswer)
	c.Read(buf) // the end
}

func serveBare(ln net.Listener, open *atomic.Int64) (stop func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			open.Add(1)
			go answerBare(c, open, false) // ends with the client
		}
	}()
	return func() { ln.Close(); <-done }
}

func serveHijacking(ln net.Listener, open *atomic.Int64) (stop func()) {
	web := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		open.Add(1)
		go answerBare(c, open, true) // as the engine: what the request held goes
	})}
	done := make(chan struct{})
	go func() { web.Serve(ln); close(done) }()
	return func() { web.Close(); <-done }
}

func parserName(p sio.Parser) string {
	if p == sio.MsgPack {
		return "msgpack"
	}
	return "json"
}

const connectBatch = 200

func benchmarkConnect(b *testing.B, parser sio.Parser) {
	srv := sio.New(sio.Options{})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	web := &http.Server{Handler: srv}
	served := make(chan struct{})
	go func() { web.Serve(srv.Engine().Listener(ln, web)); close(served) }() // ends with Close, below
	defer func() {
		srv.Close(context.Background())
		web.Close()
		<-served
	}()
	benchmarkWayIn(b, ln, parser, func() bool { return srv.Engine().Sessions() == 0 })
}

// benchmarkWayIn connects clients, and hangs up on a batch when gone tells that the one before is.
func benchmarkWayIn(b *testing.B, ln net.Listener, parser sio.Parser, gone func() bool) {
	runtime.LockOSThread() // for its CPU time
	defer runtime.UnlockOSThread()
	c := newBareClient(ln.Addr().(*net.TCPAddr), parser)
	fds := make([]int, 0, connectBatch)
	var cpu time.Duration
	b.ReportAllocs()
	last := serverCPU(b)
	for b.Loop() {
		fds = append(fds, c.connect(b))
		if len(fds) < connectBatch {
			continue
		}
		b.StopTimer()
		cpu += serverCPU(b) - last
		fds = hangUp(fds, gone)
		last = serverCPU(b)
		b.StartTimer()
	}
	cpu += serverCPU(b) - last
	b.ReportMetric(float64(cpu.Nanoseconds())/1e3/float64(b.N), "server-µs/op")
	hangUp(fds, gone)
}

// serverCPU is the CPU time of all threads but this one, the client's.
func serverCPU(b *testing.B) time.Duration {
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

// hangUp closes connections and waits until the server has seen it.
func hangUp(fds []int, gone func() bool) []int {
	for _, fd := range fds {
		syscall.Close(fd)
	}
	for !gone() {
		runtime.Gosched()
	}
	return fds[:0]
}

// bareClient connects with prebuilt bytes.
type bareClient struct {
	to      syscall.Sockaddr
	request []byte
	connekt []byte // a masked frame
	answer  []byte // how the packet that says connected begins
	buf     [4 << 10]byte
}

func newBareClient(at *net.TCPAddr, parser sio.Parser) *bareClient {
	request := "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: " + at.String() + "\r\n" +
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	frame, answer := ws.NewTextFrame([]byte("40")), []byte(`40{"sid"`)
	if parser == sio.MsgPack {
		frame = ws.NewBinaryFrame(socketio.AppendMsgPack(nil, socketio.Packet{Type: socketio.Connect, Namespace: "/"}))
		answer = []byte("\xa3sid")
	}
	return &bareClient{
		to:      &syscall.SockaddrInet4{Port: at.Port, Addr: [4]byte(at.IP.To4())},
		request: []byte(request), connekt: ws.MustCompileFrame(ws.MaskFrame(frame)), answer: answer,
	}
}

func (c *bareClient) connect(b *testing.B) (fd int) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		b.Fatal(err)
	}
	if err := syscall.Connect(fd, c.to); err != nil {
		b.Fatal(err)
	}
	c.write(b, fd, c.request)
	c.read(b, fd, []byte(`0{"sid"`))
	c.write(b, fd, c.connekt)
	c.read(b, fd, c.answer)
	return fd
}

func (c *bareClient) write(b *testing.B, fd int, data []byte) {
	if _, err := syscall.Write(fd, data); err != nil {
		b.Fatal(err)
	}
}

// read reads until mark has come.
func (c *bareClient) read(b *testing.B, fd int, mark []byte) {
	for n := 0; ; {
		k, err := syscall.Read(fd, c.buf[n:])
		if err != nil || k == 0 {
			b.Fatalf("read: %d, %v after %q", k, err, c.buf[:n])
		}
		n += k
		if bytes.Contains(c.buf[:n], mark) {
			return
		}
	}
}
