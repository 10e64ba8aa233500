package lobby_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

// soak is how long TestSoak plays, in virtual time: go test ./lobby -run Soak -soak 10m
var soak = flag.Duration("soak", 15*time.Second, "virtual time that TestSoak plays")

// storm is dots in rules that end, panic and hang now and then, everywhere.
type storm struct {
	*dots
	let  chan struct{} // closed: nothing hangs any more
	hung *atomic.Int64
}

func (s *storm) strike(rare int) {
	switch n := s.match.Rand().IntN(1000 * rare); {
	case n < 50:
		s.match.End(n)
	case n < 56:
		panic("struck")
	case n < 66:
		s.hung.Add(1)
		<-s.let
	}
}

func (s *storm) Join(p *lobby.Player)  { s.dots.Join(p); s.strike(10) }
func (s *storm) Leave(p *lobby.Player) { s.dots.Leave(p); s.strike(10) }
func (s *storm) Step(tick uint32)      { s.strike(20) }
func (s *storm) Input(p *lobby.Player, in lobby.Input) {
	s.dots.Input(p, in)
	s.strike(20)
}

// sailor is a player in the storm.
type sailor struct {
	mute
	account string
	token   string

	mu     sync.Mutex // guards the following
	member *lobby.Member
	asked  bool // for a place, and no answer yet
}

func (s *sailor) placed(j lobby.Joined, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = false
	if err == nil {
		s.member, s.token = j.Member, j.Token
	}
}

// act does something at random.
func (s *sailor) act(d *lobby.Directory, r *rand.Rand, game string) {
	s.mu.Lock()
	m, busy := s.member, s.asked
	here := m != nil && !m.Gone()
	s.asked = busy || !here
	s.mu.Unlock()
	j := lobby.Joiner{Conn: s, Account: s.account}
	switch n := r.IntN(100); {
	case busy:
	case !here && n < 30 && s.token != "":
		d.Join(lobby.JoinRequest{Joiner: j, Resume: s.token}, s.placed)
	case !here && n < 35:
		d.Create(lobby.CreateRequest{Joiner: j, Game: game}, s.placed)
	case !here:
		d.Quick(lobby.QuickRequest{Joiner: j, Game: game}, s.placed)
	case n < 40:
		_ = m.Input(uint32(n)+1, 0, []byte{byte(n)})
	case n < 80:
		m.Ready(true, nil)
	case n < 85:
		m.Disconnect()
		s.forget()
	case n < 90:
		m.Leave(nil)
		s.forget()
	case n < 95:
		m.Role("", []lobby.Role{lobby.RoleSpectator, lobby.RolePlayer}[n%2], nil)
	}
}

// forget makes a later Resume the only way back.
func (s *sailor) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.member = nil
}

// Two hundred matches with people who come, go, break off and come back, in
// rules that panic and hang: no lobby and no seat is lost, nothing goes on in
// the end, and the counts add up.
func TestSoak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hung, began atomic.Int64
		var seed atomic.Uint64
		let := make(chan struct{})
		rules := func(m *lobby.Match) lobby.Rules {
			if m.ID() != "" { // not the trial
				began.Add(1)
			}
			return &storm{newDots(m).(*dots), let, &hung}
		}
		round, open := gather, arena
		round.New, round.Spectators, round.Countdown = rules, true, time.Second
		open.New, open.Spectators = rules, true
		var mu sync.Mutex
		ends := map[string]int64{}
		d, err := lobby.New(lobby.Options{
			Games: []lobby.Game{round, open}, Grace: 3 * time.Second, Replays: lobby.ReplayOptions{Off: true}, Seed: func() uint64 { return seed.Add(1) },
			OnResult: func(m lobby.MatchResult) { mu.Lock(); ends[m.Reason]++; mu.Unlock() },
		})
		if err != nil {
			t.Fatal(err)
		}
		sailors := make([]*sailor, 600)
		for i := range sailors {
			sailors[i] = &sailor{account: fmt.Sprint("acc", i)}
		}
		most := 0
		choose := rand.New(rand.NewPCG(3, 4))
		for until := time.Now().Add(*soak); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
			for range 40 {
				i := choose.IntN(len(sailors))
				sailors[i].act(d, choose, []string{"gather", "arena"}[i%2])
			}
			most = max(most, d.Lobbies())
		}
		for _, s := range sailors { // and no way back
			s.mu.Lock()
			if s.member != nil {
				s.member.Leave(nil)
			}
			s.mu.Unlock()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := d.Lobbies(); n != 0 {
			t.Errorf("%d lobbies of nobody", n)
		}
		for _, s := range sailors {
			if s.asked {
				t.Errorf("%s was never answered", s.account)
			}
			d.Join(lobby.JoinRequest{Joiner: lobby.Joiner{Conn: s, Account: s.account}}, func(_ lobby.Joined, err error) {
				wantCode(t, err, lobby.NotFound)
			})
		}
		mu.Lock()
		defer mu.Unlock()
		total := int64(0)
		for _, n := range ends {
			total += n
		}
		if total != began.Load() || ends[lobby.EndFault] != int64(d.Faults()) || ends[lobby.EndStuck] != int64(d.Stuck()) || ends[lobby.EndStuck] != hung.Load() {
			t.Errorf("%d matches began, %d hung, ended: %v; %d faults, %d stuck", began.Load(), hung.Load(), ends, d.Faults(), d.Stuck())
		}
		if most < 100 || ends[lobby.EndFault] == 0 || ends[lobby.EndStuck] == 0 || ends[lobby.EndFinished] == 0 || ends[lobby.EndEmpty] == 0 {
			t.Errorf("not much of a storm: %d lobbies at most, %v", most, ends)
		}
		t.Logf("%d lobbies at most, %d matches, %v, %d ticks", most, total, ends, d.Stats().Ticks)
		close(let)
		shut(t, d)
	})
}
