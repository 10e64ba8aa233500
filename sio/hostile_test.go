package sio_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"tickwire/codec/socketio"
	"tickwire/sio"

	"github.com/gobwas/ws/wsutil"
)

// hostileRig is a server that does what servers do: it echoes, relays, joins
// rooms whose names clients choose and makes namespaces for them.
func hostileRig(t *testing.T) *rig {
	r := onTCP(t, sio.Options{MaxChildren: 1000, CleanupEmptyChildNamespaces: true})
	serve := func(on interface {
		On(string, func(*sio.Event))
	}) {
		on.On("are you there", func(e *sio.Event) { e.Ack() })
		on.On("echo", func(e *sio.Event) {
			e.Socket().Emit("echo", e.Args().Spread()...)
			e.Ack(e.Args().Spread()...)
		})
		on.On("say", func(e *sio.Event) { e.Socket().To("bystanders").Emit("say", e.Args().Spread()...) })
		on.On("join", func(e *sio.Event) {
			for room := range e.Args().All() {
				var name string
				if room.Decode(&name) == nil {
					e.Socket().Join(name)
				}
			}
			e.Ack(len(e.Socket().Rooms()))
		})
		on.On("decode", func(e *sio.Event) {
			var v any
			var s struct {
				A, B []any
				C    map[string]any
			}
			e.Decode(&v)
			e.Decode(&s)
		})
	}
	serve(r.srv.Of("/"))
	serve(r.srv.OfPattern(regexp.MustCompile(`^/dyn-`)))
	return r
}

func raw(head string, body ...byte) []byte { return append([]byte(head), body...) }

// packed is an event of the MessagePack parser with forged arguments.
func packed(name string, args ...byte) []byte {
	data, _ := socketio.AppendValue(nil, name)
	data = append([]byte{0x92}, data...)
	return socketio.AppendMsgPack(nil, socketio.Packet{Type: socketio.Event, Namespace: "/", Data: append(data, args...)})
}

func uint32s(code byte, n uint32) []byte { return binary.BigEndian.AppendUint32([]byte{code}, n) }

// attacks are what one client sends after it has joined. Each is followed by
// more until the server has had enough or all is sent.
var attacks = map[string]struct {
	parser sio.Parser
	send   func(p *peer)
}{
	"array of four billion":  {sio.MsgPack, func(p *peer) { p.try(packed("decode", uint32s(0xdd, 1<<32-1)...)) }},
	"map of four billion":    {sio.MsgPack, func(p *peer) { p.try(packed("decode", uint32s(0xdf, 1<<32-1)...)) }},
	"four gigabytes":         {sio.MsgPack, func(p *peer) { p.try(packed("decode", uint32s(0xc6, 1<<32-1)...)) }},
	"extension of 512 MB":    {sio.MsgPack, func(p *peer) { p.try(packed("decode", append(uint32s(0xc9, 1<<29), 0)...)) }},
	"bare killer":            {sio.MsgPack, func(p *peer) { p.try(uint32s(0xdd, 1<<32-1)) }},
	"a megabyte of nesting":  {sio.MsgPack, func(p *peer) { p.try(packed("decode", bytes.Repeat([]byte{0x91}, 900_000)...)) }},
	"nested array16":         {sio.MsgPack, func(p *peer) { p.try(packed("decode", bytes.Repeat([]byte{0xdc, 0xff, 0xff}, 3000)...)) }},
	"a million small values": {sio.MsgPack, func(p *peer) { p.try(packed("decode", append(uint32s(0xdd, 900_000), make([]byte, 900_000)...)...)) }},
	"a million empty maps": {sio.MsgPack, func(p *peer) {
		p.try(packed("decode", append(uint32s(0xdd, 260_000), bytes.Repeat([]byte{0x80}, 260_000)...)...))
	}},
	"binary instead of text": {sio.JSON, func(p *peer) { p.try([]byte{1, 2, 3}) }},
	"deep JSON that is echoed": {sio.JSON, func(p *peer) {
		p.tryText(`2["echo",` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `]`)
	}},
	"deep auth": {sio.JSON, func(p *peer) {
		p.tryText(`0/dyn-a,{"a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`)
	}},
	"a megabyte of brackets": {sio.JSON, func(p *peer) { p.tryText(`2["echo",` + strings.Repeat("[", 900_000)) }},
	"a megabyte of digits":   {sio.JSON, func(p *peer) { p.tryText(`2["echo",` + strings.Repeat("9", 900_000) + `]`) }},
	"a megabyte of escapes":  {sio.JSON, func(p *peer) { p.tryText(`2["echo","` + strings.Repeat(`\u0000`, 150_000) + `"]`) }},
	"wide JSON":              {sio.JSON, func(p *peer) { p.tryText(`2["decode",[` + strings.Repeat("{},", 300_000) + `0]]`) }},
	"one attachment for all": {sio.JSON, func(p *peer) {
		p.tryText(`51-["echo"` + strings.Repeat(`,{"_placeholder":true,"num":0}`, 30_000) + `]`)
	}},
	"endless attachments": {sio.JSON, func(p *peer) {
		p.tryText(`510-["echo"]`)
		for range 10 {
			p.try(make([]byte, 990_000))
		}
	}},
	"flood of acknowledgements": {sio.JSON, func(p *peer) {
		for i := range 20_000 {
			p.tryText(fmt.Sprintf(`3%d["x"]`, i))
		}
	}},
	"flood of events": {sio.MsgPack, func(p *peer) {
		event := packed("unknown", 0xc0)
		for range 20_000 {
			p.try(event)
		}
	}},
	"flood of rooms": {sio.JSON, func(p *peer) {
		for i := range 200 {
			rooms := make([]any, 100)
			for j := range rooms {
				rooms[j] = fmt.Sprintf("room-%d-%d", i, j)
			}
			b, _ := socketio.AppendValue(nil, append([]any{"join"}, rooms...))
			text, _ := socketio.RawToJSON(nil, b)
			p.tryText("2" + string(text))
		}
	}},
	"flood of namespaces": {sio.JSON, func(p *peer) {
		for i := range 5000 {
			p.tryText(fmt.Sprintf(`0/dyn-%d,`, i))
		}
	}},
	"flood of connects": {sio.JSON, func(p *peer) {
		for range 5000 {
			p.tryText(`0`)
		}
	}},
	"connects and disconnects": {sio.JSON, func(p *peer) {
		for i := range 3000 {
			p.tryText(fmt.Sprintf(`0/dyn-%d,`, i))
			p.tryText(fmt.Sprintf(`1/dyn-%d,`, i))
		}
	}},
	"long names": {sio.JSON, func(p *peer) {
		p.tryText(`2["join","` + strings.Repeat("r", 900_000) + `"]`)
		p.tryText(`0/dyn-` + strings.Repeat("n", 900_000))
	}},
	"does not read": {sio.MsgPack, func(p *peer) {
		big := packed("echo", append([]byte{0xc5, 0xff, 0xff}, make([]byte, 65535)...)...)
		for range 300 {
			p.try(big)
		}
	}},
	"reserved event": {sio.MsgPack, func(p *peer) { p.try(packed("disconnect", 0xc0)) }},
}

