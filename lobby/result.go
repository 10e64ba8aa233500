package lobby

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// MatchResult is what became of a match.
type MatchResult struct {
	Lobby, Match, Game string
	Seed               uint64
	Ticks              uint32
	Began, Ended       time.Time
	Reason             string // one of the End constants, or EndEmpty
	Result             any    // what the rules gave to Match.End
	Replay             string // id of the log, if there is one
	Meta               map[string]any
	// Players are those who were there at the end, by seat, then those who left
	// before, in that order: the last 256 of them; Omitted counts the others.
	Players []ResultPlayer
	Omitted int
}

// ResultPlayer is somebody who played.
type ResultPlayer struct {
	ID, Account, Name string
	Seat, Team        int
	Bot               bool
	Away              bool // the connection was broken at the end
	Left              bool // was not there any more at the end
}

// EndEmpty is the reason of a MatchResult when everybody had left. No client
// is there to be told.
const EndEmpty = endEmpty

const (
	maxLeavers = 256
	// maxResults bounds what waits for Options.OnResult.
	maxResults = 4096
	// lastResults is how long Drain waits for OnResult at least.
	lastResults = time.Second
)

func resultOf(p *Player) ResultPlayer {
	return ResultPlayer{ID: p.id, Account: p.account, Name: p.name, Seat: p.seat, Team: p.team, Bot: p.bot, Away: p.away}
}

// leavers are those who left a match before its end.
type leavers struct {
	list    []ResultPlayer
	omitted int
}

func (l *leavers) add(p *Player) {
	if len(l.list) >= maxLeavers {
		l.list = slices.Delete(l.list, 0, 1)
		l.omitted++
	}
	who := resultOf(p)
	who.Left = true
	l.list = append(l.list, who)
}

// drop forgets somebody who is back.
func (l *leavers) drop(id string) {
	l.list = slices.DeleteFunc(l.list, func(p ResultPlayer) bool { return p.ID == id })
}

// report hands in the result of a match.
func (l *lobby) report(r *run, reason string) {
	if l.dir.results.fn == nil {
		return
	}
	m := MatchResult{
		Lobby: l.id, Match: r.id, Game: l.game.Name, Seed: r.seed, Ticks: r.world.Tick(),
		Began: r.began, Ended: time.Now(), Reason: reason, Replay: r.rec.id(), Meta: l.meta, Omitted: r.left.omitted,
	}
	if reason == EndFinished {
		m.Result = r.result
	}
	for _, member := range l.seats {
		if member != nil {
			m.Players = append(m.Players, resultOf(member.player))
		}
	}
	m.Players = append(m.Players, r.left.list...)
	l.dir.results.put(m)
}

// results hands the results of matches to the studio, one at a time, on a
// goroutine that lives while there are some.
type results struct {
	fn  func(MatchResult)
	log zerolog.Logger

	mu    sync.Mutex // guards the following
	queue []MatchResult
	lost  uint64
	done  chan struct{} // closed when the goroutine ends; nil: there is none
}

func (r *results) put(m MatchResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.queue) >= maxResults {
		r.lost++
		return
	}
	r.queue = append(r.queue, m)
	if r.done == nil {
		r.done = make(chan struct{})
		go r.deliver(r.done) // ends when the queue is empty; Drain waits for it
	}
}

func (r *results) deliver(done chan struct{}) {
	defer close(done)
	for {
		r.mu.Lock()
		if len(r.queue) == 0 {
			r.queue, r.done = nil, nil
			r.mu.Unlock()
			return
		}
		m, lost := r.queue[0], r.lost
		r.queue[0] = MatchResult{}
		r.queue, r.lost = r.queue[1:], 0
		r.mu.Unlock()
		if lost > 0 {
			r.log.Error().Uint64("lost", lost).Msg("results of matches were dropped: Options.OnResult is too slow")
		}
		r.call(m)
	}
}

func (r *results) call(m MatchResult) {
	defer func() {
		if v := recover(); v != nil {
			r.log.Error().Str("reason", fmt.Sprint(v)).Str("match", m.Match).Bytes("stack", debug.Stack()).Msg("Options.OnResult panicked")
		}
	}()
	r.fn(m)
}

// wait returns when all is delivered, or when ctx and a last second are over.
func (r *results) wait(ctx context.Context) {
	r.mu.Lock()
	done := r.done
	r.mu.Unlock()
	if done == nil {
		return
	}
	select {
	case <-done:
		return
	case <-ctx.Done():
	}
	last := time.NewTimer(lastResults)
	defer last.Stop()
	select {
	case <-done:
	case <-last.C:
		r.log.Error().Msg("results of matches are lost: Options.OnResult does not come back")
	}
}
