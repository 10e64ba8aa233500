package client

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"tickwire/codec/socketio"
)

// Parsers that a client can choose from. The server recognises them.
const (
	JSON    = "json"
	MsgPack = "msgpack"
)

// Options of a connection.
type Options struct {
	// URL of the server: http, https, ws or wss. A path other than "/" is the
	// Socket.IO path. Default path "/socket.io/".
	URL string

	// Parser is JSON or MsgPack. Default MsgPack.
	Parser string

	// Namespace to connect to. Default "/".
	Namespace string

	// Auth is sent with the connect packet; nil sends none.
	Auth any

	// MaxMessage bounds a received message, in bytes. Default 1 MiB.
	MaxMessage int

	// TLS is for https and wss. Default: the system's authorities are trusted.
	TLS *tls.Config

	// Dial opens the connection below. Default: net.Dialer.DialContext.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// ErrClosed is what a call returns that outlives its connection.
var ErrClosed = errors.New("connection is closed")

// Conn is one Socket.IO connection. Set the handlers with On, then Connect.
type Conn struct {
	// Set before the reader starts, read-only after.
	opt      Options
	codec    codec
	handlers map[string]func(socketio.Args)
	wire     *wire
	id       string
	idle     time.Duration // the server is dead after a silence of this length

	done chan struct{}
	err  error // why the reader ended; set before done is closed

	hijacked bool // owned by the reader

	mu    sync.Mutex // guards the following
	calls map[uint64]func(socketio.Args, error)
	last  uint64 // id of the last call
	ended bool
}

// New prepares a connection; Connect opens it.
func New(o Options) *Conn {
	o.Parser = cmp.Or(o.Parser, MsgPack)
	o.Namespace = cmp.Or(o.Namespace, "/")
	o.MaxMessage = cmp.Or(o.MaxMessage, 1<<20)
	return &Conn{
		opt:      o,
		handlers: make(map[string]func(socketio.Args)),
		calls:    make(map[uint64]func(socketio.Args, error)),
		done:     make(chan struct{}),
	}
}

// On sets the handler of an event. Call it before Connect. Events without a
// handler are dropped.
func (c *Conn) On(event string, handle func(args socketio.Args)) { c.handlers[event] = handle }

// ID is the socket's id, as the server knows it.
func (c *Conn) ID() string { return c.id }

// Received is how many bytes came over the websocket, its headers included.
func (c *Conn) Received() uint64 { return c.wire.received.Load() }

// Done is closed when the connection has ended and the last handler returned.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err tells why the connection ended, once Done is closed: nil after Close.
func (c *Conn) Err() error {
	select {
	case <-c.done:
		return c.err
	default:
		return nil
	}
}

// Connect opens the websocket and joins the namespace. A refusal by the
// server's middleware is an *Error without a code. ctx bounds Connect alone.
func (c *Conn) Connect(ctx context.Context) error {
	target, err := engineURL(c.opt.URL)
	if err != nil {
		return err
	}
	if c.codec, err = newCodec(c.opt.Parser, c.opt.MaxMessage); err != nil {
		return err
	}
	conn, early, _, err := ws.Dialer{WriteBufferSize: 1 << 10, NetDial: c.opt.Dial, TLSConfig: c.opt.TLS}.Dial(ctx, target)
	if err != nil {
		return fmt.Errorf("open websocket: %w", err)
	}
	c.wire = newWire(conn, early, c.opt.MaxMessage)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	err = c.handshake()
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		conn.Close()
		return fmt.Errorf("connect to %s: %w", c.opt.Namespace, err)
	}
	if early != nil {
		ws.PutReader(early)
	}
	go c.run() // ends with the connection; closes done
	return nil
}

// engineURL turns the address of a server into that of its websocket.
func engineURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil {
		return "", fmt.Errorf("server address: %w", err)
	}
	switch u.Scheme {
	case "http", "ws":
		u.Scheme = "ws"
	case "https", "wss":
		u.Scheme = "wss"
	default:
		return "", fmt.Errorf("server address %q: want http:// or ws://", s)
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/socket.io/"
	}
	q := u.Query()
	q.Set("EIO", "4")
	q.Set("transport", "websocket")
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// handshake reads the open packet and joins the namespace.
// Source: Engine.IO v4 "Handshake", Socket.IO v5 "Connection to a namespace".
func (c *Conn) handshake() error {
	data, _, err := c.wire.read()
	if err != nil {
		return err
	}
	var open struct{ PingInterval, PingTimeout int }
	if len(data) == 0 || data[0] != engineOpen || json.Unmarshal(data[1:], &open) != nil {
		return errProtocol
	}
	c.idle = time.Duration(open.PingInterval+open.PingTimeout) * time.Millisecond
	connect := socketio.Packet{Type: socketio.Connect, Namespace: c.opt.Namespace}
	if c.opt.Auth != nil {
		if connect.Data, err = socketio.AppendValue(nil, c.opt.Auth); err != nil {
			return fmt.Errorf("auth: %w", err)
		}
	}
	if err := c.codec.send(c.wire, connect); err != nil {
		return err
	}
	for c.id == "" {
		if err := c.readPacket(c.connecting); err != nil {
			return err
		}
	}
	return nil
}

