package lobby

import (
	"cmp"
	"container/list"
	crand "crypto/rand"
	"encoding/binary"
	"math"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"tickwire/tick"
)

// Options of a Directory. Every zero value but Games is useful.
type Options struct {
	Games      []Game
	MaxLobbies int // default 10000

	// MaxLobbiesPerAddress bounds the lobbies that players of one address have
	// opened; see Joiner.Address. Default 0: no bound.
	MaxLobbiesPerAddress int

	MaxInput   int            // bytes of an input's payload; default 1024
	MaxInbox   int            // requests that wait for one lobby; default 1024, negative: no bound but 16 of each member
	MaxSurplus int            // inputs of a player that are dropped within 10 s before he is removed; default 2500, negative: any number
	Log        zerolog.Logger // default: nothing is logged

	// Grace is how long the place of a player whose connection broke is held
	// for JoinRequest.Resume. Default: not at all.
	Grace time.Duration

	// Reconnect is the time over which clients are asked to spread their coming
	// back after a drain; see [Drain]. Default 0: all at once.
	Reconnect time.Duration

	// CodeTTL is how long a lobby's code is good for; then it gets another, and
	// its members are told. Default: for the lobby's life.
	CodeTTL time.Duration

	// ChatEvery is the time that one player's lines of chat are apart on average;
	// five may come at once. Default 1 s.
	ChatEvery time.Duration

	// Moderate, if set, decides on each line of chat: it returns what is said
	// instead, or not ok. The goroutine that handed the line in calls it, for
	// several speakers at a time; while it takes, its speaker waits and nobody
	// else. When it panics the line is dropped.
	Moderate func(ChatLine) (text string, ok bool)

	// ModerateName, if set, does the same for the names that clients give
	// themselves and their lobbies; "" stands for a default. Names that come with
	// an account are not asked about.
	ModerateName func(Naming) (name string, ok bool)

	// OnResult, if set, gets the result of every match: one at a time, on a
	// goroutine of its own, in the order in which they ended. 4096 wait for it;
	// further ones are dropped, and told in the log. Drain waits for it.
	OnResult func(MatchResult)

	// Timers, if set, wakes up the matches of the lobbies that are made while it
	// runs. Once it runs, it must do so until Drain has returned. Default, and
	// for the other lobbies: the runtime's timers, which are late by 0.6 ms.
	Timers *tick.Driver

	// StepLimit is how long a call of a game's rules may take before the match
	// is given up and its players are released. Default 5 s; negative: forever.
	StepLimit time.Duration

	// Overran is told of steps that went over Game.StepBudget, at most once in 10
	// s for all matches: the place to ask for a trace, see tick/flight. It runs on
	// the lobby's goroutine and must not block.
	Overran func(Overrun)

	// Check makes every frame of each 64th tick carry the CRC of the state, which
	// clients compare with their own: for development.
	Check bool

	// Profile counts from the start of each match what its frames are made of;
	// see [Directory.Profile], which also does so for one match alone.
	Profile bool

	// Replays says where the logs of matches are kept; see Directory.Replays.
	Replays ReplayOptions

	// Seed gives each match the seed of its random source; several goroutines
	// call it. Default: crypto/rand.
	Seed func() uint64
}

// Directory knows all lobbies. Its methods may be called by any goroutine.
type Directory struct {
	// Read-only after New.
	opt   Options
	games *registry
	epoch time.Time // where the grids of all matches begin

	players, matches atomic.Uint64                     // ids that were given out
	past             *lru.Cache[string, *journal]      // of lobbies that are closed, by id
	guessers         *lru.Cache[string, *rate.Limiter] // who tried wrong codes lately
	hub              hub
	archive          archive
	overruns         overruns
	rush             rush
	results          results

	mu       sync.Mutex // guards the following and each lobby's listing
	ranked   []func(Ranking)
	lobbies  map[string]*lobby
	codes    map[string]*lobby
	accounts map[string]*Member   // the seat of each account that has one
	openers  map[string]int       // address → lobbies that it has opened
	byAge    *list.List           // *lobby, oldest first
	open     map[*game]*list.List // *lobby that quick join may pick, oldest first
	number   uint64               // of the youngest lobby
	running  int                  // goroutines
	draining bool
	idle     chan struct{} // closed once draining and nothing runs
}

// listing is what the directory knows of one lobby.
type listing struct {
	taken    int     // seats that are occupied or reserved
	holds    []*hold // those of them that wait for a ticket
	teams    []int   // players of each team
	watching int     // places of spectators, likewise
	bans     penalties
	invites  []*invite
	open     bool    // takes players in its present phase
	locked   bool    // turns newcomers away
	listed   bool    // those who watch lists know of it
	told     bool    // the hub knows that something has changed
	summary  Summary // empty until the first member is in
	first    Summary // what the operator sees until then
	run      *run    // for its counters

	byAge, quick *list.Element
}

