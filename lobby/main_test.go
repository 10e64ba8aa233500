package lobby_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmihailenco/msgpack/v5"
	"go.uber.org/goleak"

	"tickwire/codec/state"
	"tickwire/lobby"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dots is a small game: everybody is a dot that inputs move. The inputs
// "panic", "end" and "emit" do what they say.
type dots struct {
	match *lobby.Match
	dots  *state.Table[dot]
	ids   map[*lobby.Player]state.ID
	step  func(tick uint32)
}

type dot struct {
	X    int16 `sync:"bits=12"`
	Seat uint8 `sync:"bits=7"`
}

func newDots(m *lobby.Match) lobby.Rules {
	return &dots{match: m, dots: state.Register[dot](m.World(), "Dot"), ids: map[*lobby.Player]state.ID{}}
}

func (d *dots) Join(p *lobby.Player)  { d.ids[p] = d.dots.Spawn(dot{Seat: uint8(p.Seat())}) }
func (d *dots) Leave(p *lobby.Player) { d.dots.Despawn(d.ids[p]); delete(d.ids, p) }

func (d *dots) Input(p *lobby.Player, in lobby.Input) {
	var what any
	if in.Decode(&what) != nil {
		return
	}
	switch what := what.(type) {
	case int64:
		d.dots.Edit(d.ids[p]).X += int16(what)
	case string:
		switch what {
		case "whisper":
			d.match.EmitTo(p, "whisper", fmt.Sprint(p.ID(), p.Team(), p.Away(), p.Bot()))
		case "roll call":
			var names []string
			for p := range d.match.Players() {
				names = append(names, p.Name())
			}
			d.match.Emit("roll call", names)
		case "panic":
			panic("the rules are broken")
		case "end":
			d.match.End(p.Name())
		case "emit":
			d.match.Emit("shout", p.Seat())
		}
	}
}

func (d *dots) Step(tick uint32) {
	if d.step != nil {
		d.step(tick)
	}
}

// gather is dots with a ready check, arena is dots that one drops into.
var (
	gather = lobby.Game{Name: "gather", MinPlayers: 2, MaxPlayers: 4, Hz: 20, New: newDots}
	arena  = lobby.Game{Name: "arena", MaxPlayers: 4, Hz: 20, DropIn: true, New: newDots}
)

func directory(t *testing.T, games ...lobby.Game) *lobby.Directory {
	t.Helper()
	return open(t, lobby.Options{Games: games, Seed: func() uint64 { return 1 }})
}

// open makes a directory that is drained at the end of the test.
func open(t *testing.T, o lobby.Options) *lobby.Directory {
	t.Helper()
	d, err := lobby.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, d) })
	return d
}

// client is a connection that remembers what it was sent, follows the state
// and, unless told otherwise, acknowledges it.
type client struct {
	t      *testing.T
	name   string
	form   string
	member *lobby.Member
	joined lobby.Joined

	silent  bool // acknowledges nothing
	away    bool // for the model: has no connection
	backlog atomic.Int64

	events  []*lobby.Event
	replica *state.Replica
	dots    *state.Bound[dot]
	kinds   []byte // class of each frame: 1 steady, 2 coalesced, 3 keyframe
	acks    []uint32
	tables  int // epochs announced
	writes  int
}

// fence orders, for the race detector, what a test read before it let virtual
// time pass and what the lobbies' goroutines write after.
var fence atomic.Int64

func (c *client) Event(ev *lobby.Event) error {
	fence.Load()
	c.events = append(c.events, ev)
	if start, ok := last[lobby.MatchStart](ev); ok {
		var err error
		if c.replica, err = state.NewReplica(start.Schema); err != nil {
			c.t.Errorf("%s: %v", c.name, err)
		}
		if c.dots, err = state.Bind[dot](c.replica, "Dot"); err != nil {
			c.t.Errorf("%s: %v", c.name, err)
		}
	}
	if ev.Name == lobby.EventTables {
		if err := c.replica.Learn(ev.Args[0].([]byte)); err != nil {
			c.t.Errorf("%s: %v", c.name, err)
		}
		c.tables++
	}
	return nil
}

func (c *client) State(f *lobby.Frame, ack uint32) error {
	fence.Load()
	c.writes++
	class := f.Bytes[1]
	if c.form == "B" {
		class = f.Bytes[0] & 7
	}
	c.kinds, c.acks = append(c.kinds, class), append(c.acks, ack)
	if err := c.replica.Apply(f.Bytes); err != nil {
		c.t.Errorf("%s: frame %x: %v", c.name, f.Bytes, err)
	}
	if !c.silent && c.member != nil {
		_ = c.member.Input(0, c.replica.Tick(), nil)
	}
	return nil
}

func (c *client) Flush() error { fence.Load(); c.writes++; return nil }
func (c *client) Backlog() int { return int(c.backlog.Load()) }

