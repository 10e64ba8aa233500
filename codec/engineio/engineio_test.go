package engineio_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tickwire/codec/engineio"
)

func packets(b []byte) (all []engineio.Packet, err error) {
	p := engineio.NewPayload(b)
	for {
		pkt, ok, err := p.Next()
		if !ok {
			return all, err
		}
		pkt.Data = bytes.Clone(pkt.Data)
		all = append(all, pkt)
	}
}

func TestDecodeText(t *testing.T) {
	for _, c := range []struct {
		in   string
		want engineio.Packet
		err  error
	}{
		{"0{}", engineio.Packet{Type: engineio.Open, Data: []byte("{}")}, nil},
		{"1", engineio.Packet{Type: engineio.Close, Data: []byte{}}, nil},
		{"2probe", engineio.Packet{Type: engineio.Ping, Data: []byte("probe")}, nil},
		{"3", engineio.Packet{Type: engineio.Pong, Data: []byte{}}, nil},
		{"4é", engineio.Packet{Type: engineio.Message, Data: []byte("é")}, nil},
		{"5", engineio.Packet{Type: engineio.Upgrade, Data: []byte{}}, nil},
		{"6", engineio.Packet{Type: engineio.Noop, Data: []byte{}}, nil},
		{"", engineio.Packet{}, engineio.ErrEmptyPacket},
		{"7", engineio.Packet{}, engineio.ErrPacketType},
		{"/", engineio.Packet{}, engineio.ErrPacketType},
		{"abc", engineio.Packet{}, engineio.ErrPacketType},
		{"\xff", engineio.Packet{}, engineio.ErrPacketType},
	} {
		got, err := engineio.DecodeText([]byte(c.in))
		if !errors.Is(err, c.err) {
			t.Errorf("%q: error %v, want %v", c.in, err, c.err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q: %s", c.in, d)
		}
		if err == nil {
			if back := engineio.AppendText(nil, got.Type, string(got.Data)); string(back) != c.in {
				t.Errorf("%q came back as %q", c.in, back)
			}
		}
	}
}

func TestPayload(t *testing.T) {
	text := func(s string) engineio.Packet {
		return engineio.Packet{Type: engineio.Message, Data: []byte(s)}
	}
	bin := func(b ...byte) engineio.Packet {
		return engineio.Packet{Type: engineio.Message, Binary: true, Data: append([]byte{}, b...)}
	}
	for _, c := range []struct {
		in   string
		want []engineio.Packet
		err  error
	}{
		{"4hello", []engineio.Packet{text("hello")}, nil},
		{"4a\x1e4b\x1e4c", []engineio.Packet{text("a"), text("b"), text("c")}, nil},
		{"4hello\x1ebAQIDBA==", []engineio.Packet{text("hello"), bin(1, 2, 3, 4)}, nil},
		{"b", []engineio.Packet{bin()}, nil},
		{"bAQ==\x1e2", []engineio.Packet{bin(1), {Type: engineio.Ping, Data: []byte{}}}, nil},
		{"", nil, engineio.ErrEmptyPacket},
		{"4a\x1e", []engineio.Packet{text("a")}, engineio.ErrEmptyPacket},
		{"\x1e4a", nil, engineio.ErrEmptyPacket},
		{"4a\x1ebA", []engineio.Packet{text("a")}, engineio.ErrBase64},
		{"b=", nil, engineio.ErrBase64},
		{"b-_-_", nil, engineio.ErrBase64},
		{"abc", nil, engineio.ErrPacketType},
	} {
		got, err := packets([]byte(c.in))
		if !errors.Is(err, c.err) {
			t.Errorf("%q: error %v, want %v", c.in, err, c.err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q: %s", c.in, d)
		}
	}
}

// The decoder writes over the base64 that it reads.
func TestPayloadInPlace(t *testing.T) {
	for n := range 300 {
		want := make([]byte, n)
		for i := range want {
			want[i] = byte(i*7 + n)
		}
		got, err := packets(engineio.AppendBinary(nil, want))
		if err != nil || len(got) != 1 || !bytes.Equal(got[0].Data, want) {
			t.Fatalf("%d bytes came back wrong: %v", n, err)
		}
	}
}

func TestOpen(t *testing.T) {
	h := engineio.Handshake{
		SID: "lv_VI97HAXpY6yYWAAAB", Upgrades: []string{"websocket"},
		PingInterval: 25 * time.Second, PingTimeout: 20 * time.Second, MaxPayload: 1_000_000,
	}
	b := engineio.AppendOpen(nil, h)
	want := `0{"sid":"lv_VI97HAXpY6yYWAAAB","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
	back, err := engineio.ParseOpen(b[1:])
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(h, back); d != "" {
		t.Error(d)
	}
	h.Upgrades = nil
	if b := engineio.AppendOpen(nil, h); !bytes.Contains(b, []byte(`"upgrades":[]`)) {
		t.Errorf("no upgrades must be an empty list: %s", b)
	}
	if _, err := engineio.ParseOpen([]byte("{")); err == nil {
		t.Error("truncated JSON was accepted")
	}
}

func TestTypeString(t *testing.T) {
	if engineio.Noop.String() != "noop" || engineio.Type(7).String() != "invalid" {
		t.Error("type names are wrong")
	}
}

func TestWalkDoesNotAllocate(t *testing.T) {
	src := []byte("4hello\x1ebAQIDBA==\x1e3\x1e4world")
	buf := make([]byte, len(src))
	if n := testing.AllocsPerRun(100, func() {
		copy(buf, src)
		p := engineio.NewPayload(buf)
		for {
			if _, ok, _ := p.Next(); !ok {
				return
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations per payload, want 0", n)
	}
}

func FuzzPayload(f *testing.F) {
	for _, s := range []string{"", "4hello", "4a\x1e4b", "4hello\x1ebAQIDBA==", "b", "bA", "\x1e", "b====", "bAQ\n==", "2probe\x1e5"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		want, wantErr := naive(in)
		got, err := packets(bytes.Clone(in))
		if !errors.Is(err, wantErr) {
			t.Fatalf("%q: error %v, the plain decoder says %v", in, err, wantErr)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%q: %s", in, d)
		}
		if err != nil {
			return
		}
		again, err := packets(encode(got))
		if err != nil {
			t.Fatalf("own encoding refused: %v", err)
		}
		if d := cmp.Diff(got, again); d != "" {
			t.Fatalf("%q: encode and decode: %s", in, d)
		}
	})
}

// naive is the decoder written the obvious way, with copies.
func naive(in []byte) (all []engineio.Packet, err error) {
	for _, part := range bytes.Split(in, []byte{engineio.Separator}) {
		if len(part) > 0 && part[0] == 'b' {
			data, err := base64.StdEncoding.DecodeString(string(part[1:]))
			if err != nil {
				return all, engineio.ErrBase64
			}
			all = append(all, engineio.Packet{Type: engineio.Message, Binary: true, Data: data})
			continue
		}
		pkt, err := engineio.DecodeText(part)
		if err != nil {
			return all, err
		}
		all = append(all, pkt)
	}
	return all, nil
}

func encode(all []engineio.Packet) (b []byte) {
	for _, p := range all {
		b = engineio.AppendSeparator(b, 0)
		if p.Binary {
			b = engineio.AppendBinary(b, p.Data)
		} else {
			b = engineio.AppendText(b, p.Type, string(p.Data))
		}
	}
	return b
}

func Example() {
	body := engineio.AppendText(nil, engineio.Message, "hello")
	body = engineio.AppendBinary(engineio.AppendSeparator(body, 0), []byte{1, 2, 3, 4})
	fmt.Printf("%q\n", body)

	p := engineio.NewPayload(body)
	for {
		pkt, ok, err := p.Next()
		if !ok {
			fmt.Println("error:", err)
			return
		}
		fmt.Println(pkt.Type, pkt.Binary, pkt.Data)
	}
	// Output:
	// "4hello\x1ebAQIDBA=="
	// message false [104 101 108 108 111]
	// message true [1 2 3 4]
	// error: <nil>
}

func BenchmarkPayload(b *testing.B) {
	src := bytes.Repeat([]byte("4[\"message\",123]\x1e"), 8)
	src = src[:len(src)-1]
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		p := engineio.NewPayload(src)
		for {
			if _, ok, _ := p.Next(); !ok {
				break
			}
		}
	}
}
