package engine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// sunk is one thing that a parser found.
type sunk struct {
	kind string
	data string
}

// recordingSink collects; a close frame ends the parsing, as in a session.
type recordingSink struct{ got []sunk }

func (s *recordingSink) message(data []byte, binary bool) error {
	s.got = append(s.got, sunk{map[bool]string{false: "text", true: "binary"}[binary], string(data)})
	return nil
}

func (s *recordingSink) control(op byte, data []byte) error {
	s.got = append(s.got, sunk{fmt.Sprintf("control %x", op), string(data)})
	if op == opClose {
		if _, err := parseClose(data); err != nil {
			return err
		}
		return errPeerClosed
	}
	return nil
}

// masked builds a frame as a client sends it. op carries FIN and the reserved
// bits.
func masked(first byte, payload string) []byte {
	b := appendHeader(nil, 0, len(payload))
	b[0] = first
	b[1] |= maskBit
	mask := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b = append(b, mask[:]...)
	data := []byte(payload)
	ws.Cipher(data, mask, 0)
	return append(b, data...)
}

// closeFrame builds the payload of a close frame.
func closeFrame(code uint16, reason string) string {
	return string(binary.BigEndian.AppendUint16(nil, code)) + reason
}

const fin = finBit

// rfc6455 lists what a peer may do and what it may not, case by case in the
// order of the well-known Autobahn suite.
var rfc6455 = []struct {
	name   string
	frames [][]byte
	want   []sunk
	err    error // nil: all was fine; otherwise the error or its close code
	code   ws.StatusCode
}{
	// 1: framing
	{"text, empty", [][]byte{masked(fin|opText, "")}, []sunk{{"text", ""}}, nil, 0},
	{"text, 125 bytes", [][]byte{masked(fin|opText, strings.Repeat("*", 125))}, []sunk{{"text", strings.Repeat("*", 125)}}, nil, 0},
	{"text, 126 bytes", [][]byte{masked(fin|opText, strings.Repeat("*", 126))}, []sunk{{"text", strings.Repeat("*", 126)}}, nil, 0},
	{"text, 65535 bytes", [][]byte{masked(fin|opText, strings.Repeat("*", 65535))}, []sunk{{"text", strings.Repeat("*", 65535)}}, nil, 0},
	{"text, 65536 bytes", [][]byte{masked(fin|opText, strings.Repeat("*", 65536))}, []sunk{{"text", strings.Repeat("*", 65536)}}, nil, 0},
	{"binary, empty", [][]byte{masked(fin|opBinary, "")}, []sunk{{"binary", ""}}, nil, 0},
	{"binary, not UTF-8", [][]byte{masked(fin|opBinary, "\xfe\xff")}, []sunk{{"binary", "\xfe\xff"}}, nil, 0},
	{"two messages", [][]byte{masked(fin|opText, "a"), masked(fin|opBinary, "b")}, []sunk{{"text", "a"}, {"binary", "b"}}, nil, 0},

	// 2: pings and pongs
	{"ping, empty", [][]byte{masked(fin|opPing, "")}, []sunk{{"control 9", ""}}, nil, 0},
	{"ping, 125 bytes", [][]byte{masked(fin|opPing, strings.Repeat("\xfe", 125))}, []sunk{{"control 9", strings.Repeat("\xfe", 125)}}, nil, 0},
	{"ping, 126 bytes", [][]byte{masked(fin|opPing, strings.Repeat("\xfe", 126))}, nil, errControl, 0},
	{"pong unasked for", [][]byte{masked(fin|opPong, "x")}, []sunk{{"control a", "x"}}, nil, 0},
	{"ten pings", slicesRepeat(masked(fin|opPing, "p"), 10), repeatSunk(sunk{"control 9", "p"}, 10), nil, 0},

	// 3: reserved bits
	{"RSV1", [][]byte{masked(fin|0x40|opText, "x")}, nil, errReservedBits, 0},
	{"RSV2 after a good one", [][]byte{masked(fin|opText, "a"), masked(fin|0x20|opText, "x")}, []sunk{{"text", "a"}}, errReservedBits, 0},
	{"RSV3", [][]byte{masked(fin|0x10|opBinary, "x")}, nil, errReservedBits, 0},
	{"all RSV on ping", [][]byte{masked(fin|0x70|opPing, "x")}, nil, errReservedBits, 0},
	{"all RSV on close", [][]byte{masked(fin|0x70|opClose, "")}, nil, errReservedBits, 0},

	// 4: opcodes
	{"opcode 3", [][]byte{masked(fin|3, "")}, nil, errOpcode, 0},
	{"opcode 7", [][]byte{masked(fin|7, "x")}, nil, errOpcode, 0},
	{"opcode b", [][]byte{masked(fin|0xb, "")}, nil, errOpcode, 0},
	{"opcode f", [][]byte{masked(fin|opText, "a"), masked(fin|0xf, "x")}, []sunk{{"text", "a"}}, errOpcode, 0},

	// 5: fragmentation
	{"ping in two fragments", [][]byte{masked(opPing, "a"), masked(fin, "b")}, nil, errControl, 0},
	{"pong in two fragments", [][]byte{masked(opPong, "a"), masked(fin, "b")}, nil, errControl, 0},
	{"text in two", [][]byte{masked(opText, "frag"), masked(fin, "ment")}, []sunk{{"text", "fragment"}}, nil, 0},
	{"text in three, ping between", [][]byte{masked(opText, "a"), masked(fin|opPing, "p"), masked(0, "b"), masked(fin|opPong, "q"), masked(fin, "c")},
		[]sunk{{"control 9", "p"}, {"control a", "q"}, {"text", "abc"}}, nil, 0},
	{"continuation first", [][]byte{masked(fin, "x")}, nil, errContinuation, 0},
	{"continuation first, more to come", [][]byte{masked(0, "x")}, nil, errContinuation, 0},
	{"continuation after the end", [][]byte{masked(opText, "a"), masked(fin, "b"), masked(fin, "c")}, []sunk{{"text", "ab"}}, errContinuation, 0},
	{"text inside a text", [][]byte{masked(opText, "a"), masked(fin|opText, "b")}, nil, errInterleaved, 0},
	{"binary inside a text", [][]byte{masked(opText, "a"), masked(opBinary, "b")}, nil, errInterleaved, 0},
	{"empty fragments", [][]byte{masked(opText, ""), masked(0, ""), masked(fin, "")}, []sunk{{"text", ""}}, nil, 0},
	{"empty around full", [][]byte{masked(opBinary, ""), masked(0, "mid"), masked(fin, "")}, []sunk{{"binary", "mid"}}, nil, 0},

	// 6: UTF-8
	{"valid", [][]byte{masked(fin|opText, "κόσμε 😀 \U0010ffff")}, []sunk{{"text", "κόσμε 😀 \U0010ffff"}}, nil, 0},
	{"split inside a character", [][]byte{masked(opText, "\xf0\x9f"), masked(fin, "\x98\x80")}, []sunk{{"text", "😀"}}, nil, 0},
	{"invalid", [][]byte{masked(fin|opText, "a\xff")}, nil, errUTF8, 0},
	{"surrogate", [][]byte{masked(fin|opText, "\xed\xa0\x80")}, nil, errUTF8, 0},
	{"overlong", [][]byte{masked(fin|opText, "\xc0\xaf")}, nil, errUTF8, 0},
	{"above the last", [][]byte{masked(fin|opText, "\xf4\x90\x80\x80")}, nil, errUTF8, 0},
	{"cut off", [][]byte{masked(opText, "ok"), masked(fin, "\xf0\x9f")}, nil, errUTF8, 0},

	// 7: closing
	{"close without code", [][]byte{masked(fin|opClose, "")}, []sunk{{"control 8", ""}}, errPeerClosed, 0},
	{"nothing counts after close", [][]byte{masked(fin|opClose, ""), masked(fin|opText, "late")}, []sunk{{"control 8", ""}}, errPeerClosed, 0},
	{"close inside a message", [][]byte{masked(opText, "a"), masked(fin|opClose, "")}, []sunk{{"control 8", ""}}, errPeerClosed, 0},
	{"close with reason", [][]byte{masked(fin|opClose, closeFrame(1000, "bye"))}, []sunk{{"control 8", closeFrame(1000, "bye")}}, errPeerClosed, 0},
	{"close, longest reason", [][]byte{masked(fin|opClose, closeFrame(1000, strings.Repeat("*", 123)))}, []sunk{{"control 8", closeFrame(1000, strings.Repeat("*", 123))}}, errPeerClosed, 0},
	{"close, too long", [][]byte{masked(fin|opClose, closeFrame(1000, strings.Repeat("*", 124)))}, nil, errControl, 0},
	{"close of one byte", [][]byte{masked(fin|opClose, "\x03")}, []sunk{{"control 8", "\x03"}}, nil, ws.StatusProtocolError},
	{"close, bad UTF-8", [][]byte{masked(fin|opClose, closeFrame(1000, "\xff"))}, []sunk{{"control 8", closeFrame(1000, "\xff")}}, errUTF8, 0},

	// masks and lengths
	{"unmasked", [][]byte{{fin | opText, 1, 'x'}}, nil, errUnmasked, 0},
	{"unmasked ping", [][]byte{{fin | opPing, 0}}, nil, errUnmasked, 0},
	{"length with its highest bit", [][]byte{append([]byte{fin | opBinary, maskBit | 127}, bytes.Repeat([]byte{0xff}, 12)...)}, nil, errLength, 0},
	{"length of 4 GiB", [][]byte{append([]byte{fin | opBinary, maskBit | 127, 0, 0, 0, 1}, make([]byte, 8)...)}, nil, errTooBig, 0},
	{"one byte over the limit", [][]byte{masked(fin|opBinary, strings.Repeat("x", testLimit+1))}, nil, errTooBig, 0},
	{"at the limit", [][]byte{masked(fin|opBinary, strings.Repeat("x", testLimit))}, []sunk{{"binary", strings.Repeat("x", testLimit)}}, nil, 0},
	{"fragments over the limit", [][]byte{masked(opBinary, strings.Repeat("x", testLimit)), masked(fin, "y")}, nil, errTooBig, 0},
}

