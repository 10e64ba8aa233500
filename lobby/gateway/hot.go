package gateway

import (
	"encoding/binary"
	"math"
	"time"

	"tickwire/codec/socketio"
	"tickwire/lobby"
	"tickwire/sio"
)

// input handles `i`: seq, acked tick, payload and, from clients that tell, the
// tick that the player saw and the one that the input is meant for. It runs for
// every input of every player and allocates nothing; the lobby copies the
// payload.
func (g *Gateway) input(ev *sio.Event) {
	args := ev.Args()
	seq, ok := uint32Of(args.At(0))
	acked, ok2 := uint32Of(args.At(1))
	view, ok3 := numberOf(args.At(3))
	due, ok4 := numberOf(args.At(4))
	p, known := g.players.Load(ev.Socket())
	if !ok || !ok2 || !ok3 || !ok4 || !known {
		g.droppedInputs.Add(1)
		return
	}
	m := p.(*player).current()
	payload := args.At(2)
	if payload.IsNil() {
		payload = nil
	}
	if m == nil || m.Send(lobby.Sent{Seq: seq, Acked: acked, View: view, For: tickOf(due)}, payload) != nil {
		g.droppedInputs.Add(1)
	}
}

// uint32Of reads an unsigned number without letting its target escape, as
// Raw.Decode would.
func uint32Of(r socketio.Raw) (v uint32, ok bool) {
	switch {
	case len(r) == 1 && r[0] < 0x80:
		return uint32(r[0]), true
	case len(r) == 2 && r[0] == 0xcc:
		return uint32(r[1]), true
	case len(r) == 3 && r[0] == 0xcd:
		return uint32(binary.BigEndian.Uint16(r[1:])), true
	case len(r) == 5 && r[0] == 0xce:
		return binary.BigEndian.Uint32(r[1:]), true
	}
	return 0, false
}

// numberOf reads a number that may be left out or nil, like uint32Of.
func numberOf(r socketio.Raw) (v float64, ok bool) {
	switch {
	case r.IsNil():
		return 0, true
	case len(r) == 9 && r[0] == 0xcb:
		return math.Float64frombits(binary.BigEndian.Uint64(r[1:])), true
	case len(r) == 5 && r[0] == 0xca:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(r[1:]))), true
	}
	n, ok := uint32Of(r)
	return float64(n), ok
}

// tickOf brings a number into range; what is no number is 0.
func tickOf(v float64) uint32 {
	if !(v > 0) {
		return 0
	}
	return uint32(min(v, math.MaxUint32))
}

// clock answers (t0, t1, t2): the client's time given back, the server's at
// arrival and at the answer, in ms.
func (g *Gateway) clock(ev *sio.Event) {
	t1 := g.now()
	var t0 float64
	raw := ev.Args().At(0)
	if raw.IsNil() || raw.Decode(&t0) != nil {
		ev.Ack(refusal{Code: lobby.BadRequest, Message: "clock takes your time, a number"})
		return
	}
	ev.Ack(raw, t1, g.now())
}

func (g *Gateway) now() float64 {
	return float64(time.Since(g.epoch)) / float64(time.Millisecond)
}