func (c *Conn) connecting(p socketio.Packet) error {
	switch p.Type {
	case socketio.Connect:
		var answer struct {
			SID string `json:"sid"`
		}
		if err := p.Data.Decode(&answer); err != nil {
			return err
		}
		c.id = answer.SID
	case socketio.ConnectError:
		refusal := new(Error)
		_ = p.Data.Get("data").Decode(refusal) // is the server's own business, and may be anything
		if text, ok := p.Data.Get("message").Text(); ok {
			refusal.Message = string(text)
		}
		return refusal
	}
	return nil
}

func (c *Conn) run() {
	defer close(c.done)
	err := c.wire.conn.SetReadDeadline(time.Now().Add(c.idle))
	for err == nil && !c.hijacked {
		err = c.readPacket(c.connected)
	}
	if !c.hijacked {
		c.wire.conn.Close()
	}
	c.mu.Lock()
	if !c.ended {
		c.err = err
	}
	c.ended = true
	calls := c.calls
	c.calls = nil
	c.mu.Unlock()
	for _, answer := range calls {
		answer(socketio.Args{}, ErrClosed)
	}
}

// Hijack hands the connection over to a handler that calls it: nobody else
// reads it from then on, or closes it, and Done is closed when the handler has
// returned. rest is what had been read behind the handler's message.
func (c *Conn) Hijack() (conn net.Conn, rest []byte) {
	c.hijacked = true
	_ = c.wire.conn.SetReadDeadline(time.Time{}) // of a connection that is gone: its new owner will see
	read, _ := c.wire.r.Peek(c.wire.r.Buffered())
	return c.wire.conn, bytes.Clone(read[c.wire.peeked:])
}

// fail ends the connection because of what it brought. The reader calls it.
func (c *Conn) fail(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.ended, c.err = true, why
	}
	c.wire.conn.Close()
}

// errDisconnected ends the reader when the server closed the namespace.
var errDisconnected = errors.New("the server disconnected the socket")

// readPacket reads one message and hands a Socket.IO packet in it, if that
// completes one, to then.
func (c *Conn) readPacket(then func(socketio.Packet) error) error {
	data, op, err := c.wire.read()
	if err != nil {
		return err
	}
	if op == ws.OpText {
		if len(data) == 0 {
			return errProtocol
		}
		if data[0] != engineMessage {
			return c.engine(data[0])
		}
	}
	p, complete, err := c.codec.receive(data, op == ws.OpBinary)
	if err != nil || !complete || p.Namespace != c.opt.Namespace {
		return err
	}
	return then(p)
}

// Engine.IO v4 packet types that a websocket client meets.
const (
	engineOpen    = '0'
	engineClose   = '1'
	enginePing    = '2'
	engineMessage = '4'
)

var enginePong = []byte("3")

func (c *Conn) engine(kind byte) error {
	switch kind {
	case enginePing:
		if err := c.wire.conn.SetReadDeadline(time.Now().Add(c.idle)); err != nil {
			return err
		}
		return c.wire.write(ws.OpText, enginePong)
	case engineClose:
		return errDisconnected
	}
	return nil
}

func (c *Conn) connected(p socketio.Packet) error {
	switch p.Type {
	case socketio.Event:
		return c.event(p)
	case socketio.Ack:
		c.mu.Lock()
		answer := c.calls[p.ID]
		delete(c.calls, p.ID)
		c.mu.Unlock()
		if answer != nil {
			answer(socketio.ArgsOf(p.Data), nil)
		}
	case socketio.Disconnect:
		return errDisconnected
	}
	return nil
}

func (c *Conn) event(p socketio.Packet) error {
	var number [24]byte
	name, args, err := p.Data.EventName(number[:0])
	if err != nil {
		return err
	}
	if handle := c.handlers[string(name)]; handle != nil {
		handle(args)
	}
	return nil
}