const testLimit = 100_000

func slicesRepeat(b []byte, n int) (all [][]byte) {
	for range n {
		all = append(all, b)
	}
	return all
}

func repeatSunk(s sunk, n int) (all []sunk) {
	for range n {
		all = append(all, s)
	}
	return all
}

// parse feeds b in chunks of at most n bytes.
func parse(b []byte, n int, deflate bool) ([]sunk, error) {
	p, sink := frameParser{limit: testLimit, deflate: deflate}, &recordingSink{}
	defer p.free()
	b = bytes.Clone(b)
	for len(b) > 0 {
		k := min(n, len(b))
		if err := p.feed(b[:k], sink); err != nil {
			return sink.got, err
		}
		b = b[k:]
	}
	return sink.got, nil
}

func TestRFC6455(t *testing.T) {
	for _, c := range rfc6455 {
		t.Run(c.name, func(t *testing.T) {
			stream := bytes.Join(c.frames, nil)
			for _, chunk := range []int{len(stream), 1, 2, 3, 7, 4096} {
				got, err := parse(stream, chunk, false)
				if !sameSunk(got, c.want) {
					t.Errorf("in chunks of %d: got %.200q, want %.200q", chunk, got, c.want)
				}
				breach, _ := errors.AsType[*closeError](err)
				switch {
				case c.code != 0 && (breach == nil || breach.code != c.code):
					t.Errorf("in chunks of %d: error %v, want one with code %d", chunk, err, c.code)
				case c.code == 0 && !errors.Is(err, c.err):
					t.Errorf("in chunks of %d: error %v, want %v", chunk, err, c.err)
				}
			}
		})
	}
}

