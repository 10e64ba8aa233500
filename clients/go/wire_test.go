package client

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/gobwas/ws"
)

// served gives the server's side of a wire to a function.
func served(t *testing.T, serve func(net.Conn)) *wire {
	t.Helper()
	ours, theirs := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		serve(theirs)
		theirs.Close()
	}()
	t.Cleanup(func() {
		ours.Close()
		<-done
	})
	return newWire(ours, nil, 64<<10)
}

func TestReadGathersFragmentsAndLongMessages(t *testing.T) {
	long := bytes.Repeat([]byte("abc"), 10_000)
	w := served(t, func(c net.Conn) {
		ws.WriteFrame(c, ws.NewFrame(ws.OpText, true, []byte("short")))
		ws.WriteFrame(c, ws.NewFrame(ws.OpBinary, true, long))
		ws.WriteFrame(c, ws.NewFrame(ws.OpText, false, []byte("in ")))
		ws.WriteFrame(c, ws.NewPongFrame(nil)) // allowed between fragments
		ws.WriteFrame(c, ws.NewFrame(ws.OpContinuation, false, []byte("three ")))
		ws.WriteFrame(c, ws.NewFrame(ws.OpContinuation, true, []byte("parts")))
		ws.WriteFrame(c, ws.NewFrame(ws.OpText, true, nil))
	})
	for _, want := range []struct {
		op   ws.OpCode
		data string
	}{{ws.OpText, "short"}, {ws.OpBinary, string(long)}, {ws.OpText, "in three parts"}, {ws.OpText, ""}} {
		data, op, err := w.read()
		if err != nil || op != want.op || string(data) != want.data {
			t.Fatalf("read() = %d bytes, op %d, %v; want %d bytes, op %d", len(data), op, err, len(want.data), want.op)
		}
	}
	if _, _, err := w.read(); !errors.Is(err, io.EOF) {
		t.Fatalf("after the end: %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := map[string]struct {
		frame ws.Frame
		want  error
	}{
		"too long":              {ws.NewFrame(ws.OpBinary, true, make([]byte, 64<<10+1)), errTooLong},
		"reserved opcode":       {ws.NewFrame(3, true, []byte("x")), errProtocol},
		"masked":                {ws.MaskFrame(ws.NewTextFrame([]byte("x"))), errProtocol},
		"continuation of none":  {ws.NewFrame(ws.OpContinuation, true, []byte("x")), errProtocol},
		"fragmented control":    {ws.NewFrame(ws.OpPing, false, nil), errProtocol},
		"control frame too big": {ws.NewFrame(ws.OpPing, true, make([]byte, 126)), errProtocol},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := served(t, func(c net.Conn) { ws.WriteFrame(c, test.frame) })
			if _, _, err := w.read(); !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestReadTellsTheCloseCode(t *testing.T) {
	w := served(t, func(c net.Conn) {
		ws.WriteFrame(c, ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusMessageTooBig, "too big")))
	})
	_, _, err := w.read()
	closed, ok := errors.AsType[*CloseError](err)
	if !ok || closed.Code != 1009 || closed.Reason != "too big" {
		t.Fatalf("got %v", err)
	}
}

func TestReadAnswersPings(t *testing.T) {
	got := make(chan ws.Frame, 1)
	w := served(t, func(c net.Conn) {
		ws.WriteFrame(c, ws.NewPingFrame([]byte("are you there")))
		h, _ := ws.ReadHeader(c)
		payload := make([]byte, h.Length)
		io.ReadFull(c, payload)
		ws.Cipher(payload, h.Mask, 0)
		got <- ws.Frame{Header: h, Payload: payload}
	})
	if _, _, err := w.read(); err == nil {
		t.Fatal("read a ping as a message")
	}
	if f := <-got; f.Header.OpCode != ws.OpPong || string(f.Payload) != "are you there" || !f.Header.Masked {
		t.Fatalf("answer: %+v %q", f.Header, f.Payload)
	}
}

func TestAppendFrameIsReadableByAServer(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 1<<16 - 1, 1 << 16} {
		payload := bytes.Repeat([]byte{7}, n)
		in := bytes.NewReader(appendFrame(nil, ws.OpBinary, payload))
		h, err := ws.ReadHeader(in)
		if err != nil || !h.Fin || !h.Masked || h.OpCode != ws.OpBinary || h.Length != int64(n) {
			t.Fatalf("%d bytes: header %+v, %v", n, h, err)
		}
		rest, _ := io.ReadAll(in)
		ws.Cipher(rest, h.Mask, 0)
		if !bytes.Equal(rest, payload) {
			t.Fatalf("%d bytes: payload differs", n)
		}
	}
}
