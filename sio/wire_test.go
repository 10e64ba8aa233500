package sio_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"
)

// wire fails the test unless the next messages are those of the packet, byte by
// byte, as the codec alone writes it.
func (p *peer) wire(want socketio.Packet) {
	p.t.Helper()
	if p.parser == sio.MsgPack {
		if got := p.next(); !bytes.Equal(got.data, socketio.AppendMsgPack(nil, want)) {
			p.t.Fatalf("%.80q, want %.80q", got.data, socketio.AppendMsgPack(nil, want))
		}
		return
	}
	text, attachments, err := socketio.AppendJSON([]byte("4"), want)
	p.check(err)
	for _, data := range append([][]byte{text}, attachments...) {
		if got := p.next(); !bytes.Equal(got.data, data) {
			p.t.Fatalf("%.80q, want %.80q", got.data, data)
		}
	}
}

func event(t *testing.T, ns string, args ...any) socketio.Packet {
	return socketio.Packet{Type: socketio.Event, Namespace: ns, Data: value(t, args)}
}

func withID(p socketio.Packet, id uint64) socketio.Packet {
	p.ID, p.HasID = id, true
	return p
}

// Whatever way an event takes, its bytes are the same.
func TestEveryWayWritesTheSameBytes(t *testing.T) {
	bothParsers(t, func(t *testing.T, parser sio.Parser) {
		for _, ns := range []string{"/", "/game", "/" + strings.Repeat("n", 300)} {
			inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
				r.srv.Of(ns)
				p := r.client(parser)
				s := r.enter(p, ns)
				s.Join("room")
				id := uint64(0)
				for _, size := range []int{0, 60, 100, 250, 70_000} {
					args := []any{bytes.Repeat([]byte{9}, size), "s", -5, 1.5, nil, map[string]any{"b": []byte{1}}, time.Unix(1, 0)}
					want := event(t, ns, append([]any{"e"}, args...)...)
					room := s.Namespace().To("room")
					for _, emit := range []func(string, ...any) error{
						s.Emit, s.Volatile().Emit, s.Compress(false).Emit, room.Emit, room.Volatile().Emit, room.Compress(false).Emit,
					} {
						synctest.Wait() // until the flusher is done: volatile events are dropped else
						p.check(emit("e", args...))
						p.wire(want)
					}
					prepared, err := sio.Prepare("e", args...)
					p.check(err)
					p.check(s.Send(prepared))
					p.wire(want)
					p.check(room.Compress(false).Send(prepared))
					p.wire(want)
					p.check(s.EmitAck(0, func(sio.Args, error) {}, "e", args...))
					id++
					p.wire(withID(want, id))
					p.check(room.EmitAck(func([]sio.Args, error) {}, "e", args...))
					id++
					p.wire(withID(want, id))
				}
			})
		}
	})
}

func TestAnswersAreTheCodecsBytes(t *testing.T) {
	bothParsers(t, func(t *testing.T, parser sio.Parser) {
		inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
			r.srv.Of("/").On("ask", func(e *sio.Event) { e.Ack("yes", []byte{1, 2}, 3) })
			p := r.client(parser)
			r.enter(p, "/")
			p.ask(300, "ask")
			p.wire(withID(socketio.Packet{Type: socketio.Ack, Namespace: "/", Data: value(t, []any{"yes", []byte{1, 2}, 3})}, 300))
		})
	})
}

// One Prepared serves several namespaces, from several goroutines at once.
func TestPreparedIsShared(t *testing.T) {
	bothParsers(t, func(t *testing.T, parser sio.Parser) {
		inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
			r.srv.Of("/game")
			names := []string{"/", "/game"}
			var peers []*peer
			var sockets []*sio.Socket
			for i := range 6 {
				p := r.client(parser)
				peers, sockets = append(peers, p), append(sockets, r.enter(p, names[i%2]))
			}
			for n := range 20 {
				prepared, err := sio.Prepare("e", n, []byte{1})
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range sockets {
					go s.Send(prepared)
				}
				for i, p := range peers {
					p.wire(event(t, names[i%2], "e", n, []byte{1}))
				}
			}
		})
	})
}

func BenchmarkEmit(b *testing.B) {
	for _, parser := range []sio.Parser{sio.JSON, sio.MsgPack} {
		sockets := drained(b, parser, 1)
		room := sockets[0].Namespace().To("room")
		frame := make([]byte, 256)
		for name, emit := range map[string]func(string, ...any) error{"one": sockets[0].Emit, "room": room.Emit} {
			b.Run(fmt.Sprintf("parser=%d/to=%s", parser, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					emit("s", frame, 7)
				}
			})
		}
	}
}
