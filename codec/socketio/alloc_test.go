package socketio_test

import (
	"bytes"
	"testing"

	"tickwire/codec/socketio"
)

func TestValidateDoesNotAllocate(t *testing.T) {
	for _, b := range [][]byte{
		{0xdd, 0xff, 0xff, 0xff, 0xff},
		{0xc6, 0xff, 0xff, 0xff, 0xff},
		bytes.Repeat([]byte{0x91}, 1<<20),
		bytes.Repeat([]byte{0xdc, 0xff, 0xff}, 3000),
		mustAppend(t, []any{"event", map[string]any{"a": 1, "b": []byte("xyz")}, 1.5}),
	} {
		n := testing.AllocsPerRun(100, func() { socketio.Validate(b, socketio.Limits{}) })
		if n != 0 {
			t.Errorf("%.16x…: %v allocations", b, n)
		}
	}
}

func TestHotPathsDoNotAllocate(t *testing.T) {
	packet := socketio.AppendMsgPack(nil, socketio.Packet{
		Type: socketio.Event, Namespace: "/", Data: mustAppend(t, []any{"i", 7, 12, []any{1, 2, 3}}),
	})
	text := []byte(`2["i",7,12,[1,2,3.5],"a\u00e9"]`)
	buf := make([]byte, 0, 256)
	var dec socketio.JSONDecoder
	var seq int // Decode's target lives on the heap
	for name, fn := range map[string]func(){
		"decode MessagePack": func() {
			p, _ := socketio.DecodeMsgPack(packet, socketio.Limits{})
			_, args, _ := p.Data.EventName(nil)
			args.At(0).Decode(&seq)
		},
		"decode JSON": func() { dec.Text(buf, text) },
		"encode both": func() {
			p, _ := socketio.DecodeMsgPack(packet, socketio.Limits{})
			socketio.AppendMsgPack(buf, p)
			socketio.AppendJSON(buf, p)
		},
		"append values": func() { socketio.AppendEvent(buf, "event", 1, "two", true) },
	} {
		if n := testing.AllocsPerRun(100, fn); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