func sameSunk(a, b []sunk) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Autobahn 7.7 and 7.9: which close codes a peer may send.
func TestCloseCodes(t *testing.T) {
	valid := map[uint16]bool{}
	for _, c := range []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999} {
		valid[c] = true
	}
	for _, c := range []uint16{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		valid[c] = false
	}
	for code, want := range valid {
		got, err := parseClose([]byte(closeFrame(code, "")))
		if (err == nil) != want || want && uint16(got) != code {
			t.Errorf("%d: %v, %v", code, got, err)
		}
	}
}

// The bound on fragments is on their number, not only on their bytes.
func TestFragmentFlood(t *testing.T) {
	p, sink := frameParser{limit: testLimit}, &recordingSink{}
	defer p.free()
	if err := p.feed(masked(opBinary, ""), sink); err != nil {
		t.Fatal(err)
	}
	frame := masked(0, "")
	buf := make([]byte, len(frame))
	n := 1
	for ; n <= maxFragments+1; n++ {
		copy(buf, frame)
		if err := p.feed(buf, sink); err != nil {
			if err != errFragments || n != maxFragments {
				t.Errorf("fragment %d: %v", n, err)
			}
			return
		}
	}
	t.Errorf("%d fragments were taken", n)
}

// A peer that declares much and sends little pins little.
func TestPinnedBytes(t *testing.T) {
	p, sink := frameParser{limit: 1_000_000}, &recordingSink{}
	defer p.free()
	big := masked(fin|opBinary, strings.Repeat("x", 900_000))
	if err := p.feed(big[:14], sink); err != nil {
		t.Fatal(err)
	}
	if p.msg != nil {
		t.Error("a header alone took a buffer")
	}
	if err := p.feed(big[14:114], sink); err != nil {
		t.Fatal(err)
	}
	if got := cap(p.msg.b); got > pooledBuffer {
		t.Errorf("100 bytes pin %d", got)
	}
}

