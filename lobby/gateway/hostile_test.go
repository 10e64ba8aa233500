package gateway_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tickwire/clients/go"
	"tickwire/codec/socketio"
	"tickwire/lobby"
)

// TestHostileBytesEndTheirSenderAlone sends what breaks decoders and parsers,
// from a session of its own each, while somebody plays.
func TestHostileBytesEndTheirSenderAlone(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann := s.connect(t, client.Options{})
	_, err := ann.Quick(ann.ctx, client.Request{Game: "tally"})
	ann.must(err)
	wait(ann, ann.frame, "a frame", nil)

	event := func(data ...byte) []byte { // an event packet around these bytes
		return append([]byte("\x83\xa4type\x02\xa3nsp\xa1/\xa4data"), data...)
	}
	for name, payload := range map[string][]byte{
		"array of 4 billion":   {0xdd, 0xff, 0xff, 0xff, 0xff},
		"binary of 4 GB":       event(0x92, 0xa1, 'i', 0xc6, 0xff, 0xff, 0xff, 0xff),
		"100,000 levels":       event(append([]byte{0x92, 0xa1, 'i'}, bytes.Repeat([]byte{0x91}, 100_000)...)...),
		"unknown extension":    event(0x92, 0xa1, 'i', 0xd4, 0x63, 0x00),
		"reserved event":       event(append([]byte{0x91, 0xaa}, "disconnect"...)...),
		"no event name":        event(0x91, 0xc0),
		"type 9":               []byte("\x83\xa4type\x09\xa3nsp\xa1/\xa4data\x91\xa1i"),
		"not a map":            {0x93, 1, 2, 3},
		"more after the value": append(event(0x91, 0xa1, 'i'), 0xc0),
	} {
		t.Run(name, func(t *testing.T) {
			c, r := s.rawConnect(t)
			if err := ws.WriteFrame(c, ws.MaskFrame(ws.NewBinaryFrame(payload))); err != nil {
				t.Fatal(err)
			}
			c.SetReadDeadline(time.Now().Add(patience))
			for op := ws.OpBinary; op != ws.OpClose; {
				h, err := ws.ReadHeader(r)
				if errors.Is(err, os.ErrDeadlineExceeded) {
					t.Fatal("the session goes on")
				}
				if err != nil {
					break // cut without a word
				}
				op = h.OpCode
				io.CopyN(io.Discard, r, h.Length)
			}
		})
	}
	seq, err := ann.SendInput(1)
	ann.must(err)
	wait(ann, ann.frame, "the match going on", func(f frame) bool { return f.Ack == seq })
}

// rawConnect opens a MessagePack session without a client.
func (s *server) rawConnect(t *testing.T) (net.Conn, io.Reader) {
	t.Helper()
	c, early, _, err := ws.Dial(t.Context(), strings.Replace(s.url, "http", "ws", 1)+"/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	var r io.Reader = c
	if early != nil {
		r = early
	}
	skip := func() {
		h, err := ws.ReadHeader(r)
		if err == nil {
			_, err = io.CopyN(io.Discard, r, h.Length)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	skip() // the open packet
	connect := socketio.AppendMsgPack(nil, socketio.Packet{Namespace: "/"})
	if err := ws.WriteFrame(c, ws.MaskFrame(ws.NewBinaryFrame(connect))); err != nil {
		t.Fatal(err)
	}
	skip() // the answer
	return c, r
}
