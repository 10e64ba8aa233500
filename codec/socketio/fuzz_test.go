package socketio_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"tickwire/codec/socketio"

	"github.com/vmihailenco/msgpack/v5"
)

// killers end or exhaust decoders that trust what they read.
var killers = [][]byte{
	{0xdd, 0xff, 0xff, 0xff, 0xff},
	{0xdf, 0xff, 0xff, 0xff, 0xff},
	{0xc6, 0xff, 0xff, 0xff, 0xff},
	{0xdb, 0xff, 0xff, 0xff, 0xff},
	{0xc9, 0xff, 0xff, 0xff, 0xff, 0x00},
	{0xc9, 0x7f, 0xff, 0xff, 0xff, 0xff},
	bytes.Repeat([]byte{0x91}, 4000),
	bytes.Repeat([]byte{0x81, 0xa1, 'a'}, 2000),
	bytes.Repeat([]byte{0xdc, 0xff, 0xff}, 3000),
	append(bytes.Repeat([]byte{0xdc, 0x00, 0x10}, 200), bytes.Repeat([]byte{0xc0}, 400)...),
	{0xd4, 0x00, 0x00}, {0xd7, 0x00, 0, 0, 0, 0, 0, 0, 0, 1}, {0xd6, 0xff, 0, 0, 0, 1}, {0xc7, 0x0c, 0xff, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0},
	{0xc7, 0x08, 0x00, 1, 2, 3, 4, 5, 6, 7, 8},
	{0xc1}, {0x82, 0xa1, 'a', 0xa1}, {0x81, 0x05, 0x06}, {0x81, 0x90, 0x06}, {0xa4, 0xf1, 0xaa, 0xbb, 'a'},
}

// FuzzNormalize: what is accepted is canonical, and safe for msgpack/v5.
func FuzzNormalize(f *testing.F) {
	for _, b := range killers {
		f.Add(b)
	}
	for _, v := range []any{1, "x", 1.5, []any{nil, true, []byte{1}}, map[string]any{"a": -1}, someDate} {
		b, _ := socketio.AppendValue(nil, v)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		raw, err := socketio.Normalize(nil, b, socketio.Limits{})
		if err != nil {
			return
		}
		again, err := socketio.Normalize(nil, raw, socketio.Limits{})
		if err != nil || !bytes.Equal(raw, again) {
			t.Fatalf("%x is not canonical: %v", raw, err)
		}
		v, err := socketio.Raw(raw).Any()
		if err != nil {
			t.Fatal(err)
		}
		var into any
		if err := socketio.Raw(raw).Decode(&into); err != nil {
			t.Fatal(err)
		}
		var generic struct {
			A []any          `json:"a"`
			B map[string]any `json:"b"`
			C socketio.Raw   `json:"c"`
		}
		_ = socketio.Raw(raw).Decode(&generic) // may not fit, must not panic
		var foreign any
		_ = msgpack.Unmarshal(raw, &foreign) // safe, that is all
		if _, err := socketio.AppendValue(nil, v); err != nil {
			t.Fatal(err)
		}
		text, attachments := socketio.RawToJSON(nil, raw)
		if !json.Valid(text) {
			t.Fatalf("invalid JSON %s", text)
		}
		if len(attachments) < 11 {
			if _, err := socketio.JSONToRaw(nil, text, attachments, socketio.Limits{}); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
	})
}

// FuzzDecodeMsgPack: a packet that is accepted is written back the same.
func FuzzDecodeMsgPack(f *testing.F) {
	for _, w := range wirePackets {
		p := w.packet
		p.Data, _ = socketio.AppendValue(nil, append([]any{"event"}, w.args...))
		f.Add(socketio.AppendMsgPack(nil, p))
	}
	for _, b := range killers {
		f.Add(socketio.AppendMsgPack(nil, socketio.Packet{Type: socketio.Event, Namespace: "/", Data: b}))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := socketio.DecodeMsgPack(b, socketio.Limits{})
		if err != nil {
			return
		}
		checkPacket(t, p)
	})
}

// FuzzDecodeJSON: the same for the JSON parser with its attachments.
func FuzzDecodeJSON(f *testing.F) {
	for _, w := range wirePackets {
		f.Add([]byte(w.text), []byte("attachment"))
	}
	for _, s := range []string{
		`2["a",1e999,-0,"\ud800"]`, `52-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]`, `2/ns?a=b,5["x"]`,
		`51-["a",{"num":0,"_placeholder":true,"_placeholder":false}]`, `0{"a":{"b":[[[[]]]]}}`, `2[5,6]`, `4"text"`, `510-["a"]`,
	} {
		f.Add([]byte(s), []byte{})
	}
	f.Fuzz(func(t *testing.T, text, attachment []byte) {
		var d socketio.JSONDecoder
		p, _, ok, err := d.Text(nil, text)
		for range socketio.MaxAttachments {
			if ok || err != nil {
				break
			}
			p, _, ok, err = d.Binary(nil, attachment)
		}
		if err != nil {
			return
		}
		if !ok {
			t.Fatalf("%q waits for more attachments than there may be", text)
		}
		checkPacket(t, p)
	})
}

// checkPacket encodes an accepted packet with both parsers and decodes it.
func checkPacket(t *testing.T, p socketio.Packet) {
	t.Helper()
	packed := socketio.AppendMsgPack(nil, p)
	again, err := socketio.DecodeMsgPack(packed, socketio.Limits{})
	if err != nil || again.Type != p.Type || again.Namespace != p.Namespace || again.ID != p.ID || !bytes.Equal(again.Data, p.Data) {
		t.Fatalf("MessagePack: %+v became %+v, %v", p, again, err)
	}
	if p.Type == socketio.Event {
		if _, _, err := p.Data.Event(); err != nil {
			t.Fatal(err)
		}
	}
	if p.Namespace == "" || p.Namespace[0] != '/' || bytes.ContainsRune([]byte(p.Namespace), ',') {
		return // only MessagePack can carry it
	}
	text, attachments, err := socketio.AppendJSON(nil, p)
	if err != nil {
		return // more binary values than JSON may carry
	}
	var d socketio.JSONDecoder
	got, _, ok, err := d.Text(nil, text)
	for _, b := range attachments {
		if ok || err != nil {
			break
		}
		got, _, ok, err = d.Binary(nil, b)
	}
	if err != nil || !ok || got.Type != p.Type || got.Namespace != p.Namespace || got.ID != p.ID || got.HasID != p.HasID {
		t.Fatalf("JSON: %+v became %s, %+v, %v", p, text, got, err)
	}
}
