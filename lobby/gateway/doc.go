// Package gateway carries the lobby protocol of docs/protocol.md over
// Socket.IO: it turns events into calls of package lobby, and what a lobby
// pushes into events.
//
// [Attach] registers the protocol's events on the default namespace. A socket
// costs nothing until its first request; then one player stands for it, and is
// the lobby.Conn that a lobby talks to.
//
// Handlers run on the reader of the session, one at a time per socket. They
// never wait: a lobby answers through a callback on its own goroutine, which
// sends the acknowledgement before any push that belongs to it. The package
// starts no goroutine.
//
// What one tick makes for one client leaves in one write: events are held by
// the socket until the state frame takes them along. The encoded form of an
// event or frame is kept in its Wire field, made once for all members.
package gateway
