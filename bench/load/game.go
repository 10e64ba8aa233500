package main

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"tickwire/codec/state"
	"tickwire/games/arena"
	"tickwire/lobby"
)

// blob is the game of the profiles that measure the way and not the rules: its
// state is one value of fixed size that changes in each tick, whoever plays.
type blob struct {
	table *state.Table[payload]
	id    state.ID
	bytes [blobSize]byte
}

// blobSize makes a frame of about 256 bytes.
const blobSize = 240

type payload struct {
	Data []byte `sync:"max=240"`
}

func newBlob(m *lobby.Match) lobby.Rules {
	b := &blob{table: state.Register[payload](m.World(), "Blob")}
	b.id = b.table.Spawn(payload{Data: b.bytes[:]})
	return b
}

func (b *blob) Join(*lobby.Player)               {}
func (b *blob) Leave(*lobby.Player)              {}
func (b *blob) Input(*lobby.Player, lobby.Input) {}

func (b *blob) Step(tick uint32) {
	binary.BigEndian.PutUint32(b.bytes[:], tick)
	b.table.Edit(b.id).Data = b.bytes[:]
}

// profileGames are the games of the profiles' own server.
func profileGames(hz int, late *lateness, due *dues) []lobby.Game {
	shooter := arena.Game()
	list := []lobby.Game{
		{Name: "blob", MaxPlayers: 1024, DropIn: true, New: newBlob},
		{Name: shooter.Name, MaxPlayers: shooter.MaxPlayers, DropIn: true, New: shooter.New},
	}
	for i := range list {
		rules := list[i].New
		list[i].Hz = hz
		list[i].New = func(m *lobby.Match) lobby.Rules {
			return &timed{Rules: rules(m), late: late, grid: grid{step: time.Second / time.Duration(hz)}, dues: due.of(m.ID())}
		}
	}
	return list
}

// timed notes how late the steps of a match begin.
type timed struct {
	lobby.Rules
	late *lateness
	grid grid
	dues dueTicks
}

func (t *timed) Step(tick uint32) {
	now := monotonic()
	due, first := t.grid.begin(tick, now)
	if first {
		t.late.note(now - due)
	}
	if t.dues != nil {
		t.dues.set(tick, due)
	}
	t.Rules.Step(tick)
}

// lateness gathers how late the steps of all matches began.
type lateness struct {
	mu   sync.Mutex // guards the following
	hist *hdrhistogram.Histogram
}

func (l *lateness) note(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	record(l.hist, d)
}

// take returns the p99 in ms since the last call.
func (l *lateness) take() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	p99 := ms(l.hist, 99)
	l.hist.Reset()
	return p99
}
