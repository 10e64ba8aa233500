//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"net"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"
)

// path is one way to bring a frame to all members.
type path struct {
	name string
	// send brings the frame of a tick to all members and returns how many got
	// it.
	send func(frame []byte) int
}

// paths in the order of their numbers, which travel in the frames.
func (b *bed) paths() []path {
	return []path{
		{"A net.Conn", b.floorA},
		{"B write(2)", b.floorB},
		{"stamped", func(f []byte) int { return sendStamped(&b.packed[0], f) }},
		{"room", b.room},
		{"json", func(f []byte) int { return sendStamped(&b.json, f) }},
		{twoFrames, b.floorTwo},
		{oneByOne, func(f []byte) int { return sendOneByOne(&b.packed[2], f) }},
	}
}

// twoFrames is the floor of the json path: its very bytes, prebuilt.
const twoFrames = "B as json"

// prebuildTwo makes the two frames of the packet as the JSON clients get it.
func (b *bed) prebuildTwo(frame []byte) {
	text := `451-["s",{"_placeholder":true,"num":0},         0]`
	b.two = append(append(b.two[:0], 0x81, byte(len(text))), text...)
	b.two = append(b.two, 0x82, 126, 0, 0)
	binary.BigEndian.PutUint16(b.two[len(b.two)-2:], uint16(len(frame)))
	b.twoAt = len(b.two)
	b.two = append(b.two, frame...)
}

func (b *bed) floorTwo(frame []byte) (sent int) {
	copy(b.two[b.twoAt:], frame[:headSize])
	for _, fd := range b.floors[2].fds {
		if writeRaw(fd, b.two) == len(b.two) {
			sent++
		}
	}
	return sent
}

// prebuild makes the websocket frame with the packet ["s", frame, 0], as the
// MessagePack clients of the other paths get it.
func (b *bed) prebuild(frame []byte) {
	data, _ := socketio.AppendEvent(nil, "s", frame) // bytes have a wire form
	data[0]++                                        // one argument more
	data = append(data, 0xce, 0, 0, 0, 0)
	packet := socketio.AppendMsgPack(nil, socketio.Packet{Type: socketio.Event, Namespace: "/", Data: data})
	b.wire = append(b.wire[:0], 0x82, 126, 0, 0)
	binary.BigEndian.PutUint16(b.wire[2:], uint16(len(packet)))
	b.wire = append(b.wire, packet...)
	b.wireAt = bytes.Index(b.wire, magic)
}

// The floors only patch the head of the frame that was built before.

func (b *bed) floorA(frame []byte) (sent int) {
	copy(b.wire[b.wireAt:], frame[:headSize])
	for _, c := range b.floors[0].conns {
		if n, _ := c.Write(b.wire); n == len(b.wire) {
			sent++
		}
	}
	return sent
}

func (b *bed) floorB(frame []byte) (sent int) {
	copy(b.wire[b.wireAt:], frame[:headSize])
	for _, fd := range b.floors[1].fds {
		if writeRaw(fd, b.wire) == len(b.wire) {
			sent++
		}
	}
	return sent
}

// members are sockets of one parser with the stamped event that they share.
type members struct {
	sockets []*sio.Socket
	stamped sio.Stamped
	batch   sio.Batch
}

func sendStamped(m *members, frame []byte) (sent int) {
	m.stamped.Reset("s", frame)
	defer m.batch.Flush()
	for i, s := range m.sockets {
		if s.Backlog() == 0 && m.batch.SendStamped(s, &m.stamped, uint32(i)) == nil {
			sent++
		}
	}
	return sent
}

// oneByOne is stamped without a Batch, as where io_uring is not to be had.
const oneByOne = "one by one"

func sendOneByOne(m *members, frame []byte) (sent int) {
	m.stamped.Reset("s", frame)
	for i, s := range m.sockets {
		if s.Backlog() == 0 && s.SendStamped(&m.stamped, uint32(i)) == nil {
			sent++
		}
	}
	return sent
}

func (b *bed) room(frame []byte) int {
	if b.io.Of("/").To("packed1").Volatile().Emit("s", frame, uint32(0)) != nil {
		return 0
	}
	return len(b.packed[1].sockets)
}

// fdOf is the descriptor of a connection that stays open as long as the bed.
func fdOf(c net.Conn) (fd int, err error) {
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return 0, err
	}
	return fd, raw.Control(func(n uintptr) { fd = int(n) })
}

// settle is the pause after the last tick, in which the sink catches up.
const settle = 500 * time.Millisecond
