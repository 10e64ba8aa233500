//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/gobwas/ws"

	"tickwire/codec/socketio"
)

// sinkVariable holds the plan of the process that receives.
const sinkVariable = "TICKWIRE_BENCH_SINK"

// sink reads all that is sent and notes how late each frame was.
type sink struct {
	wg    sync.WaitGroup
	mu    sync.Mutex // guards the following
	late  []*hdrhistogram.Histogram
	turns *turns // nil unless paths have long ones
	conns []net.Conn
}

// latency is how long after their deadline the frames of one path were read,
// in ms.
type latency struct {
	Frames              int64
	P50, P99, P999, Max float64
	Last                float64 // of the last frame of a tick, the median; see turns
	CPU                 float64 // of this process, in µs; see turns
}

// runSink connects what the plan says, tells so with a line, reads until stdin
// ends, and prints its report.
func runSink(text string, stdin io.Reader, stdout io.Writer) {
	var plan sinkPlan
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		sinkFails(err)
	}
	s := &sink{}
	for range plan.Paths {
		s.late = append(s.late, newHistogram())
	}
	read := s.read
	var p *pollSink
	if plan.Poll {
		s.turns = newTurns(plan.Paths)
		p = newPollSink(s)
		read = func(c net.Conn, r io.Reader, _ bool) { p.add(c, r) }
	}
	for i := range plan.Members {
		for range plan.Floors {
			c, err := net.Dial("tcp", plan.Raw)
			if err != nil {
				sinkFails(err)
			}
			read(c, c, false)
		}
		for set := range plan.Packed + plan.JSON {
			c, r, err := join(plan.IO, set < plan.Packed)
			if err != nil {
				sinkFails(err)
			}
			read(c, r, i < plan.Slow)
		}
	}
	if p != nil {
		go p.run() // ends with the process
	}
	fmt.Fprintln(stdout, "connected")
	io.Copy(io.Discard, stdin)
	json.NewEncoder(stdout).Encode(s.report())
	for _, c := range s.conns {
		c.Close()
	}
	s.wg.Wait()
}

func sinkFails(err error) {
	fmt.Fprintln(os.Stderr, "sink:", err)
	os.Exit(1)
}

// join opens a Socket.IO connection on the default namespace.
func join(addr string, packed bool) (net.Conn, io.Reader, error) {
	c, early, _, err := ws.DefaultDialer.Dial(background, "ws://"+addr+"/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		return nil, nil, err
	}
	var r io.Reader = c
	if early != nil {
		r = early
	}
	connect := ws.NewTextFrame([]byte("40"))
	if packed {
		connect = ws.NewBinaryFrame(socketio.AppendMsgPack(nil, socketio.Packet{Namespace: "/"}))
	}
	if err := skipFrame(r); err != nil { // the open packet
		return nil, nil, err
	}
	if err := ws.WriteFrame(c, ws.MaskFrame(connect)); err != nil {
		return nil, nil, err
	}
	return c, r, skipFrame(r) // the answer
}

func skipFrame(r io.Reader) error {
	h, err := ws.ReadHeader(r)
	if err != nil {
		return err
	}
	_, err = io.CopyN(io.Discard, r, h.Length)
	return err
}

// read notes the frames of a connection until it is closed.
func (s *sink) read(c net.Conn, r io.Reader, slow bool) {
	s.mu.Lock()
	s.conns = append(s.conns, c)
	s.mu.Unlock()
	if slow {
		c.(*net.TCPConn).SetReadBuffer(4 << 10)
		return
	}
	if early, ok := r.(*bufio.Reader); ok && early.Buffered() == 0 {
		r = c
	}
	s.wg.Go(func() {
		buf := make([]byte, 4<<10)
		kept := 0
		for {
			n, err := r.Read(buf[kept:])
			if err != nil {
				return
			}
			kept = s.scan(buf, kept+n)
		}
	})
}

// scan notes the frames in buf[:n] and keeps what may be the begin of another.
func (s *sink) scan(buf []byte, n int) (kept int) {
	at, rest := now(), buf[:n]
	for {
		path, due, after, ok := findHead(rest)
		if !ok {
			break
		}
		rest = after
		s.mu.Lock()
		if path < len(s.late) {
			s.late[path].RecordValue(micros(at - due))
			if s.turns != nil {
				s.turns.note(path, due, at-due)
			}
		}
		s.mu.Unlock()
	}
	return copy(buf, rest[max(0, len(rest)-headSize+1):])
}

func (s *sink) report() (list []latency) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.late {
		ms := func(q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1000 }
		list = append(list, latency{Frames: h.TotalCount(), P50: ms(50), P99: ms(99), P999: ms(99.9), Max: ms(100)})
	}
	if s.turns != nil {
		s.turns.tell(list)
	}
	return list
}

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, int64(time.Minute/time.Microsecond), 3)
}

func micros(d time.Duration) int64 { return max(1, int64(d/time.Microsecond)) }
