//go:build linux

package sio_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"runtime"
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
	go func() { web.Serve(ln); close(served) }() // ends with Close, below
	defer func() { web.Close(); <-served }()

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
		fds = hangUp(fds, srv)
		last = serverCPU(b)
		b.StartTimer()
	}
	cpu += serverCPU(b) - last
	b.ReportMetric(float64(cpu.Nanoseconds())/1e3/float64(b.N), "server-µs/op")
	hangUp(fds, srv)
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
func hangUp(fds []int, srv *sio.Server) []int {
	for _, fd := range fds {
		syscall.Close(fd)
	}
	for srv.Engine().Sessions() > 0 {
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
