package client

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tickwire/codec/socketio"
)

// loop is a connection that brings the same bytes for ever and takes all.
type loop struct {
	net.Conn
	bytes []byte
	at    int
}

func (l *loop) Read(b []byte) (int, error) {
	n := copy(b, l.bytes[l.at:])
	l.at = (l.at + n) % len(l.bytes)
	return n, nil
}

func (l *loop) Write(b []byte) (int, error) { return len(b), nil }

// receiver is a headless game that gets the same state frame for ever.
func receiver(parser string) *Game {
	frame := append([]byte{0x94, classKeyframe, 5, 0, 0x90}, make([]byte, 250)...)
	data, _ := socketio.AppendEvent(nil, "s", frame, 77)
	p := socketio.Packet{Type: socketio.Event, Namespace: "/", Data: data}
	var in bytes.Buffer
	if parser == MsgPack {
		ws.WriteFrame(&in, ws.NewBinaryFrame(socketio.AppendMsgPack(nil, p)))
	} else {
		text, attachments, _ := socketio.AppendJSON([]byte("4"), p)
		ws.WriteFrame(&in, ws.NewTextFrame(text))
		ws.WriteFrame(&in, ws.NewBinaryFrame(attachments[0]))
	}
	c := New(Options{Parser: parser})
	g := NewGame(c)
	g.Headless = true
	c.codec, _ = newCodec(parser, 1<<20)
	c.wire = newWire(&loop{bytes: in.Bytes()}, nil, 1<<20)
	return g
}

// perFrame is how many websocket messages carry a state frame.
var perFrame = map[string]int{MsgPack: 1, JSON: 2}

func TestReceivingAndSendingAllocateLittle(t *testing.T) {
	for parser, want := range map[string]float64{MsgPack: 0, JSON: 8} { // JSON: the text is kept until its attachment comes
		g := receiver(parser)
		var applied int
		g.OnFrame = func(f *Frame) { applied++ }
		var payload any = socketio.Raw{1}
		n := testing.AllocsPerRun(100, func() {
			for range perFrame[parser] {
				if err := g.conn.readPacket(g.conn.connected); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := g.SendInput(payload); parser == MsgPack && err != nil {
				t.Fatal(err)
			}
		})
		if n > want {
			t.Errorf("%s: %v allocations per frame and input, want %v", parser, n, want)
		}
		if applied != 101 || g.Tick() != 5 {
			t.Errorf("%s: %d frames applied, tick %d", parser, applied, g.Tick())
		}
	}
}

func BenchmarkReceive(b *testing.B) {
	for _, parser := range []string{MsgPack, JSON} {
		b.Run("parser="+parser, func(b *testing.B) {
			g := receiver(parser)
			b.ReportAllocs()
			for b.Loop() {
				for range perFrame[parser] {
					g.conn.readPacket(g.conn.connected)
				}
			}
		})
	}
}

// FuzzRead feeds a connection with anything: it must end, and hold no more
// memory than the limit.
func FuzzRead(f *testing.F) {
	var seed bytes.Buffer
	ws.WriteFrame(&seed, ws.NewTextFrame([]byte(`0{"sid":"x","pingInterval":1,"pingTimeout":1}`)))
	ws.WriteFrame(&seed, ws.NewFrame(ws.OpBinary, false, []byte("ab")))
	ws.WriteFrame(&seed, ws.NewFrame(ws.OpContinuation, true, []byte("cd")))
	ws.WriteFrame(&seed, ws.NewPingFrame(nil))
	f.Add(seed.Bytes())
	f.Add([]byte{0x82, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte("\x82\x05\xdd\xff\xff\xff\xff"))
	f.Add([]byte{0x81, 0})
	f.Add([]byte("\x81\x01" + "2"))
	f.Add([]byte("\x81\x0e451-[\"s\",{\"_placeholder\":true,\"num\":0}]"))
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, parser := range []string{MsgPack, JSON} {
			c := New(Options{Parser: parser})
			g := NewGame(c)
			g.Headless = true
			c.codec, _ = newCodec(parser, 1<<16)
			c.wire = newWire(&once{r: bytes.NewReader(in)}, nil, 1<<16)
			for c.readPacket(c.connected) == nil {
			}
			if cap(c.wire.long) > 1<<18 {
				t.Fatalf("%d bytes are held", cap(c.wire.long))
			}
		}
	})
}

// once is a connection that brings some bytes.
type once struct {
	net.Conn
	r io.Reader
}

func (o *once) Read(b []byte) (int, error)      { return o.r.Read(b) }
func (o *once) Write(b []byte) (int, error)     { return len(b), nil }
func (o *once) Close() error                    { return nil }
func (o *once) SetReadDeadline(time.Time) error { return nil }
