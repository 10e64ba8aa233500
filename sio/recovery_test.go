package sio_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"
)

// traveller is a client that loses its connection and comes back.
type traveller struct {
	*peer
	r      *rig
	parser sio.Parser
	id     string
	pid    string
	offset string // of the last event
}

func (r *rig) traveller(parser sio.Parser) *traveller {
	return (&traveller{r: r, parser: parser}).connect()
}

// connect connects, with the state of an earlier connection if there is one.
func (tr *traveller) connect() *traveller {
	tr.peer = tr.r.client(tr.parser)
	auth := map[string]any{}
	if tr.pid != "" {
		auth["pid"] = tr.pid
	}
	if tr.offset != "" {
		auth["offset"] = tr.offset
	}
	got := tr.tryJoin("/", auth)
	if got.Type != socketio.Connect {
		tr.t.Fatalf("no CONNECT but %s %s", got.Type, show(got.Data))
	}
	tr.id, tr.pid = text(got.Data.Get("sid")), text(got.Data.Get("pid"))
	return tr
}

func text(r sio.Raw) string {
	s, _ := r.Text()
	return string(s)
}

// event returns the name of the next event and remembers its offset.
func (tr *traveller) event() string {
	tr.t.Helper()
	got := tr.packet()
	if got.Type != socketio.Event {
		tr.t.Fatalf("no event but %s", got.Type)
	}
	tr.offset = text(got.Data.At(got.Data.Len() - 1))
	return text(got.Data.At(0))
}

func (tr *traveller) want(names ...string) {
	tr.t.Helper()
	for _, want := range names {
		if got := tr.event(); got != want {
			tr.t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// cut cuts the connection and waits until the server knows.
func (tr *traveller) cut() {
	tr.conn.Close()
	synctest.Wait()
}

var twoMinutes = sio.Options{Recovery: sio.Recovery{MaxDisconnection: 2 * time.Minute}}

func TestRecovery(t *testing.T) {
	bothParsers(t, func(t *testing.T, parser sio.Parser) {
		inBubble(t, twoMinutes, func(t *testing.T, r *rig) {
			var log diary
			ns := r.srv.Of("/")
			ns.Use(func(*sio.Socket) error {
				log.add("middleware")
				return nil
			})
			ns.OnConnect(func(s *sio.Socket) {
				log.add("recovered %v, data %v", s.Recovered(), s.Data())
				if !s.Recovered() {
					s.SetData("my data")
					s.Join("room")
				}
			})
			tr := r.traveller(parser)
			other := r.traveller(parser)
			id, pid := tr.id, tr.pid
			synctest.Wait()
			s := ns.Socket(id)
			s.Emit("one", 1)
			ns.To("room").Emit("two")
			tr.want("one", "two")

			tr.cut()
			ns.To("room").Emit("three")
			ns.Emit("four")
			ns.To("elsewhere").Emit("not for it")
			ns.Except("room").Emit("not for it either")
			ns.All().Volatile().Emit("volatile is not kept")
			ns.To(id).Emit("five")
			ns.To("room").EmitAck(func([]sio.Args, error) {}, "acknowledged events are not kept")
			time.Sleep(time.Minute)

			tr.connect()
			if tr.id != id || tr.pid != pid {
				t.Errorf("ids %q %q, were %q %q", tr.id, tr.pid, id, pid)
			}
			tr.want("three", "four", "five")
			ns.Emit("six")
			tr.want("six")
			synctest.Wait()
			if rooms := ns.Socket(id).Rooms(); !slices.Contains(rooms, "room") {
				t.Errorf("rooms %v", rooms)
			}
			_ = other
			log.want(t, "middleware", "recovered false, data <nil>", "middleware", "recovered false, data <nil>", "recovered true, data my data")
		})
	})
}

func TestRecoveryOfOneThatHeardNothingYet(t *testing.T) {
	inBubble(t, twoMinutes, func(t *testing.T, r *rig) {
		ns := r.srv.Of("/")
		ns.Emit("before its time")
		tr := r.traveller(sio.JSON)
		id := tr.id
		tr.cut()
		ns.Emit("missed")
		tr.connect()
		if tr.id != id {
			t.Error("not recovered")
		}
		tr.want("missed")
	})
}

func TestRecoveryIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		o    sio.Recovery
		away func(r *rig, tr *traveller)
	}{
		"too late": {sio.Recovery{MaxDisconnection: time.Minute}, func(_ *rig, tr *traveller) {
			tr.cut()
			time.Sleep(61 * time.Second)
		}},
		"wrong secret": {sio.Recovery{MaxDisconnection: time.Minute}, func(_ *rig, tr *traveller) {
			tr.cut()
			tr.pid = tr.pid[1:] + "x"
		}},
		"forged offset": {sio.Recovery{MaxDisconnection: time.Minute}, func(_ *rig, tr *traveller) {
			tr.cut()
			tr.offset = "zzzz"
		}},
		"offset of nonsense": {sio.Recovery{MaxDisconnection: time.Minute}, func(_ *rig, tr *traveller) {
			tr.cut()
			tr.offset = "!"
		}},
		"too many events since": {sio.Recovery{MaxDisconnection: time.Minute, MaxPackets: 3}, func(r *rig, tr *traveller) {
			tr.cut()
			for range 5 {
				r.srv.Of("/").Emit("x")
			}
		}},
		"too many bytes since": {sio.Recovery{MaxDisconnection: time.Minute, MaxBytes: 100}, func(r *rig, tr *traveller) {
			tr.cut()
			for range 5 {
				r.srv.Of("/").Emit("x", make([]byte, 50))
			}
		}},
		"more than can be sent at once": {sio.Recovery{MaxDisconnection: time.Minute}, func(r *rig, tr *traveller) {
			tr.cut()
			for range 10 {
				r.srv.Of("/").Emit("x", make([]byte, 100_000))
			}
		}},
		"too many sessions since": {sio.Recovery{MaxDisconnection: time.Minute, MaxSessions: 1}, func(r *rig, tr *traveller) {
			other := r.traveller(sio.JSON)
			tr.cut()
			other.cut()
		}},
		"left on purpose": {sio.Recovery{MaxDisconnection: time.Minute}, func(_ *rig, tr *traveller) {
			tr.text("1")
			synctest.Wait()
			tr.cut()
		}},
		"sent away": {sio.Recovery{MaxDisconnection: time.Minute}, func(r *rig, tr *traveller) {
			r.srv.Of("/").Socket(tr.id).Disconnect(true)
			tr.closed()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, sio.Options{Recovery: tt.o}, func(t *testing.T, r *rig) {
				ns := r.srv.Of("/")
				tr := r.traveller(sio.JSON)
				id, pid := tr.id, tr.pid
				ns.Emit("one")
				tr.want("one")
				tt.away(r, tr)
				tr.connect()
				if tr.id == id || tr.pid == pid {
					t.Error("recovered")
				}
				ns.Emit("fresh")
				tr.want("fresh")
			})
		})
	}
}

