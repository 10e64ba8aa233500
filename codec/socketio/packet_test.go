package socketio_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"tickwire/codec/socketio"

	"github.com/google/go-cmp/cmp"
)

type wirePacket struct {
	name        string
	packet      socketio.Packet
	args        []any // data of events and acks
	data        any   // data of others
	text        string
	attachments [][]byte
	msgpack     string // hex
}

// Source of the texts: Socket.IO v5, "Packet encoding". The MessagePack bytes
// were written by the rules of notepack.io 2.2 with the keys in our order.
var wirePackets = []wirePacket{
	{
		name: "connect", packet: socketio.Packet{Type: socketio.Connect, Namespace: "/"},
		text: `0`, msgpack: "82 a474797065 00 a36e7370 a12f",
	},
	{
		name: "connect with auth", packet: socketio.Packet{Type: socketio.Connect, Namespace: "/admin"},
		data: map[string]any{"token": "123"},
		text: `0/admin,{"token":"123"}`,
	},
	{
		name: "disconnect", packet: socketio.Packet{Type: socketio.Disconnect, Namespace: "/admin"},
		text: `1/admin,`,
	},
	{
		name: "event", packet: socketio.Packet{Type: socketio.Event, Namespace: "/"},
		args: []any{"foo", int64(1), "2", map[string]any{"3": []any{true, nil, 1.5}}},
		text: `2["foo",1,"2",{"3":[true,null,1.5]}]`,
	},
	{
		name: "event with id", packet: socketio.Packet{Type: socketio.Event, Namespace: "/admin", ID: 12, HasID: true},
		args: []any{"foo"},
		text: `2/admin,12["foo"]`, msgpack: "84 a474797065 02 a36e7370 a62f61646d696e a26964 0c a464617461 91a3666f6f",
	},
	{
		name: "ack", packet: socketio.Packet{Type: socketio.Ack, Namespace: "/admin", ID: 13, HasID: true},
		args: []any{"bar", int64(-70000)},
		text: `3/admin,13["bar",-70000]`,
	},
	{
		name: "connect error", packet: socketio.Packet{Type: socketio.ConnectError, Namespace: "/"},
		data: map[string]any{"message": "Not authorized"},
		text: `4{"message":"Not authorized"}`,
	},
	{
		name: "binary event", packet: socketio.Packet{Type: socketio.Event, Namespace: "/"},
		args: []any{"baz", []byte{1, 2, 3}, map[string]any{"b": []byte{4}}},
		text: `52-["baz",{"_placeholder":true,"num":0},{"b":{"_placeholder":true,"num":1}}]`, attachments: [][]byte{{1, 2, 3}, {4}},
	},
	{
		name: "binary ack", packet: socketio.Packet{Type: socketio.Ack, Namespace: "/admin", ID: 15, HasID: true},
		args: []any{[]byte{}},
		text: `61-/admin,15[{"_placeholder":true,"num":0}]`, attachments: [][]byte{{}},
	},
}

func (w wirePacket) want(t *testing.T) socketio.Packet {
	t.Helper()
	p := w.packet
	switch {
	case w.args != nil:
		p.Data = mustAppend(t, w.args)
	case w.data != nil:
		p.Data = mustAppend(t, w.data)
	}
	return p
}

func mustAppend(t testing.TB, v any) socketio.Raw {
	t.Helper()
	b, err := socketio.AppendValue(nil, v)
	if err != nil {
		t.Fatalf("append %v: %v", v, err)
	}
	return b
}

// decodeJSON gives a whole packet to a fresh decoder.
func decodeJSON(text string, attachments ...[]byte) (socketio.Packet, error) {
	var d socketio.JSONDecoder
	p, _, ok, err := d.Text(nil, []byte(text))
	for _, b := range attachments {
		if ok || err != nil {
			break
		}
		p, _, ok, err = d.Binary(nil, b)
	}
	if err == nil && !ok {
		err = errors.New("packet is not complete")
	}
	return p, err
}

