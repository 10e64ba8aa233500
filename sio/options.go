package sio

import (
	"cmp"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio/engine"

	"github.com/rs/zerolog"
)

// Parser says how packets are encoded.
type Parser byte

// The parsers.
const (
	Auto    Parser = iota // recognised per connection from its first packet
	JSON                  // text with binary attachments, the clients' default
	MsgPack               // socket.io-msgpack-parser
)

// Options configure a Server. The zero value is useful.
type Options struct {
	// Engine configures the transports. Accept and Log are set by this
	// package; Path defaults to "/socket.io/" here.
	Engine engine.Options

	// Parser that clients must use. Default Auto: either.
	Parser Parser

	// ConnectTimeout bounds how long a session may live without having joined
	// a namespace. Default 45 s.
	ConnectTimeout time.Duration

	// Limits of incoming packets. MaxAttachmentBytes defaults to four times
	// the engine's MaxPayload here. MaxName also bounds names of rooms.
	Limits socketio.Limits

	// AttachmentTimeout bounds how long a packet may wait for its attachments.
	// Default 30 s.
	AttachmentTimeout time.Duration

	MaxNamespaces  int // namespaces that one session may be in, default 64
	MaxChildren    int // namespaces made on demand, over all parents, default 10,000
	MaxRooms       int // rooms that one socket may be in, default 1,024
	MaxPendingAcks int // acknowledgements that one socket may owe, default 1,024

	// CleanupEmptyChildNamespaces removes a namespace made on demand when its
	// last socket leaves.
	CleanupEmptyChildNamespaces bool

	// Recovery lets clients come back to their state after a short loss of
	// the connection. Off by default.
	Recovery Recovery

	// NewAdapter makes the adapter of each namespace from its in-memory one.
	// Default: the in-memory one itself.
	NewAdapter func(ns *Namespace, local *MemoryAdapter) Adapter

	// DisableClient stops the server from serving the browser client at
	// <path>/socket.io.js.
	DisableClient bool

	// OnSession is called for each new engine session before it is read from.
	OnSession func(*engine.Session)

	// Log receives panics of handlers (error) and refusals (debug). It is also
	// the engine's.
	Log zerolog.Logger
}

// Recovery configures connection state recovery.
type Recovery struct {
	// MaxDisconnection is how long a client may be away. Default 0: off.
	MaxDisconnection time.Duration

	// RunMiddlewares runs connection middleware for recovered sockets too.
	RunMiddlewares bool

	MaxSessions int // sessions kept per namespace, default 10,000
	MaxPackets  int // events kept per namespace, default 100,000
	MaxBytes    int // bytes of these events, and as many of these sessions, default 64 MiB
}

func (o Options) withDefaults() Options {
	o.Engine.Path = cmp.Or(o.Engine.Path, "/socket.io/")
	o.Engine.MaxPayload = cmp.Or(o.Engine.MaxPayload, 1_000_000)
	o.Engine.MaxQueueBytes = cmp.Or(o.Engine.MaxQueueBytes, 1<<20)
	o.Engine.Log = o.Log
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, 45*time.Second)
	o.Limits.MaxAttachmentBytes = cmp.Or(o.Limits.MaxAttachmentBytes, 4*o.Engine.MaxPayload)
	o.Limits.MaxName = cmp.Or(o.Limits.MaxName, 512)
	o.AttachmentTimeout = cmp.Or(o.AttachmentTimeout, 30*time.Second)
	o.MaxNamespaces = cmp.Or(o.MaxNamespaces, 64)
	o.MaxChildren = cmp.Or(o.MaxChildren, 10_000)
	o.MaxRooms = cmp.Or(o.MaxRooms, 1024)
	o.MaxPendingAcks = cmp.Or(o.MaxPendingAcks, 1024)
	if o.Recovery.MaxDisconnection > 0 {
		o.Recovery.MaxSessions = cmp.Or(o.Recovery.MaxSessions, 10_000)
		o.Recovery.MaxPackets = cmp.Or(o.Recovery.MaxPackets, 100_000)
		o.Recovery.MaxBytes = cmp.Or(o.Recovery.MaxBytes, 64<<20)
	}
	if o.NewAdapter == nil {
		o.NewAdapter = func(_ *Namespace, local *MemoryAdapter) Adapter { return local }
	}
	return o
}
