//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"time"

	"tickwire/sio"
	"tickwire/sio/engine"
)

// bed is the server side of a run, and the process that receives.
type bed struct {
	io       *sio.Server
	web      *http.Server
	listener net.Listener // of the floors
	served   chan error
	sink     *exec.Cmd
	stdin    io.Closer
	stdout   *bufio.Reader

	// Each path has connections of its own: what was used a moment ago is in
	// the caches, and would make its second user look cheaper.
	floors []floor
	packed []members
	json   members
	wire   []byte // what the floors send
	wireAt int    // where the state frame begins in it
	two    []byte // the same as text and attachment
	twoAt  int
}

// floor is the connections of one of the floors.
type floor struct {
	conns []net.Conn
	fds   []int // the same
}

// sinkPlan is what the sink connects.
type sinkPlan struct {
	IO, Raw string // addresses
	Members int    // of each set of connections
	Floors  int    // sets without Socket.IO
	Packed  int    // sets with the MessagePack parser
	JSON    int    // sets with the other
	Slow    int    // of the members over Socket.IO; they do not read
	Paths   int
	Poll    bool // read all on one thread
}

// newBed starts a server and a sink whose connections are all open.
func newBed(ctx context.Context, o options, n int) (b *bed, err error) {
	b = &bed{
		io: sio.New(sio.Options{Engine: engine.Options{PingInterval: time.Hour}}), served: make(chan error, 1),
	}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	plan := sinkPlan{Members: n, Floors: 3, Packed: 3, JSON: 1, Slow: o.Slow, Paths: len(b.paths())}
	if o.Rooms > 0 {
		plan.Floors, plan.Packed, plan.JSON, plan.Poll = 2, 1, 0, true
		if wide(o.Members[0]) {
			plan.Packed++
		}
	}
	sockets := make(chan *sio.Socket, (plan.Packed+plan.JSON)*n)
	b.io.Of("/").OnConnect(func(s *sio.Socket) { sockets <- s })
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return b, err
	}
	b.web = &http.Server{Handler: b.io}
	go func() { b.served <- b.web.Serve(front) }() // ends in close
	if b.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return b, err
	}
	plan.IO, plan.Raw = front.Addr().String(), b.listener.Addr().String()
	if err = b.startSink(ctx, plan, o.SinkCPUs); err != nil {
		return b, err
	}
	// The sets are connected in turn, so that each is spread over the same memory.
	b.floors, b.packed = make([]floor, plan.Floors), make([]members, plan.Packed)
	for range n {
		for i := range b.floors {
			if err = b.floors[i].accept(b.listener); err != nil {
				return b, err
			}
		}
	}
	packed := 0
	for range cap(sockets) {
		select {
		case s := <-sockets:
			set := &b.json
			if s.Parser() == sio.MsgPack {
				set = &b.packed[packed%plan.Packed]
				s.Join("packed" + strconv.Itoa(packed%plan.Packed))
				packed++
			}
			set.sockets = append(set.sockets, s)
		case <-ctx.Done():
			return b, context.Cause(ctx)
		}
	}
	_, err = b.stdout.ReadString('\n') // all is connected
	return b, err
}

func (f *floor) accept(l net.Listener) error {
	c, err := l.Accept()
	if err != nil {
		return err
	}
	f.conns = append(f.conns, c)
	fd, err := fdOf(c)
	f.fds = append(f.fds, fd)
	return err
}

func (b *bed) startSink(ctx context.Context, plan sinkPlan, cpus string) error {
	text, err := json.Marshal(plan)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	b.sink = exec.CommandContext(ctx, self)
	if cpus != "" {
		b.sink = exec.CommandContext(ctx, "taskset", "-c", cpus, self)
	}
	b.sink.Env = append(os.Environ(), sinkVariable+"="+string(text))
	b.sink.Stderr = os.Stderr
	if b.stdin, err = b.sink.StdinPipe(); err != nil {
		return err
	}
	out, err := b.sink.StdoutPipe()
	if err != nil {
		return err
	}
	b.stdout = bufio.NewReader(out)
	if err := b.sink.Start(); err != nil {
		return fmt.Errorf("start the sink: %w", err)
	}
	return nil
}

// report ends the sink and returns what it measured, by path.
func (b *bed) report() (list []latency, err error) {
	b.stdin.Close()
	if err := json.NewDecoder(b.stdout).Decode(&list); err != nil {
		return nil, fmt.Errorf("read the sink's report: %w", err)
	}
	return list, nil
}

func (b *bed) close() {
	if b.sink != nil && b.sink.Process != nil {
		b.sink.Process.Kill()
		b.sink.Wait()
	}
	for _, f := range b.floors {
		for _, c := range f.conns {
			c.Close()
		}
	}
	if b.listener != nil {
		b.listener.Close()
	}
	if b.web != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		b.io.Close(ctx)
		b.web.Close()
		<-b.served
	}
}
