package engine_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

// withAndWithout runs a test with io_uring, where it is to be had, and without.
func withAndWithout(t *testing.T, f func(t *testing.T, o engine.Options)) {
	for _, off := range []bool{false, true} {
		t.Run(fmt.Sprintf("off=%v", off), func(t *testing.T) { f(t, engine.Options{DisableIOUring: off}) })
	}
}

func TestIOUringIsUsedWhereItCanBe(t *testing.T) {
	off := serve(t, engine.Options{DisableIOUring: true}, nil)
	if err := off.IOUring(); err != engine.ErrIOUringOff {
		t.Errorf("turned off: %v", err)
	}
	on := serve(t, engine.Options{}, nil)
	err := on.IOUring()
	if runtime.GOOS != "linux" && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("without io_uring: %v", err)
	}
	if err != nil {
		t.Logf("not here: %v", err)
	}
}

// many opens sessions on websocket.
func (srv *server) many(n int) (clients []*client, peers []*peer) {
	srv.t.Helper()
	for range n {
		c, _ := srv.openWS()
		clients, peers = append(clients, c), append(peers, srv.peer())
	}
	return clients, peers
}

// What one goroutine sends to a session keeps its order, in batches of every
// size, beside what does not fit into them.
func TestBatchKeepsTheOrder(t *testing.T) {
	withAndWithout(t, func(t *testing.T, o engine.Options) {
		srv := serve(t, o, nil)
		clients, peers := srv.many(40)
		var b engine.Batch
		var st engine.Stamped
		text, big := engine.NewText([]byte("text")), engine.NewBinary(make([]byte, 50_000))
		for _, n := range []int{1, 3, 4, 15, 16, 17, 40} {
			st.ResetBinary([]byte("n----"), 1, 4)
			for i, p := range peers[:n] {
				stamp := binary.BigEndian.AppendUint32(nil, uint32(i))
				for _, err := range []error{
					b.SendStamped(p.Session, &st, stamp), b.Send(p.Session, text),
					p.Send(text), b.SendVolatile(p.Session, text), b.Send(p.Session, big),
				} {
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			b.Flush()
			for i, c := range clients[:n] {
				if got := c.want(ws.OpBinary); binary.BigEndian.Uint32(got[1:]) != uint32(i) {
					t.Fatalf("client %d got the frame of %x", i, got[1:])
				}
				for range 3 {
					c.wantText("4text")
				}
				c.want(ws.OpBinary)
			}
		}
		for i, p := range peers {
			if n := p.Backlog(); n != 0 {
				t.Errorf("session %d: %d bytes wait", i, n)
			}
		}
	})
}

// A message that others send to a session of a batch, of whatever kind, waits
// for Flush and is not lost.
func TestOthersWaitForTheBatch(t *testing.T) {
	withAndWithout(t, func(t *testing.T, o engine.Options) {
		srv := serve(t, o, nil)
		clients, peers := srv.many(8)
		var b, other engine.Batch
		var st engine.Stamped
		st.ResetBinary([]byte("----"), 0, 4)
		for _, p := range peers {
			_ = b.Send(p.Session, engine.NewText([]byte("1")))
		}
		for _, p := range peers {
			_ = p.Send(engine.NewText([]byte("2")))
			_ = other.Send(p.Session, engine.NewText([]byte("3")))
			if err := p.SendVolatile(engine.NewText([]byte("4"))); err != nil {
				t.Errorf("volatile: %v", err)
			}
			_ = p.SendStamped(&st, []byte("5555"))
		}
		other.Flush()
		b.Flush()
		for _, p := range peers {
			_ = p.Hold(engine.NewText([]byte("6")))
			_ = b.Send(p.Session, engine.NewText([]byte("7")))
		}
		b.Flush()
		for _, c := range clients {
			for _, want := range []string{"41", "42", "43", "44"} {
				c.wantText(want)
			}
			c.want(ws.OpBinary)
			c.wantText("46")
			c.wantText("47")
		}
	})
}

// Every way to end a session while it is in a batch.
func TestEndsDuringABatch(t *testing.T) {
	withAndWithout(t, func(t *testing.T, o engine.Options) {
		for _, way := range []struct {
			name   string
			end    func(*client, *peer)
			reason engine.Reason
			code   ws.StatusCode // 0: no close frame
		}{
			{"close", func(_ *client, p *peer) { p.Close(engine.ForcedClose) }, engine.ForcedClose, ws.StatusNormalClosure},
			{"kill", func(_ *client, p *peer) { p.Kill() }, engine.TransportClose, 0},
			{"client closes", func(c *client, _ *peer) { c.frame(ws.NewCloseFrame(nil)) }, engine.TransportClose, 0},
			{"client vanishes", func(c *client, _ *peer) { c.conn.Close() }, engine.TransportClose, 0},
			{"client breaks the protocol", func(c *client, _ *peer) { c.send("x") }, engine.ParseError, ws.StatusProtocolError},
		} {
			t.Run(way.name, func(t *testing.T) {
				srv := serve(t, o, nil)
				clients, peers := srv.many(6)
				var b engine.Batch
				for _, p := range peers {
					_ = b.Send(p.Session, engine.NewText([]byte("last")))
				}
				for i, p := range peers {
					way.end(clients[i], p)
					p.wantEnd(t, way.reason, nil)
					if err := p.Send(engine.NewText(nil)); err != engine.ErrClosed {
						t.Errorf("after the end: %v", err)
					}
				}
				b.Flush()
				for _, c := range clients {
					c.t = t
					if way.code != 0 {
						c.wantText("4last")
						c.wantClosed(way.code)
					}
					c.conn.Close()
				}
				until(t, "the connections to be closed", func() bool { return engine.Conns(srv.Server) == 0 })
			})
		}
	})
}

// A client that does not read gets what it is owed later, whole and in order;
// the others of the batch do not notice.
func TestSlowMemberOfABatch(t *testing.T) {
	withAndWithout(t, func(t *testing.T, o engine.Options) {
		srv := serve(t, o, nil)
		clients, peers := srv.many(6)
		slow := peers[2]
		var b engine.Batch
		var st engine.Stamped
		frame := bytes.Repeat([]byte{7}, 8000)
		st.ResetBinary(frame, 0, 4)
		sent := 0
		for ; slow.Backlog() == 0; sent++ {
			for _, p := range peers {
				if err := b.SendStamped(p.Session, &st, binary.BigEndian.AppendUint32(nil, uint32(sent))); err != nil {
					t.Fatal(err)
				}
			}
			b.Flush()
			for i, c := range clients {
				if i != 2 {
					c.want(ws.OpBinary)
				}
			}
		}
		if err := b.SendVolatile(slow.Session, engine.NewText(nil)); err != engine.ErrDropped {
			t.Errorf("volatile behind a backlog: %v", err)
		}
		b.Flush()
		for i := range sent {
			if got := clients[2].want(ws.OpBinary); binary.BigEndian.Uint32(got) != uint32(i) || len(got) != len(frame) {
				t.Fatalf("frame %d: %x of %d bytes", i, got[:4], len(got))
			}
		}
		if got := slow.Traffic().Sent; got < uint64(sent*len(frame)) {
			t.Errorf("counted %d bytes of %d frames", got, sent)
		}
	})
}

// TestBatchToTheDead: the kernel's errors end the sessions.
func TestBatchToTheDead(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	clients, peers := srv.many(8)
	for _, c := range clients {
		_ = c.conn.(*net.TCPConn).SetLinger(0)
	}
	var b engine.Batch
	for range 3 {
		for i, p := range peers {
			_ = b.Send(p.Session, engine.NewText([]byte("x")))
			_ = clients[i].conn.Close() // a reset
		}
		b.Flush()
	}
	for _, p := range peers {
		p.wantEnd(t, engine.TransportClose, nil)
	}
	until(t, "the connections to be closed", func() bool { return engine.Conns(srv.Server) == 0 })
}

// A session to which bytes may or may not have gone can only be ended.
func TestLostAnswerEndsTheSession(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	_, peers := srv.many(1)
	engine.LoseAnswer(peers[0].Session)
	peers[0].wantEnd(t, engine.TransportClose, nil)
	until(t, "the connection to be closed", func() bool { return engine.Conns(srv.Server) == 0 })
}

// TestRingsAreFew: who finds none free sends without.
func TestRingsAreFew(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	batches := make([]engine.Batch, 3*runtime.GOMAXPROCS(0))
	clients, peers := srv.many(len(batches))
	for i := range batches {
		_ = batches[i].Send(peers[i].Session, engine.NewText([]byte("x")))
	}
	for i := range batches {
		batches[i].Flush()
		clients[i].wantText("4x")
	}
}

// TestClosedServerHasNoDescriptors of its rings, not even of one in use.
func TestClosedServerHasNoDescriptors(t *testing.T) {
	before := descriptors(t)
	srv := engine.New(engine.Options{Accept: func(*engine.Session) engine.Handler { return nil }})
	if err := srv.IOUring(); err != nil {
		t.Logf("not here: %v", err)
	}
	if err := srv.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, "the descriptors to be closed", func() bool { return descriptors(t) <= before })
}

func descriptors(t *testing.T) int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Logf("no descriptors to count: %v", err)
	}
	return len(list)
}

