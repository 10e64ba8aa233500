// Package engineio turns Engine.IO v4 packets and payloads into bytes and
// back. It starts no goroutine, takes no lock, reads no clock and does no I/O;
// every function may be called from any number of goroutines at once.
//
// # Packets
//
// A text packet is one ASCII digit, the [Type], followed by the packet's data.
// A binary packet is always a message. On websocket it is a binary websocket
// message without any prefix, so there is nothing to decode; inside a polling
// payload it is the letter b followed by standard base64.
//
//	open    0{"sid":…}   server: first packet of a session
//	close   1            either side: the session ends
//	ping    2            server: heartbeat; client: 2probe before an upgrade
//	pong    3            client: heartbeat; server: 3probe
//	message 4<data>      either side
//	upgrade 5            client: the upgrade is complete
//	noop    6            server: ends a parked poll
//
// # Payloads
//
// On polling, packets travel joined by the byte 0x1e ([Separator]). [Payload]
// walks one without allocating for text packets.
//
// # Ownership and bounds
//
// Decoders return views: Packet.Data aliases the input and is valid only as
// long as the input is. A binary packet of a payload is decoded in the place
// of its base64 text, so the input of [Payload] must be writable and is
// modified. Encoders append to dst and keep nothing. Nothing is allocated on
// the word of a peer: sizes are those of the bytes that are really there.
//
// Source: Engine.IO protocol, revision 4.
package engineio
