package main

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"tickwire/codec/state"
	"tickwire/lobby"
)

// waiting is a game whose lobbies wait for their players.
func waiting() lobby.Game {
	return lobby.Game{Name: "waiting", MinPlayers: 2, MaxPlayers: 4, New: func(m *lobby.Match) lobby.Rules {
		state.Register[place](m.World(), "Place")
		return idle{}
	}}
}

type place struct {
	Seat uint8 `sync:"bits=4"`
}

type idle struct{}

func (idle) Join(*lobby.Player)               {}
func (idle) Leave(*lobby.Player)              {}
func (idle) Input(*lobby.Player, lobby.Input) {}
func (idle) Step(uint32)                      {}

// player is a client without a network: of an arena it acknowledges each frame
// with an input, as a real one does.
type player struct {
	member atomic.Pointer[lobby.Member]
	seq    uint32
	tick   uint32
	last   func(tick uint32) // told of each frame
}

var aim = []byte{0x94, 0x7f, 0x00, 0xcd, 0x01, 0x00, 0x01} // an input of the arena: [127, 0, 256, 1]

func (p *player) State(f *lobby.Frame, _ uint32) error {
	p.advance(f.Bytes)
	if p.last != nil {
		p.last(p.tick)
	}
	if m := p.member.Load(); m != nil {
		p.seq++
		return m.Input(p.seq, p.tick, aim)
	}
	return nil
}

// advance reads the tick from the head of a frame in the B-form.
// Source: docs/state-format.md, "Frames".
func (p *player) advance(frame []byte) {
	if frame[0]&15 == 3 { // keyframe: its tick
		tick, _ := binary.Uvarint(frame[1:])
		p.tick = uint32(tick)
		return
	}
	dt, _ := binary.Uvarint(frame[2:])
	p.tick += uint32(dt)
}

func (p *player) Event(*lobby.Event) error { return nil }
func (p *player) Flush() error             { return nil }
func (p *player) Backlog() int             { return 0 }

// churn opens, fills and leaves lobbies.
type churn struct {
	directory *lobby.Directory
	perTurn   int // each second

	ended, failed, diffs atomic.Uint64
	lastError            atomic.Value
}

// watch follows ten lists, several clients each.
func (c *churn) watch(watchers int) {
	for i := range watchers {
		query, err := lobby.ParseQuery(map[string]any{
			"game": "waiting", "where": map[string]any{"players": map[string]any{"lt": int64(4)}}, "limit": int64(20 + i%10),
		})
		if err != nil {
			panic(err) // the query is ours
		}
		c.directory.Watch("", query, func(*lobby.Event) { c.diffs.Add(1) }, func(lobby.List, error) {})
	}
}

// run lets lobbies come and go, evenly in time, until stop; it returns for how
// long, when the last one has gone.
func (c *churn) run(stop *atomic.Bool) time.Duration {
	began := time.Now()
	var open sync.WaitGroup
	pace := time.NewTicker(time.Millisecond)
	defer pace.Stop()
	for made := 0; !stop.Load(); <-pace.C {
		for due := int(time.Since(began).Seconds() * float64(c.perTurn)); made < due; made++ {
			open.Add(1)
			c.life(made, open.Done)
		}
	}
	took := time.Since(began)
	open.Wait()
	return took
}

const lifetime = 300 * time.Millisecond // of a lobby: the live lists see it come and go

// life is that of one lobby: created, changed, joined, left by both.
func (c *churn) life(n int, done func()) {
	host, guest := &player{}, &player{}
	create := lobby.CreateRequest{Game: "waiting", LobbyName: fmt.Sprint("table ", n), Meta: map[string]any{"round": int64(n)}}
	create.Conn = host
	c.directory.Create(create, func(first lobby.Joined, err error) {
		if c.fails(err) {
			done()
			return
		}
		join := lobby.JoinRequest{ID: first.Lobby.ID}
		join.Conn = guest
		c.directory.Join(join, func(second lobby.Joined, err error) {
			if c.fails(err) {
				done()
				return
			}
			time.AfterFunc(lifetime, func() { c.part(first.Member, second.Member, done) })
		})
	})
}

// part ends a lobby: its last member takes it along.
func (c *churn) part(host, guest *lobby.Member, done func()) {
	guest.Leave(func(error) {
		host.Leave(func(err error) {
			if !c.fails(err) {
				c.ended.Add(1)
			}
			done()
		})
	})
}

func (c *churn) fails(err error) bool {
	if err != nil {
		c.failed.Add(1)
		c.lastError.Store(err.Error())
	}
	return err != nil
}
