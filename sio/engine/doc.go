// Package engine is an Engine.IO v4 server: HTTP long-polling, websocket, the
// upgrade from one to the other, the heartbeat and the write path on which
// everything above it depends.
//
// # Using it
//
// [New] makes a [Server] from [Options]; it is an http.Handler. For each new
// [Session] it calls Options.Accept, which returns the [Handler] that receives
// the session's messages and, once, its end.
//
// # Order and concurrency
//
// Every method may be called from any goroutine, also from within a Handler.
// The calls of one Handler never overlap: messages arrive one at a time, in
// the order in which the client sent them, across polling, upgrade and
// websocket; Closed comes last and exactly once. What one goroutine sends to a
// session arrives in that order, also across an upgrade; the parts of one
// [Message] are never interleaved with another.
//
// # Blocking
//
// Send, SendVolatile, Hold, Flush, SendStamped, Backlog, Close and Kill never
// wait for the peer. On websocket a message is written at once, by one
// non-blocking system call in the caller's goroutine. What the kernel does not
// take is queued, and a flusher goroutine lives until the queue is drained.
// Connections without a descriptor of their own (TLS, net.Pipe) always go
// through queue and flusher. A Handler may take its time: it holds up the
// reading from its own session only, which is the back-pressure on its client.
//
// # Ownership
//
// The data given to Handler.Message is valid only during the call. NewText and
// NewBinary copy; a Message is immutable and may be sent to any number of
// sessions at once. A [Stamped] belongs to one goroutine at a time.
//
// # Bounds
//
// A message or POST body is at most Options.MaxPayload bytes, the sum over its
// fragments. What waits for one client is at most Options.MaxQueueBytes:
// beyond that the session ends with [ErrSlowClient]. An idle websocket session
// costs one parked goroutine and its structs: no buffer and no timer.
//
// Source: Engine.IO protocol revision 4; RFC 6455.
package engine