// New checks the games and returns a directory without lobbies. It starts
// nothing: each lobby brings its goroutine and takes it along when it closes.
func New(o Options) (*Directory, error) {
	games, err := newRegistry(o.Games)
	if err != nil {
		return nil, err
	}
	o.MaxLobbies = cmp.Or(o.MaxLobbies, 10_000)
	o.ChatEvery = cmp.Or(o.ChatEvery, time.Second)
	o.MaxInput = cmp.Or(o.MaxInput, 1024)
	if o.MaxInbox = cmp.Or(o.MaxInbox, 1024); o.MaxInbox < 0 {
		o.MaxInbox = math.MaxInt
	}
	o.MaxSurplus = cmp.Or(o.MaxSurplus, 2500)
	o.StepLimit = cmp.Or(o.StepLimit, 5*time.Second)
	if o.Seed == nil {
		o.Seed = randomSeed
	}
	d := &Directory{
		opt: o, games: games, epoch: time.Now(), rush: rush{epoch: time.Now()},
		lobbies: map[string]*lobby{}, codes: map[string]*lobby{}, accounts: map[string]*Member{}, openers: map[string]int{},
		byAge: list.New(), open: map[*game]*list.List{}, idle: make(chan struct{}),
	}
	if err := d.archive.open(o.Replays, o.Log); err != nil {
		return nil, err
	}
	d.hub.dir = d
	d.results.fn, d.results.log = o.OnResult, o.Log
	if d.guessers, err = lru.New[string, *rate.Limiter](maxGuessers); err != nil {
		return nil, err
	}
	if d.past, err = lru.New[string, *journal](maxJournals); err != nil {
		return nil, err
	}
	for _, g := range games.list {
		d.open[g] = list.New()
	}
	return d, nil
}

func randomSeed() uint64 {
	var b [8]byte
	_, _ = crand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])
}

// Games returns the registered games in their order.
func (d *Directory) Games() []GameInfo {
	infos := make([]GameInfo, 0, len(d.games.list))
	for _, g := range d.games.list {
		infos = append(infos, g.info())
	}
	return infos
}

// maxList bounds one answer of List.
const maxList = 1000

// List returns the public lobbies, oldest first and at most 1000; game "" means
// all games.
func (d *Directory) List(game string) []Summary {
	d.mu.Lock()
	defer d.mu.Unlock()
	found := make([]Summary, 0, min(len(d.lobbies), maxList))
	for e := d.byAge.Front(); e != nil && len(found) < maxList; e = e.Next() {
		l := e.Value.(*lobby)
		if l.listed() && (game == "" || l.game.Name == game) {
			found = append(found, l.listing.summary)
		}
	}
	return found
}

// Stats returns the counts of all matches since the start.
func (d *Directory) Stats() (s Stats) {
	for _, g := range d.games.list {
		s = s.plus(g.meter.read())
	}
	return s
}

// Faults returns how many matches ended because their rules panicked.
func (d *Directory) Faults() (n uint64) {
	for _, g := range d.games.list {
		n += g.meter.faults.Load()
	}
	return n
}

// Stuck returns how many matches were given up because their rules did not
// come back. Each holds on to its goroutine.
func (d *Directory) Stuck() (n uint64) {
	for _, g := range d.games.list {
		n += g.meter.stuck.Load()
	}
	return n
}

// StepDurations tells how long the steps of all matches took.
func (d *Directory) StepDurations() (h Histogram) {
	for _, g := range d.games.list {
		h.add(g.meter.took.read())
	}
	return h
}

// StepLateness tells how long after their deadline the steps of all matches
// began.
func (d *Directory) StepLateness() (h Histogram) {
	for _, g := range d.games.list {
		h.add(g.meter.late.read())
	}
	return h
}

// Lobbies returns the number of lobbies.
func (d *Directory) Lobbies() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.lobbies)
}

// MaxLobbies is how many lobbies there may be.
func (d *Directory) MaxLobbies() int { return d.opt.MaxLobbies }

func (d *Directory) newTimer() *tick.Timer {
	if d.opt.Timers != nil && d.opt.Timers.Running() {
		return d.opt.Timers.NewTimer()
	}
	return tick.NewTimer()
}

func (d *Directory) nextPlayer() string {
	return "p" + strconv.FormatUint(d.players.Add(1), 36)
}

func (d *Directory) nextMatch() (id string, seed uint64) {
	return "m" + strconv.FormatUint(d.matches.Add(1), 36), d.opt.Seed()
}
