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

	raw    []net.Conn // of the floors
	fds    []int      // the same
	packed members
	json   members
	wire   []byte // what the floors send
	wireAt int    // where the state frame begins in it
}

// sinkPlan is what the sink connects.
type sinkPlan struct {
	IO, Raw string // addresses
	Members int    // of each kind
	Slow    int    // of the members over Socket.IO; they do not read
	Paths   int
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
	sockets := make(chan *sio.Socket, 2*n)
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
	plan := sinkPlan{IO: front.Addr().String(), Raw: b.listener.Addr().String(), Members: n, Slow: o.Slow, Paths: len(b.paths())}
	if err = b.startSink(ctx, plan); err != nil {
		return b, err
	}
	for range n {
		if err = b.acceptRaw(); err != nil {
			return b, err
		}
	}
	for range 2 * n {
		select {
		case s := <-sockets:
			if s.Parser() == sio.MsgPack {
				s.Join("packed")
				b.packed.sockets = append(b.packed.sockets, s)
			} else {
				b.json.sockets = append(b.json.sockets, s)
			}
		case <-ctx.Done():
			return b, context.Cause(ctx)
		}
	}
	_, err = b.stdout.ReadString('\n') // all is connected
	return b, err
}

func (b *bed) acceptRaw() error {
	c, err := b.listener.Accept()
	if err != nil {
		return err
	}
	b.raw = append(b.raw, c)
	fd, err := fdOf(c)
	b.fds = append(b.fds, fd)
	return err
}

func (b *bed) startSink(ctx context.Context, plan sinkPlan) error {
	text, err := json.Marshal(plan)
	if err != nil {
		return err
	}
	b.sink = exec.CommandContext(ctx, "/proc/self/exe")
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
	for _, c := range b.raw {
		c.Close()
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
