package sio_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"
)

// crowd is a namespace with sockets a to d, of both parsers; a and b are in
// room one, b and c in room two.
type crowd struct {
	ns      *sio.Namespace
	peers   map[string]*peer
	sockets map[string]*sio.Socket
}

func newCrowd(t *testing.T, r *rig) *crowd {
	c := &crowd{ns: answering(r.srv.Of("/")), peers: map[string]*peer{}, sockets: map[string]*sio.Socket{}}
	for i, name := range []string{"a", "b", "c", "d"} {
		p := r.client([]sio.Parser{sio.JSON, sio.MsgPack}[i%2])
		id := p.join("/")
		synctest.Wait()
		c.peers[name], c.sockets[name] = p, c.ns.Socket(id)
	}
	for name, rooms := range map[string][]string{"a": {"one"}, "b": {"one", "two"}, "c": {"two"}} {
		if err := c.sockets[name].Join(rooms...); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// got returns who received an event since the last call.
func (c *crowd) got() string {
	var names []string
	for name, p := range c.peers {
		p.ask(4242, "are you there")
		for got := p.packet(); got.Type == socketio.Event; got = p.packet() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, "")
}

func TestBroadcastChains(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		c := newCrowd(t, r)
		a, b := c.sockets["a"], c.sockets["b"]
		for i, tt := range []struct {
			to   sio.Broadcast
			want string
		}{
			{c.ns.All(), "abcd"},
			{c.ns.To("one"), "ab"},
			{c.ns.To("one", "two"), "abc"},
			{c.ns.To("one").To("two").In("one"), "abc"},
			{c.ns.To("nobody"), ""},
			{c.ns.Except("one"), "cd"},
			{c.ns.To("one").Except("two"), "a"},
			{c.ns.To("one", "two").Except("one", "nobody"), "c"},
			{c.ns.To(a.ID()), "a"},
			{c.ns.To(a.ID(), "one"), "ab"},
			{c.ns.Except(a.ID(), b.ID()), "cd"},
			{a.Broadcast(), "bcd"},
			{a.To("one"), "b"},
			{a.To("two"), "bc"},
			{b.Except("two"), "ad"},
			{c.ns.To("one").Volatile().Compress(false).Local(), "ab"},
		} {
			synctest.Wait() // volatile events are for clients that are ready
			if err := tt.to.Emit("event", i); err != nil {
				t.Fatal(err)
			}
			if got := c.got(); got != tt.want {
				t.Errorf("chain %d reached %q, want %q", i, got, tt.want)
			}
		}
	})
}

func TestBroadcastIsAValue(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		c := newCrowd(t, r)
		one := c.ns.To("one")
		one.To("two")
		one.Except("one")
		one.Emit("event")
		if got := c.got(); got != "ab" {
			t.Errorf("reached %q", got)
		}
	})
}

func TestRooms(t *testing.T) {
	inBubble(t, sio.Options{MaxRooms: 3}, func(t *testing.T, r *rig) {
		c := newCrowd(t, r)
		var log diary
		c.ns.OnRoom(func(e sio.RoomEvent) {
			log.add("%s %s", []string{"created", "deleted", "joined", "left"}[e.Kind], e.Room)
		})
		d := c.sockets["d"]
		d.Join("x", "x", d.ID())
		d.Join("one")
		if got := d.Rooms(); !slices.Equal(got, []string{d.ID(), "x", "one"}) {
			t.Errorf("rooms %v", got)
		}
		d.Leave("x")
		d.Leave("x")
		d.Leave("nobody")
		if err := d.Join("1", "2", "3"); !errors.Is(err, sio.ErrTooManyRooms) {
			t.Errorf("fourth room: %v", err)
		}
		if err := d.Join(strings.Repeat("n", 1000)); !errors.Is(err, sio.ErrName) {
			t.Errorf("long name: %v", err)
		}
		if st := c.ns.Stats(); st.Sockets != 4 || st.Rooms != 4+4 {
			t.Errorf("stats %+v", st)
		}
		var rooms []string
		d.OnDisconnecting(func(sio.Reason) { rooms = d.Rooms() })
		d.OnDisconnect(func(sio.Reason) {
			if got := d.Rooms(); len(got) > 0 || d.Connected() {
				t.Errorf("rooms after the end: %v", got)
			}
		})
		c.peers["d"].conn.Close()
		delete(c.peers, "d")
		synctest.Wait()
		if len(rooms) != 4 {
			t.Errorf("rooms at disconnecting: %v", rooms)
		}
		if err := d.Join("x"); !errors.Is(err, sio.ErrDisconnected) {
			t.Errorf("join after the end: %v", err)
		}
		log.want(t, "created x", "joined x", "joined one", "left x", "deleted x",
			"created 1", "joined 1", "created 2", "joined 2",
			"left 2", "deleted 2", "left 1", "deleted 1", "left one", "left "+d.ID(), "deleted "+d.ID())
		for _, p := range c.peers {
			p.conn.Close()
		}
		synctest.Wait()
		if st := c.ns.Stats(); st != (sio.Stats{}) {
			t.Errorf("stats at the end %+v", st)
		}
	})
}