func TestParserDoesNotAllocate(t *testing.T) {
	frame := masked(fin|opText, `42["i",12,345,[0,0,512,1]]`)
	p := frameParser{limit: testLimit}
	sink := nullSink{}
	buf := make([]byte, len(frame))
	if n := testing.AllocsPerRun(1000, func() {
		copy(buf, frame)
		_ = p.feed(buf[:10], sink) // also across chunks
		_ = p.feed(buf[10:], sink)
	}); n != 0 {
		t.Errorf("%v allocations per message, want 0", n)
	}
}

type nullSink struct{}

func (nullSink) message([]byte, bool) error { return nil }
func (nullSink) control(byte, []byte) error { return nil }

// FuzzFrames: however the bytes are cut into chunks, the parser finds the same,
// and it keeps within its bounds.
func FuzzFrames(f *testing.F) {
	for _, c := range rfc6455 {
		if b := bytes.Join(c.frames, nil); len(b) < 1000 {
			f.Add(b, uint8(1), false)
			f.Add(b, uint8(5), true)
		}
	}
	f.Add([]byte{0x82, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5}, uint8(3), false)
	f.Add(masked(fin|rsv1Bit|opText, string(deflate(bytes.Repeat([]byte("a"), 5000), 1))), uint8(3), true)
	f.Add(masked(fin|rsv1Bit|opBinary, "\xff\xff"), uint8(0), true)
	f.Fuzz(func(t *testing.T, b []byte, chunk uint8, deflate bool) {
		whole, err := parse(b, max(len(b), 1), deflate)
		parts, perr := parse(b, int(chunk)+1, deflate)
		if !sameSunk(whole, parts) || fmt.Sprint(err) != fmt.Sprint(perr) {
			t.Fatalf("whole: %.200q %v\nin chunks of %d: %.200q %v", whole, err, int(chunk)+1, parts, perr)
		}
		size := 0
		for _, s := range whole {
			size += len(s.data)
			if len(s.data) > testLimit {
				t.Fatalf("a message of %d bytes", len(s.data))
			}
		}
		if size > len(b) && !deflate {
			t.Fatalf("%d bytes out of %d", size, len(b))
		}
	})
}

func BenchmarkParser(b *testing.B) {
	for _, size := range []int{32, 256, 4096} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			frame := masked(fin|opBinary, strings.Repeat("x", size))
			buf := make([]byte, len(frame))
			p := frameParser{limit: testLimit}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				copy(buf, frame)
				_ = p.feed(buf, nullSink{})
			}
		})
	}
}
