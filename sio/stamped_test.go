package sio_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"tickwire/sio"
)

func TestStamped(t *testing.T) {
	bothParsers(t, func(t *testing.T, parser sio.Parser) {
		inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
			r.srv.Of("/game")
			p := r.client(parser)
			main, game := r.enter(p, "/"), r.enter(p, "/game")
			st := sio.NewStamped()
			for _, frame := range [][]byte{nil, {1, 2, 3}, bytes.Repeat([]byte{7}, 70_000)} {
				st.Reset("s", frame)
				for _, stamp := range []uint32{0, 7, math.MaxUint32, 12} {
					if err := main.SendStamped(st, stamp); err != nil {
						t.Fatal(err)
					}
					p.expect("s", append([]byte{}, frame...), stamp)
				}
				game.SendStamped(st, 5)
				if got := p.packet(); got.Namespace != "/game" || show(got.Data.At(2)) != "5" {
					t.Errorf("in the namespace: %s %s", got.Namespace, show(got.Data))
				}
			}
		})
	})
}

func TestHoldLeavesWithTheNextSend(t *testing.T) {
	bothParsers(t, func(t *testing.T, parser sio.Parser) {
		inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
			p := r.client(parser)
			s := r.enter(p, "/")
			event, err := sio.Prepare("event", 1, []byte{2})
			if err != nil {
				t.Fatal(err)
			}
			st := sio.NewStamped()
			st.Reset("s", []byte{3})
			s.Hold(event)
			s.Hold(event)
			s.SendStamped(st, 4)
			s.Hold(event)
			s.Flush()
			p.expect("event", 1, []byte{2})
			p.expect("event", 1, []byte{2})
			p.expect("s", []byte{3}, 4)
			p.expect("event", 1, []byte{2})
		})
	})
}

// drained returns sockets on TCP whose clients read and throw away.
func drained(t testing.TB, parser sio.Parser, n int) []*sio.Socket {
	r := onTCP(t, sio.Options{})
	joined := make(chan *sio.Socket, n)
	r.srv.Of("/").OnConnect(func(s *sio.Socket) {
		s.Join("room")
		joined <- s
	})
	sockets := make([]*sio.Socket, n)
	for i := range sockets {
		r.drained(parser)
		sockets[i] = <-joined
	}
	return sockets
}

func TestSendingDoesNotAllocate(t *testing.T) {
	bothParsers(t, func(t *testing.T, parser sio.Parser) {
		sockets := drained(t, parser, 4)
		event, err := sio.Prepare("event", 1, []byte("payload"))
		if err != nil {
			t.Fatal(err)
		}
		room := sockets[0].Namespace().To("room")
		two := sockets[0].To("room").Except("nobody")
		st := sio.NewStamped()
		frame := make([]byte, 600)
		for name, fn := range map[string]func(){
			"broadcast of a Prepared":          func() { room.Send(event) },
			"broadcast with exceptions":        func() { two.Send(event) },
			"broadcast to the whole namespace": func() { sockets[0].Namespace().Send(event) },
			"Send":                             func() { sockets[1].Send(event) },
			"Reset and SendStamped to all of them": func() {
				st.Reset("s", frame)
				for i, s := range sockets {
					s.SendStamped(st, uint32(i))
				}
			},
		} {
			fn() // make the wire forms
			if n := testing.AllocsPerRun(200, fn); n != 0 {
				t.Errorf("%s: %v allocations", name, n)
			}
		}
	})
}

func BenchmarkBroadcast(b *testing.B) {
	for _, parser := range []sio.Parser{sio.JSON, sio.MsgPack} {
		for _, n := range []int{1, 10, 100} {
			b.Run(fmt.Sprintf("parser=%d/clients=%d", parser, n), func(b *testing.B) {
				sockets := drained(b, parser, n)
				room := sockets[0].Namespace().To("room")
				event, _ := sio.Prepare("event", make([]byte, 600))
				b.ReportAllocs()
				for b.Loop() {
					room.Send(event)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/delivery")
			})
		}
	}
}
