// Package sio is a Socket.IO v5 server: any Socket.IO v4 client connects, with
// the default (JSON) parser or with socket.io-msgpack-parser, over websocket or
// HTTP long-polling. Clients of both parsers share namespaces and rooms.
//
//	srv := sio.New(sio.Options{})
//	srv.Of("/").OnConnect(func(s *sio.Socket) {
//		s.Join("lobby")
//		s.Emit("hello", s.ID())
//	})
//	srv.Of("/").On("chat", func(e *sio.Event) {
//		e.Socket().To("lobby").Emit("chat", e.Args().Spread()...)
//	})
//	http.Handle("/socket.io/", srv)
//
// # Types
//
// [Server] is an http.Handler and holds the namespaces. A [Namespace] has
// middleware, handlers and rooms; a [ParentNamespace] makes namespaces on
// demand. A [Socket] is one client inside one namespace; the sockets of one
// client share a session of package engine. [Broadcast] says who gets an event,
// [Prepared] is an event encoded once for any number of recipients, [Stamped]
// one that differs in four bytes per recipient.
//
// # Concurrency
//
// Every method may be called from any goroutine, also from within handlers,
// except where its comment says otherwise ([Stamped]).
// All handlers of one session (events, acknowledgements, connect, disconnect,
// socket middleware) run one at a time. Handlers of different sessions run
// concurrently. Connection middleware (Namespace.Use) runs before a socket is
// connected, on a goroutine of its own, and may wait. Catch-all listeners for
// outgoing events run in the goroutine that emits.
//
// A panic in a handler ends that socket only and is logged with its stack.
//
// # Order
//
// A socket's events are handled in the order in which the client emitted them,
// across polling, the upgrade and websocket; the handler of one has returned
// before the next one's starts. What one goroutine emits to a socket arrives in
// that order, a packet's attachments never interleaved with another's. The
// handlers of OnConnect have returned before any event of that socket is
// handled, and before its client is told that it is connected (unless they
// emit to it, which tells it first); OnDisconnecting and then OnDisconnect come
// last. After Disconnect returned no further event handler starts and nothing
// more is sent.
//
// # Blocking
//
// Emitting and broadcasting never wait for a peer: bytes go to the kernel or to
// a bounded queue. A handler that waits delays its own session only. The calls
// that do wait say so: [Server.Close], [Broadcast.FetchSockets].
//
// # Bytes
//
// Arguments of events ([Args], [Raw]) alias the packet and are valid until the
// handler returns; Clone keeps them. What is passed to Emit, Prepare and Reset
// has been encoded when the call returns and may be changed.
//
// # Bounds
//
// Every bound is a field of [Options] with its default. Beyond it: too large,
// too deep, too many elements or attachments, too slow attachments, a packet
// that breaks the protocol: the session ends. No namespace joined in time: the
// session ends. Too many namespaces: CONNECT_ERROR. Too many rooms or pending
// acknowledgements, too long a name: the call returns an error. A client that
// does not read: the session ends with "transport error" when the engine's
// queue is full; volatile events are dropped before that.
package sio