// The private id works once: whoever copies it gets nothing.
func TestRecoverySecretIsConsumed(t *testing.T) {
	inBubble(t, twoMinutes, func(t *testing.T, r *rig) {
		r.srv.Of("/")
		tr := r.traveller(sio.JSON)
		id, pid, offset := tr.id, tr.pid, tr.offset
		tr.cut()
		ids := []string{}
		for range 3 {
			thief := &traveller{r: r, parser: sio.JSON, pid: pid, offset: offset}
			ids = append(ids, thief.connect().id)
		}
		if ids[0] != id || ids[1] == id || ids[2] == id || ids[1] == ids[2] {
			t.Errorf("ids %v, was %s", ids, id)
		}
	})
}

// While the socket is still connected its secret opens nothing.
func TestRecoveryOfALiveSocket(t *testing.T) {
	inBubble(t, twoMinutes, func(t *testing.T, r *rig) {
		answering(r.srv.Of("/"))
		tr := r.traveller(sio.JSON)
		thief := (&traveller{r: r, parser: sio.JSON, pid: tr.pid}).connect()
		if thief.id == tr.id {
			t.Error("took over a live socket")
		}
		tr.silent()
	})
}

func TestRecoveryTwice(t *testing.T) {
	inBubble(t, twoMinutes, func(t *testing.T, r *rig) {
		ns := r.srv.Of("/")
		tr := r.traveller(sio.MsgPack)
		id := tr.id
		for i := range 5 {
			tr.cut()
			ns.Emit("away")
			if i%2 == 0 {
				ns.To(id).Emit("personal")
			}
			tr.connect()
			if tr.id != id {
				t.Fatalf("round %d: not recovered", i)
			}
			tr.want("away")
			if i%2 == 0 {
				tr.want("personal")
			}
		}
	})
}

func TestRecoveryWithMiddleware(t *testing.T) {
	o := twoMinutes
	o.Recovery.RunMiddlewares = true
	inBubble(t, o, func(t *testing.T, r *rig) {
		ns := r.srv.Of("/")
		refuse, wait := false, false
		ns.Use(func(s *sio.Socket) error {
			if wait {
				<-s.Context().Done()
			}
			if refuse {
				return errors.New("no more")
			}
			return nil
		})
		tr := r.traveller(sio.JSON)
		id := tr.id

		// A client that goes away while middleware runs may try again.
		tr.cut()
		wait = true
		again := r.client(sio.JSON)
		again.send(socketio.Packet{Type: socketio.Connect, Namespace: "/", Data: value(t, map[string]any{"pid": tr.pid})})
		synctest.Wait()
		again.conn.Close()
		synctest.Wait()
		wait = false
		ns.Emit("missed")
		tr.connect()
		if tr.id != id {
			t.Error("not recovered")
		}
		tr.want("missed")

		tr.cut()
		refuse = true
		last := r.client(sio.JSON)
		if got := last.tryJoin("/", map[string]any{"pid": tr.pid}); got.Type != socketio.ConnectError {
			t.Errorf("refused client got %s", got.Type)
		}
	})
}

func TestRecoveryGivesMemoryBack(t *testing.T) {
	inBubble(t, twoMinutes, func(t *testing.T, r *rig) {
		ns := r.srv.Of("/")
		for range 10 {
			r.traveller(sio.JSON).cut()
			ns.Emit("x")
		}
		if st := ns.Stats(); st.Sessions != 10 || st.Packets != 10 || st.Sockets != 0 {
			t.Errorf("kept: %+v", st)
		}
		time.Sleep(5 * time.Minute)
		if st := ns.Stats(); st != (sio.Stats{}) {
			t.Errorf("left: %+v", st)
		}
	})
}

// Hold, Send and Emit of one socket reach a client that was away in order.
func TestRecoveryOfAllWaysToSend(t *testing.T) {
	inBubble(t, twoMinutes, func(t *testing.T, r *rig) {
		tr := r.traveller(sio.JSON)
		synctest.Wait()
		s := r.srv.Of("/").Socket(tr.id)
		p, _ := sio.Prepare("prepared")
		s.Hold(p)
		s.Send(p)
		s.Emit("emitted")
		tr.want("prepared")
		tr.want("prepared", "emitted")
		tr.offset = "" // as if it had missed them
		tr.cut()
		tr.connect()
		tr.want("prepared", "prepared", "emitted")
	})
}