func TestBroadcastAcks(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		c := newCrowd(t, r)
		type result struct {
			answers []string
			err     error
		}
		results := make(chan result, 1)
		collect := func(answers []sio.Args, err error) {
			res := result{err: err}
			for _, a := range answers {
				res.answers = append(res.answers, show(a.At(0)))
			}
			slices.Sort(res.answers)
			results <- res
		}
		reply := func(name string) {
			got := c.peers[name].packet()
			c.peers[name].answer(got.ID, "from "+name)
		}
		want := func(what string, wantErr error, answers ...string) {
			t.Helper()
			if res := <-results; !slices.Equal(res.answers, answers) || !errors.Is(res.err, wantErr) {
				t.Errorf("%s: %v %v", what, res.answers, res.err)
			}
		}

		c.ns.To("one").EmitAck(collect, "q")
		reply("a")
		reply("b")
		want("all answer", nil, "from a", "from b")

		start := time.Now()
		c.ns.To("one", "two").Timeout(time.Second).EmitAck(collect, "q")
		reply("a")
		want("two are silent", sio.ErrTimeout, "from a")
		if waited := time.Since(start); waited != time.Second {
			t.Errorf("waited %v", waited)
		}
		reply("b") // too late, ignored

		c.ns.To("nobody").EmitAck(collect, "q")
		want("nobody", nil)
	})
}

func TestUtilities(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		c := newCrowd(t, r)
		c.sockets["a"].SetData(map[string]any{"name": "ann"})
		list, err := c.ns.To("one").FetchSockets(context.Background())
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		for _, s := range list {
			if s.ID == c.sockets["a"].ID() && (show(s.Data) != "map[name:ann]" || !slices.Contains(s.Rooms, "one")) {
				t.Errorf("a is %+v", s)
			}
			s.Emit("remote", 1)
		}
		if got := c.got(); got != "ab" {
			t.Errorf("remote emit reached %q", got)
		}
		c.ns.To("one").SocketsJoin("three", "four")
		c.ns.To("two").SocketsLeave("three")
		c.ns.To("three").Emit("event")
		if got := c.got(); got != "a" {
			t.Errorf("room three is %q", got)
		}
		c.ns.To("one").DisconnectSockets(false)
		for _, name := range []string{"a", "b"} {
			if got := c.peers[name].packet(); got.Type != socketio.Disconnect {
				t.Errorf("%s got %s", name, got.Type)
			}
			delete(c.peers, name)
		}
		c.ns.To("two").DisconnectSockets(true)
		c.peers["c"].closed()
	})
}

func TestSwapOnLeaveKeepsMembership(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		c := newCrowd(t, r)
		all := []string{"a", "b", "c", "d"}
		for round := range 3 {
			room := fmt.Sprint("r", round)
			for _, name := range all {
				c.sockets[name].Join(room)
			}
			c.sockets[all[round]].Leave(room)
			c.ns.To(room).Emit("event")
			want := strings.ReplaceAll("abcd", all[round], "")
			if got := c.got(); got != want {
				t.Errorf("reached %q, want %q", got, want)
			}
		}
		c.sockets["a"].Leave("r1")
		c.ns.To("r1").Emit("event")
		if got := c.got(); got != "cd" {
			t.Errorf("reached %q", got)
		}
	})
}

// remembering is an adapter that knows a socket with an id that is not of ours.
type remembering struct{ *sio.MemoryAdapter }

func (remembering) Restore(_ context.Context, pid, _ string) (sio.SavedSession, bool) {
	return sio.SavedSession{ID: "a", PID: pid}, pid == "foreign"
}

func TestIDsOfAnotherAdapterAreRooms(t *testing.T) {
	inBubble(t, sio.Options{
		Recovery:   sio.Recovery{MaxDisconnection: time.Minute},
		NewAdapter: func(_ *sio.Namespace, local *sio.MemoryAdapter) sio.Adapter { return remembering{local} },
	}, func(t *testing.T, r *rig) {
		other := r.client(sio.MsgPack)
		r.enter(other, "/").Join("a")
		p := r.client(sio.MsgPack)
		p.join("/", map[string]any{"pid": "foreign", "offset": "0"})
		synctest.Wait() // until the flusher is done: volatile events are dropped else
		r.srv.Of("/").To("a").Volatile().Emit("e")
		p.expect("e")
		other.expect("e")
	})
}

// Rooms around the size up to which their members are copied to the stack.
func TestRoomsOfAllSizes(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		ns := r.srv.Of("/")
		var peers []*peer
		for n := range 20 {
			peers = append(peers, r.client(sio.MsgPack))
			s := r.enter(peers[n], "/")
			s.Join("room")
			for _, to := range []sio.Broadcast{ns.To("room"), ns.All(), s.To("room"), ns.To(s.ID(), "room")} {
				to.Emit("e", n)
			}
			for i, p := range peers {
				p.expect("e", n)
				p.expect("e", n)
				if i < n {
					p.expect("e", n)
				}
				p.expect("e", n)
			}
		}
	})
}