func TestPacketsOnTheWire(t *testing.T) {
	for _, w := range wirePackets {
		t.Run(w.name, func(t *testing.T) {
			want := w.want(t)

			text, attachments, err := socketio.AppendJSON(nil, want)
			if err != nil {
				t.Fatal(err)
			}
			if string(text) != w.text {
				t.Errorf("JSON\n got %s\nwant %s", text, w.text)
			}
			if diff := cmp.Diff(w.attachments, attachments); diff != "" {
				t.Errorf("attachments: %s", diff)
			}
			got, err := decodeJSON(w.text, w.attachments...)
			if err != nil {
				t.Fatalf("decode JSON: %v", err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("from JSON: %s", diff)
			}

			packed := socketio.AppendMsgPack(nil, want)
			if w.msgpack != "" && !bytes.Equal(packed, unhex(t, w.msgpack)) {
				t.Errorf("MessagePack\n got %x\nwant %s", packed, w.msgpack)
			}
			got, err = socketio.DecodeMsgPack(packed, socketio.Limits{})
			if err != nil {
				t.Fatalf("decode MessagePack: %v", err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("from MessagePack: %s", diff)
			}
		})
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Packets as notepack.io writes them.
func TestDecodeMsgPackOfOfficialClient(t *testing.T) {
	tests := []struct {
		name, hex string
		want      socketio.Packet
		args      []any
	}{
		{name: "connect without auth", hex: "83 a474797065 00 a464617461 d40000 a36e7370 a12f",
			want: socketio.Packet{Type: socketio.Connect, Namespace: "/"}},
		{name: "connect of a Python client", hex: "83 a474797065 00 a464617461 c0 a36e7370 a12f",
			want: socketio.Packet{Type: socketio.Connect, Namespace: "/"}},
		{name: "event with options and undefined id",
			hex:  "85 a474797065 02 a464617461 92 a3666f6f d40000 a76f7074696f6e73 81 a8636f6d7072657373 c3 a26964 d40000 a36e7370 a12f",
			want: socketio.Packet{Type: socketio.Event, Namespace: "/"}, args: []any{"foo", nil}},
		{name: "array buffers of every awkward length",
			hex:  "83 a474797065 02 a464617461 95 a3666f6f c7010007 c70800 0102030405060708 c70000 d700 0000000000000001 a36e7370 a12f",
			want: socketio.Packet{Type: socketio.Event, Namespace: "/"},
			args: []any{"foo", []byte{7}, []byte{1, 2, 3, 4, 5, 6, 7, 8}, []byte{}, socketio.Raw(unhex(t, "d7000000000000000001"))}},
		{name: "integer keys and a broken surrogate become strings",
			hex:  "83 a474797065 02 a464617461 92 a3666f6f 82 05 c3 ff a4f1aabb61 a36e7370 a12f",
			want: socketio.Packet{Type: socketio.Event, Namespace: "/"},
			args: []any{"foo", map[string]any{"5": true, "-1": "\uFFFDa"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := socketio.DecodeMsgPack(unhex(t, tt.hex), socketio.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if tt.args == nil {
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
				return
			}
			gotArgs, _ := got.Data.Any()
			wantArgs, _ := mustAppend(t, tt.args).Any()
			if diff := cmp.Diff(wantArgs, gotArgs); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefusedJSON(t *testing.T) {
	tests := []struct {
		name, text string
		want       error
	}{
		{"empty", ``, socketio.ErrPacket},
		{"unknown type", `7["a"]`, socketio.ErrPacket},
		{"letters", `abc`, socketio.ErrPacket},
		{"event without array", `2{}`, socketio.ErrPacket},
		{"event without name", `2[]`, socketio.ErrPacket},
		{"event without data", `2`, socketio.ErrPacket},
		{"name is an object", `2[{"toString":"foo"}]`, socketio.ErrPacket},
		{"name is null", `2[null]`, socketio.ErrPacket},
		{"reserved name", `2["disconnect"]`, socketio.ErrReserved},
		{"id with letters", `2abc["a"]`, socketio.ErrSyntax},
		{"id too large", `29007199254740993["a"]`, socketio.ErrPacket},
		{"ack without id", `3["a"]`, socketio.ErrPacket},
		{"ack with object", `31{}`, socketio.ErrPacket},
		{"connect with array", `0[]`, socketio.ErrPacket},
		{"connect with null", `0null`, socketio.ErrPacket},
		{"disconnect with data", `1["a"]`, socketio.ErrPacket},
		{"trailing comma", `2["a",]`, socketio.ErrSyntax},
		{"trailing text", `2["a"]x`, socketio.ErrSyntax},
		{"two values", `2["a"]["b"]`, socketio.ErrSyntax},
		{"leading zero", `2["a",01]`, socketio.ErrSyntax},
		{"bare minus", `2["a",-]`, socketio.ErrSyntax},
		{"bare point", `2["a",1.]`, socketio.ErrSyntax},
		{"NaN", `2["a",NaN]`, socketio.ErrSyntax},
		{"control character", "2[\"a\nb\"]", socketio.ErrSyntax},
		{"bad escape", `2["\x"]`, socketio.ErrSyntax},
		{"short unicode escape", `2["\u12"]`, socketio.ErrSyntax},
		{"invalid UTF-8", "2[\"a\xff\"]", socketio.ErrSyntax},
		{"no closing quote", `2["a`, socketio.ErrTruncated},
		{"too deep", `2["a",` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `]`, socketio.ErrTooDeep},
		{"no attachments announced", `50-["a"]`, socketio.ErrAttachments},
		{"no number of attachments", `5["a"]`, socketio.ErrAttachments},
		{"eleven attachments", `511-["a"]`, socketio.ErrAttachments},
		{"attachments in scientific notation", `51e1-["a"]`, socketio.ErrAttachments},
		{"negative attachments", `5-1-["a"]`, socketio.ErrAttachments},
		{"attachment index out of range", `51-["a",{"_placeholder":true,"num":1}]`, socketio.ErrAttachments},
		{"attachment index of wrong type", `51-["a",{"_placeholder":true,"num":"splice"}]`, socketio.ErrAttachments},
		{"attachment index a fraction", `51-["a",{"_placeholder":true,"num":0.5}]`, socketio.ErrAttachments},
		{"attachment index missing", `51-["a",{"_placeholder":true}]`, socketio.ErrAttachments},
		{"one attachment twice", `51-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]`, socketio.ErrAttachments},
		{"placeholder as name", `51-[{"_placeholder":true,"num":0}]`, socketio.ErrPacket},
		{"long namespace", `0/` + strings.Repeat("n", 600), socketio.ErrName},
		{"long event name", `2["` + strings.Repeat("n", 600) + `"]`, socketio.ErrName},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decodeJSON(tt.text, []byte("attachment"))
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestRefusedMsgPack(t *testing.T) {
	nest := func(head string, n int) string { return strings.Repeat(head, n) }
	event := func(data string) string { return "83 a474797065 02 a36e7370 a12f a464617461 " + data }
	tests := []struct {
		name, hex string
		want      error
	}{
		{"empty", "", socketio.ErrTruncated},
		{"array32 of four billion", "ddffffffff", socketio.ErrTruncated},
		{"map32 of four billion", "dfffffffff", socketio.ErrTruncated},
		{"bin32 of four gigabytes", "c6ffffffff", socketio.ErrTruncated},
		{"str32 of four gigabytes", event("91 dbffffffff"), socketio.ErrTruncated},
		{"ext32 of four gigabytes", event("92 a161 c9ffffffff00"), socketio.ErrTruncated},
		{"a megabyte of arrays", nest("91", 1<<20), socketio.ErrTooDeep},
		{"nested array16 that announce more than there is", event(nest("dcffff", 3000)), socketio.ErrTruncated},
		{"announced together more than there is", event("92 a161 " + nest("dc000a", 10) + nest("c0", 40)), socketio.ErrTruncated},
		{"unknown extension", event("92 a161 d40500"), socketio.ErrExt},
		{"never used code", event("92 a161 c1"), socketio.ErrSyntax},
		{"map key is an array", event("92 a161 81 90 c0"), socketio.ErrSyntax},
		{"trailing bytes", event("91 a161") + "c0", socketio.ErrPacket},
		{"not a map", "91 a161", socketio.ErrPacket},
		{"no type", "81 a36e7370 a12f", socketio.ErrPacket},
		{"binary type", "83 a474797065 05 a36e7370 a12f a464617461 91a161", socketio.ErrPacket},
		{"negative type", "82 a474797065 ff a36e7370 a12f", socketio.ErrPacket},
		{"no namespace", "82 a474797065 02 a464617461 91a161", socketio.ErrPacket},
		{"namespace is a number", "82 a474797065 00 a36e7370 05", socketio.ErrPacket},
		{"id is a string", "84 a474797065 02 a36e7370 a12f a464617461 91a161 a26964 a131", socketio.ErrPacket},
		{"event is a map", event("80"), socketio.ErrPacket},
		{"event is nil", event("c0"), socketio.ErrPacket},
		{"reserved name", event("91 aa646973636f6e6e656374"), socketio.ErrReserved},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := socketio.DecodeMsgPack(unhex(t, tt.hex), socketio.Limits{})
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestEventSize(t *testing.T) {
	for _, args := range [][]any{
		nil,
		{1, "two", []byte("three"), 4.5, nil, true, someDate, uint64(1 << 63)},
		{[]byte{1}, []byte{2}},
		{[]byte{1}, map[string]any{"a": []byte{2}}},
		{[]any{[]byte{1}}, []byte{2}},
		{socketio.Raw("\xc4\x01a"), []byte{2}},
		{[]byte{2}, struct{ A []byte }{[]byte{1}}},
	} {
		data, err := socketio.AppendEvent(nil, "name", args...)
		if err != nil {
			t.Fatal(err)
		}
		size, binaries := socketio.EventSize("name", args)
		if size < len(data) {
			t.Errorf("%v: %d bytes are more than %d", args, len(data), size)
		}
		if n := socketio.Raw(data).CountBinary(); binaries >= 0 && binaries != n {
			t.Errorf("%v: %d binary values, not %d", args, n, binaries)
		}
	}
}
