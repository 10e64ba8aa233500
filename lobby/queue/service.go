package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tickwire/lobby"
	"tickwire/lobby/matchmaker"
	"tickwire/lobby/rating"
)

// Options of a Service. Lobbies is required.
type Options struct {
	Lobbies *lobby.Directory

	Every  time.Duration // between two passes; default 1 s
	Hold   time.Duration // for the seats of a match; default 20 s
	Status time.Duration // between two unasked statuses of a ticket; default 5 s
	Max    int           // tickets in the queue of one game; default 20000

	// Ratings keeps the ratings of players. Default: those of 100,000 in memory.
	Ratings Store
	// System rates. Default: Weng-Lin with 1500 points for newcomers; 400 points
	// ahead win 10 of 11 games. Windows of skill are in its unit.
	System rating.System
	// RateAll has the rankings of all lobbies count, not only of those that the
	// queue has opened.
	RateAll bool

	// Log receives faults. The zero value is silent.
	Log zerolog.Logger
}

// Service runs the queues of a directory's games.
type Service struct {
	// Read-only after New.
	opt   Options
	epoch time.Time
	lines map[string]*line // of the games that have a queue

	inbox inbox

	// Owned by Run.
	tickets  map[string]*ticket // by id
	accounts map[string]*ticket // of their players
	credits  credits
	order    []*ticket // who is told their status, round and round
	next     int       // in order

	rated, unrated atomic.Uint64
}

// line is the queue of one game.
type line struct {
	// Read-only after New.
	info     lobby.GameInfo
	rules    matchmaker.Rules
	refills  bool // players may join a match that runs
	smallest int  // players of a match that is still worth it when some do not come

	// Owned by Run.
	queue     *matchmaker.Queue
	matches   map[string]*match // by lobby, of those that are open still
	order     []string          // of their lobbies
	vacancies []lobby.Vacancy

	stats counters
}

// New checks the options. It starts nothing.
func New(o Options) (*Service, error) {
	if o.Lobbies == nil {
		return nil, errors.New("queue: no lobbies")
	}
	o.Every = cmp.Or(o.Every, time.Second)
	o.Hold = cmp.Or(o.Hold, 20*time.Second)
	o.Status = cmp.Or(o.Status, 5*time.Second)
	o.Max = cmp.Or(o.Max, 20_000)
	if o.Every < time.Millisecond || o.Hold < time.Second || o.Hold > time.Hour || o.Status < 0 || o.Max < 1 {
		return nil, errors.New("queue: need Every >= 1 ms, 1 s <= Hold <= 1 h, Status >= 0, Max >= 1")
	}
	if o.Ratings == nil {
		o.Ratings = NewMemory(100_000)
	}
	if o.System == nil {
		o.System = points
	}
	s := &Service{
		opt: o, epoch: time.Now(), lines: map[string]*line{},
		tickets: map[string]*ticket{}, accounts: map[string]*ticket{}, credits: newCredits(),
	}
	s.inbox.init(o.Max)
	for _, info := range o.Lobbies.Games() {
		rules := o.Lobbies.QueueRules(info.Name)
		if rules == nil {
			continue
		}
		q, err := matchmaker.New(*rules)
		if err != nil {
			return nil, fmt.Errorf("queue of %s: %w", info.Name, err)
		}
		s.lines[info.Name] = newLine(info, q)
	}
	o.Lobbies.OnRanking(s.ranked)
	return s, nil
}

func newLine(info lobby.GameInfo, q *matchmaker.Queue) *line {
	l := &line{info: info, rules: q.Rules(), refills: info.LateJoin, queue: q, matches: map[string]*match{}}
	if info.Teams == 0 { // nobody misses one of many
		l.smallest = l.rules.MinTeams * l.rules.MinTeamSize
	}
	return l
}

// Run makes the passes until ctx ends; then all who wait are told so. It
// returns when that is done. It runs once.
func (s *Service) Run(ctx context.Context) {
	passes := time.NewTicker(s.opt.Every)
	defer passes.Stop()
	for {
		select {
		case <-s.inbox.wake:
			s.work()
		case <-passes.C:
			s.work()
			s.pass()
		case <-ctx.Done():
			s.close()
			return
		}
	}
}

func (s *Service) now() time.Duration { return time.Since(s.epoch) }

// work does what was asked.
func (s *Service) work() {
	for _, c := range s.inbox.take() {
		c.do()
	}
}

// close tells everybody that it is over.
func (s *Service) close() {
	for _, c := range s.inbox.close() {
		if c.fail == nil {
			c.do() // somebody leaves, or a match has settled
		} else {
			c.fail(errClosed)
		}
	}
	for _, t := range s.tickets {
		t.tell(EventClosed, Closed{Game: t.line.info.Name, Code: errClosed.Code, Message: errClosed.Message})
	}
	clear(s.tickets)
	clear(s.accounts)
}

var errClosed = &lobby.Error{Code: lobby.Draining, Message: "the server is shutting down; connect again in a moment"}