// last returns the only argument of an event if it is a T.
func last[T any](ev *lobby.Event) (v T, ok bool) {
	if len(ev.Args) == 1 {
		v, ok = ev.Args[0].(T)
	}
	return v, ok
}

// got returns all pushes of one type that the client received.
func got[T any](c *client) (all []T) {
	for _, ev := range c.events {
		if v, ok := last[T](ev); ok {
			all = append(all, v)
		}
	}
	return all
}

func newClient(t *testing.T, name string) *client { return &client{t: t, name: name} }

func (c *client) joiner() lobby.Joiner { return lobby.Joiner{Conn: c, Name: c.name, Form: c.form} }

// done returns a callback that keeps the answer, and a function that waits for
// it: inside a synctest bubble.
func (c *client) done() (func(lobby.Joined, error), func() error) {
	calls, answer := 0, error(nil)
	return func(j lobby.Joined, err error) {
			calls++
			c.joined, c.member, answer = j, j.Member, err
		}, func() error {
			synctest.Wait()
			if calls != 1 {
				c.t.Errorf("%s: answered %d times", c.name, calls)
			}
			return answer
		}
}

func create(t *testing.T, d *lobby.Directory, name string, req lobby.CreateRequest) *client {
	t.Helper()
	c := newClient(t, name)
	req.Joiner = c.joiner()
	done, answer := c.done()
	d.Create(req, done)
	if err := answer(); err != nil {
		t.Fatalf("%s creates: %v", name, err)
	}
	return c
}

func join(t *testing.T, d *lobby.Directory, name string, req lobby.JoinRequest) (*client, error) {
	t.Helper()
	c := newClient(t, name)
	req.Joiner = c.joiner()
	done, answer := c.done()
	d.Join(req, done)
	return c, answer()
}

func mustJoin(t *testing.T, d *lobby.Directory, name, id string) *client {
	t.Helper()
	c, err := join(t, d, name, lobby.JoinRequest{ID: id})
	if err != nil {
		t.Fatalf("%s joins: %v", name, err)
	}
	return c
}

func quick(t *testing.T, d *lobby.Directory, name, game string) *client {
	t.Helper()
	c := newClient(t, name)
	done, answer := c.done()
	d.Quick(lobby.QuickRequest{Joiner: c.joiner(), Game: game}, done)
	if err := answer(); err != nil {
		t.Fatalf("%s joins quickly: %v", name, err)
	}
	return c
}

// ask calls a method of Member and returns its answer.
func ask(call func(func(error))) error {
	calls, answer := 0, error(nil)
	call(func(err error) { calls++; answer = err })
	synctest.Wait()
	if calls != 1 {
		return fmt.Errorf("answered %d times", calls)
	}
	return answer
}

func (c *client) ready(ready bool) error {
	return ask(func(done func(error)) { c.member.Ready(ready, done) })
}
func (c *client) start() error { return ask(c.member.Start) }
func (c *client) leave() error { return ask(c.member.Leave) }
func (c *client) kick(p *client) error {
	return ask(func(done func(error)) { c.member.Kick(p.member.ID(), done) })
}
func (c *client) chat(text string) error {
	return ask(func(done func(error)) { c.member.Chat(text, done) })
}

func (c *client) input(seq uint32, payload any) {
	c.t.Helper()
	raw, err := msgpack.Marshal(payload)
	if err != nil {
		c.t.Fatal(err)
	}
	acked := uint32(0)
	if c.replica != nil {
		acked = c.replica.Tick()
	}
	if err := c.member.Input(seq, acked, raw); err != nil {
		c.t.Errorf("input: %v", err)
	}
}

// view returns the lobby as the client knows it: the answer to its join and
// all updates merged, which must count up without gaps.
func (c *client) view() lobby.View {
	v := c.joined.Lobby
	for _, u := range got[lobby.Update](c) {
		if u.Rev != v.Rev+1 {
			c.t.Errorf("%s: update %d follows %d", c.name, u.Rev, v.Rev)
		}
		v.Rev = u.Rev
		set(&v.Phase, u.Phase)
		set(&v.Leader, u.Leader)
		set(&v.Players, u.Players)
		set(&v.CountdownMs, u.CountdownMs)
	}
	return v
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// positions returns the dots' X by seat as the client sees them.
func (c *client) positions() map[int]int {
	at := map[int]int{}
	for _, d := range c.dots.All() {
		at[int(d.Seat)] = int(d.X)
	}
	return at
}

func wantCode(t *testing.T, err error, code lobby.Code) {
	t.Helper()
	e := lobby.AsError(err)
	if e == nil || e.Code != code {
		t.Errorf("got %v, want %s", err, code)
		return
	}
	if e.Message == "" || !slices.Contains(lobby.Codes(), e.Code) {
		t.Errorf("%v is no documented refusal", e)
	}
}

// pass lets virtual time pass, and everybody come to rest.
func pass(d time.Duration) {
	fence.Add(1)
	time.Sleep(d)
	synctest.Wait()
}
