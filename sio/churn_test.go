package sio_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"
)

var (
	churnTime    = flag.Duration("churn", 2*time.Second, "how long TestChurn runs")
	churnClients = flag.Int("churn-clients", 60, "clients of TestChurn at a time")
)

// TestChurn has clients of both parsers join, leave, talk, ask, come back and
// be killed at random. Every message of a talker must arrive in order and none
// twice, over all that; nothing may be left at the end.
func TestChurn(t *testing.T) {
	r := onTCP(t, sio.Options{Recovery: sio.Recovery{MaxDisconnection: time.Minute, MaxPackets: 5000}})
	ns := r.srv.Of("/")
	churnServer(ns)
	start := runtime.NumGoroutine()
	end := time.Now().Add(*churnTime)
	var told, lives atomic.Int64
	var wg sync.WaitGroup
	for i := range *churnClients {
		wg.Go(func() {
			c := &churner{r: r, name: fmt.Sprint("c", i), rnd: rand.New(rand.NewPCG(7, uint64(i))), heard: map[string]int{}, told: &told}
			for time.Now().Before(end) {
				c.live()
				lives.Add(1)
			}
		})
	}
	wg.Wait()
	deadline := time.Now().Add(patience)
	for (ns.Stats().Sockets > 0 || r.srv.Engine().Sessions() > 0 || runtime.NumGoroutine() > start+2) && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if st := ns.Stats(); st.Sockets != 0 || st.Rooms != 0 {
		t.Errorf("left: %+v", st)
	}
	if n := runtime.NumGoroutine(); n > start+2 {
		t.Errorf("%d goroutines, %d at the start", n, start)
	}
	t.Logf("%d lives, %d messages heard", lives.Load(), told.Load())
	if told.Load() == 0 {
		t.Error("nobody heard anything")
	}
}

func churnServer(ns *sio.Namespace) {
	ns.OnConnect(func(s *sio.Socket) {
		if !s.Recovered() {
			s.Join("all")
		}
	})
	ns.On("join", func(e *sio.Event) {
		var room string
		e.Decode(&room)
		e.Socket().Join(room)
		e.Ack()
	})
	ns.On("leave", func(e *sio.Event) {
		var room string
		e.Decode(&room)
		e.Socket().Leave(room)
	})
	ns.On("say", func(e *sio.Event) {
		var room string
		e.Decode(&room)
		list := e.Args().Spread()
		ns.To(room).Emit("said", list[1:]...)
	})
	ns.On("ask back", func(e *sio.Event) {
		e.Socket().EmitAck(time.Second, func(sio.Args, error) {}, "question")
	})
	ns.On("go", func(e *sio.Event) { e.Socket().Disconnect(true) })
}

// churner is one client with many connections, one after another.
type churner struct {
	r     *rig
	name  string
	rnd   *rand.Rand
	lives int
	seq   int            // of what it says in this life: the end of one and the start of the next may overtake
	heard map[string]int // last number by speaker and life
	told  *atomic.Int64

	pid, offset string
}

// live connects, does things and ends in one of several ways.
func (c *churner) live() {
	p := c.r.client([]sio.Parser{sio.JSON, sio.MsgPack}[c.rnd.IntN(2)])
	defer p.conn.Close()
	p.careless = true
	c.lives++
	c.seq = 0
	auth := map[string]any{}
	if c.pid != "" && c.rnd.IntN(2) == 0 {
		auth["pid"], auth["offset"] = c.pid, c.offset
	}
	p.send(socketio.Packet{Type: socketio.Connect, Namespace: "/", Data: value(p.t, auth)})
	for range 3 + c.rnd.IntN(20) {
		c.act(p)
		c.listen(p, false)
	}
	switch c.rnd.IntN(4) {
	case 0: // cut
		return
	case 1:
		p.emit("go")
	case 2:
		p.send(socketio.Packet{Type: socketio.Disconnect, Namespace: "/"})
		c.pid = ""
		return
	case 3: // until all has come that was asked for
		p.ask(77, "join", "all")
	}
	c.listen(p, true)
}

func (c *churner) act(p *peer) {
	room := fmt.Sprint("room", c.rnd.IntN(5))
	switch c.rnd.IntN(6) {
	case 0:
		p.ask(1, "join", room)
	case 1:
		p.emit("leave", room)
	case 2:
		p.emit("ask back")
	default:
		if c.rnd.IntN(10) == 0 {
			room = "all"
		}
		c.seq++
		p.emit("say", room, fmt.Sprint(c.name, "/", c.lives), c.seq, make([]byte, c.rnd.IntN(300)))
	}
}

// listen handles what has come; with last until the end of the connection or
// the answer to the last question.
func (c *churner) listen(p *peer, last bool) {
	for len(p.in) > 0 || last {
		select {
		case m, ok := <-p.in:
			if !ok {
				return
			}
			if done := c.handle(p, m); done && last {
				return
			}
		case <-time.After(patience):
			p.t.Error("nothing comes any more")
			return
		}
	}
}

func (c *churner) handle(p *peer, m message) (done bool) {
	got, ok := p.understand(m)
	if !ok {
		return false
	}
	switch got.Type {
	case socketio.Connect:
		pid := text(got.Data.Get("pid"))
		if pid != c.pid {
			c.offset = ""
		}
		c.pid = pid
	case socketio.Ack:
		return got.ID == 77
	case socketio.Event:
		c.event(p, got)
	}
	return false
}

func (c *churner) event(p *peer, got socketio.Packet) {
	name, args, _ := got.Data.Event()
	if name == "question" {
		p.answer(got.ID)
		return
	}
	var from string
	var n int
	args.Decode(&from, &n)
	c.offset = text(args.At(args.Len() - 1))
	if n <= c.heard[from] {
		p.t.Errorf("%s heard %d of %s after %d", c.name, n, from, c.heard[from])
	}
	c.heard[from] = n
	c.told.Add(1)
}
