// Package engine is an Engine.IO v4 server: HTTP long-polling, websocket, the
// upgrade from one to the other, the heartbeat and the write path on which
// everything above it depends.
//
// # Using it
//
// [New] makes a [Server] from [Options]; it is an http.Handler. For each new
// [Session] it calls Options.Accept, which returns the [Handler] that receives
// the session's messages and, once, its end. [Server.Close] ends everything.
//
// The http.Server in front is the caller's. Its ReadHeaderTimeout should be
// set: what a client does before its request is complete is out of this
// package's reach. Its ReadTimeout and WriteTimeout do not end parked polls or
// websockets. [Server.Listener] in front of it makes new websockets cheaper, and
// is not needed.
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
// non-blocking system call in the caller's goroutine, together with what was
// held before it. What the kernel does not take is queued, and a flusher
// goroutine lives until the queue is drained. Connections without a descriptor
// of their own (TLS, net.Pipe) always go through queue and flusher. A [Batch]
// saves some of the system calls of who sends to many sessions. A Handler
// may take its time: it holds up the reading from its own session only, which
// is the back-pressure on its client.
//
// # Ownership
//
// The data given to Handler.Message is valid only during the call. NewText and
// NewBinary copy; a Message is immutable and may be sent to any number of
// sessions at once, its forms for polling and compression are made once, when
// first needed. A [Stamped] belongs to one goroutine at a time.
//
// # Bounds
//
//	one message or POST body      MaxPayload, summed over fragments, checked
//	                              before anything is allocated for it
//	fragments of one message      16384
//	inflated message              MaxPayload
//	what waits for one client     MaxQueueBytes, else ErrSlowClient
//	sessions                      MaxSessions, else 503
//	sessions of one address       MaxSessionsPerAddress, else 429
//	packets and bytes per second  MaxPacketRate, MaxByteRate, else ErrFlooding
//	headers of a handshake        16 KiB, else 431
//	reading a POST body           20 s
//	writing an answer to a poll   20 s
//	an upgrade                    UpgradeTimeout
//	a closing handshake           5 s on websocket; 30 s until the next poll
//
// An idle websocket session costs its structs and the kernel's socket, about
// 2.5 KiB in all: no buffer, no timer and, on Linux from the first pong after its
// last message, no goroutine: it is watched with all others in one epoll set and
// gets a goroutine when it is readable or ends. Elsewhere, and over TLS, it
// keeps a waiting goroutine, 2.5 KiB more; over TLS also a read buffer of 4 KiB.
// One timer serves the heartbeats of all sessions.
//
// # What it does not do
//
// Clients of protocol 3 (Socket.IO 2, out of support since 2021) are refused
// with code 5: their heartbeat runs the other way, payloads and packets have
// other forms, and the protocol above differs too, so that they would need a
// second server inside this one. JSONP (a j parameter) is refused with code 3:
// it goes around CORS, and official clients have not sent it since 2021. There
// is no WebTransport.
//
// Source: Engine.IO protocol revision 4; RFC 6455; RFC 7692.
package engine