// TestBatchesBesideEverything: batches, direct sends, closes and new clients at
// once. Each client gets what it gets in order.
func TestBatchesBesideEverything(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	const members, rounds, senders = 24, 60, 4
	var mu sync.RWMutex
	var room [members]*peer
	var readers sync.WaitGroup
	enter := func(i int) {
		c, _ := srv.openWS()
		p := srv.peer()
		mu.Lock()
		room[i] = p
		mu.Unlock()
		readers.Go(func() { inOrder(t, c) })
	}
	for i := range members {
		enter(i)
	}
	var wg sync.WaitGroup
	for sender := range senders {
		wg.Go(func() {
			var b engine.Batch
			var st engine.Stamped
			for n := range rounds {
				st.ResetBinary([]byte{byte(sender), 0, 0, 0, 0}, 1, 4)
				mu.RLock()
				all := room
				mu.RUnlock()
				for i, p := range all {
					stamp := binary.BigEndian.AppendUint32(nil, uint32(n))
					if (i+n+sender)%5 == 0 {
						_ = p.SendStamped(&st, stamp)
					} else {
						_ = b.SendStamped(p.Session, &st, stamp)
					}
				}
				b.Flush()
			}
		})
	}
	for n := range rounds {
		i := n % members
		mu.RLock()
		p := room[i]
		mu.RUnlock()
		switch n % 3 {
		case 0:
			p.Kill()
		case 1:
			p.Close(engine.ForcedClose)
		case 2:
			_ = p.Send(engine.NewBinary([]byte{255}))
			continue
		}
		enter(i)
	}
	wg.Wait()
	for _, p := range room {
		p.Close(engine.ForcedClose)
	}
	readers.Wait()
	until(t, "the connections to be closed", func() bool { return engine.Conns(srv.Server) == 0 })
}

// inOrder reads to the end: the numbers of each sender only grow.
func inOrder(t *testing.T, c *client) {
	last := map[byte]int64{}
	for {
		f, err := c.read()
		if err != nil || f.Header.OpCode == ws.OpClose {
			if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("reading: %v", err)
			}
			_ = c.conn.Close()
			return
		}
		if len(f.Payload) != 5 {
			continue
		}
		sender, n := f.Payload[0], int64(binary.BigEndian.Uint32(f.Payload[1:]))
		if before, ok := last[sender]; ok && n <= before {
			t.Errorf("sender %d: %d after %d", sender, n, before)
		}
		last[sender] = n
	}
}
