// Package client is the Go client of Tickwire: bots, load generators, tests
// and Go programs that play.
//
// [Conn] speaks Socket.IO v5 over Engine.IO v4 on a websocket, with the JSON
// or the MessagePack parser. [Game] stands on a Conn and speaks the lobby
// protocol of docs/protocol.md: it joins lobbies, keeps a replica of the
// match's state, sends inputs and acknowledges ticks.
//
// A connected Conn owns one goroutine, the reader. It calls every handler, one
// at a time, in arrival order, and ends when the connection does; Done tells
// when. Handlers are set before Connect. A handler must not wait for an
// acknowledgement on its own connection ([Conn.Call], the requests of Game):
// the reader that would bring it is the one that waits.
//
// Sending is safe from any goroutine. What a handler is given (Args and all
// that it points to) is valid during the call only.
package client