// try and tryText send what the server may refuse by closing.
func (p *peer) try(b []byte)        { _ = wsutil.WriteClientBinary(p.conn, b) }
func (p *peer) tryText(text string) { _ = wsutil.WriteClientText(p.conn, []byte("4"+text)) }

func TestAttacks(t *testing.T) {
	for name, attack := range attacks {
		t.Run(name, func(t *testing.T) {
			r := hostileRig(t)
			bystander, attacker := r.client(sio.JSON), r.client(attack.parser)
			bystander.join("/")
			bystander.ask(1, "join", "bystanders")
			bystander.expectAck(1, 2)
			attacker.join("/")
			before := heap()
			attack.send(attacker)
			bystander.silent()
			attacker.conn.Close()
			bystander.silent()
			if grown := int64(heap()) - int64(before); grown > 96<<20 {
				t.Errorf("heap grew by %d MiB", grown>>20)
			}
		})
	}
}

func heap() uint64 {
	var st runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&st)
	return st.HeapAlloc
}

// What a client says to others is safe for them, whatever it is.
func TestRelayedValuesAreSafe(t *testing.T) {
	r := hostileRig(t)
	mallory, victims := r.client(sio.MsgPack), []*peer{r.client(sio.JSON), r.client(sio.MsgPack)}
	mallory.join("/")
	for _, v := range victims {
		v.join("/")
		v.ask(1, "join", "bystanders")
		v.expectAck(1, 2)
	}
	for _, args := range [][]byte{
		{0xa2, 0xff, 0xfe},                         // invalid UTF-8
		{0x81, 0x05, 0xc0},                         // integer key
		{0xc7, 0x02, 0x00, 1, 2},                   // ArrayBuffer
		{0xd4, 0x00, 0x00},                         // undefined
		{0xd6, 0xff, 0, 0, 0, 1},                   // MessagePack timestamp
		{0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1},       // NaN
		{0xd7, 0x00, 0x7f, 0xff, 0, 0, 0, 0, 0, 0}, // Date out of range
		raw("\x81\xac_placeholder", 0xc3),
	} {
		mallory.binary(packed("say", args...))
		for _, v := range victims {
			got := v.packet()
			if got.Type != socketio.Event || got.Data.Len() != 2 {
				t.Errorf("%x: %s %s", args, got.Type, show(got.Data))
			}
		}
	}
	for _, v := range victims {
		v.silent()
	}
}
