package party_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"tickwire/lobby"
	"tickwire/lobby/party"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// someone is a connection that remembers what it was told.
type someone struct {
	name, account string

	mu     sync.Mutex
	events []*lobby.Event

	member *party.Member
	token  string
	you    string
	view   party.View
}

func (s *someone) joiner() party.Joiner {
	return party.Joiner{Name: s.name, Account: s.account, Push: func(ev *lobby.Event) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.events = append(s.events, ev)
		if v, ok := ev.Args[0].(party.View); ok && v.Rev > s.view.Rev {
			s.view = v
		}
	}}
}

func (s *someone) enter(j party.Joined, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.member, s.token, s.you = j.Member, j.Token, j.Party.You
		if j.Party.Rev >= s.view.Rev || j.Party.ID != s.view.ID { // no update was faster
			s.view = j.Party
		}
	}
	return err
}

// told returns the pushes of one type.
func told[T any](s *someone) (all []T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ev := range s.events {
		if v, ok := ev.Args[0].(T); ok {
			all = append(all, v)
		}
	}
	return all
}

func wantCode(t *testing.T, err error, code lobby.Code) {
	t.Helper()
	if e := lobby.AsError(err); e == nil || e.Code != code || e.Message == "" {
		t.Errorf("got %v, want %s", err, code)
	}
}

// gather makes a party of these names, the first of whom leads.
func gather(t *testing.T, b *party.Book, names ...string) []*someone {
	t.Helper()
	var all []*someone
	for i, name := range names {
		s := &someone{name: name}
		all = append(all, s)
		var err error
		if i == 0 {
			err = s.enter(b.Create(s.joiner()))
		} else {
			err = s.enter(b.Join(invitation(t, all[0]), s.joiner()))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func invitation(t *testing.T, s *someone) string {
	t.Helper()
	inv, err := s.member.Invite(false)
	if err != nil {
		t.Fatal(err)
	}
	return inv.Code
}

func (s *someone) names() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, m := range s.view.Members {
		name := m.Name
		if m.ID == s.view.Leader {
			name = strings.ToUpper(name)
		}
		if m.Away {
			name += "?"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestPartyFromInvitationToEnd(t *testing.T) {
	b := party.New(party.Options{})
	all := gather(t, b, "ann", "bob", "cat")
	ann, bob, cat := all[0], all[1], all[2]
	for _, s := range all {
		if s.names() != "ANN bob cat" {
			t.Errorf("%s sees %q", s.name, s.names())
		}
	}
	wantCode(t, bob.member.Lead(cat.member.ID()), lobby.NotLeader)
	wantCode(t, bob.member.Kick(cat.member.ID()), lobby.NotLeader)
	wantCode(t, ann.member.Kick("g999"), lobby.NotFound)
	wantCode(t, ann.member.Kick(ann.member.ID()), lobby.BadRequest)
	if err := ann.member.Lead(bob.member.ID()); err != nil || cat.names() != "ann BOB cat" {
		t.Errorf("%v, cat sees %q", err, cat.names())
	}
	code := invitation(t, cat)
	if err := bob.member.Kick(ann.member.ID()); err != nil {
		t.Fatal(err)
	}
	if closed := told[party.Closed](ann); len(closed) != 1 || closed[0].Code != lobby.Kicked || !ann.member.Gone() {
		t.Errorf("ann is told %+v", closed)
	}
	_, err := b.Join(code, ann.joiner())
	wantCode(t, err, lobby.BadCode) // is as good as the one who was put out
	if err := bob.member.Leave(); err != nil || cat.names() != "CAT" {
		t.Errorf("%v, cat sees %q", err, cat.names())
	}
	wantCode(t, bob.member.Leave(), lobby.NotInParty)
	_, err = bob.member.Invite(false)
	wantCode(t, err, lobby.NotInParty)
	if err := cat.member.Leave(); err != nil || b.Len() != 0 {
		t.Errorf("%v, %d parties are left", err, b.Len())
	}
}

func TestInvitations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := party.New(party.Options{Size: 3, Invite: time.Minute})
		all := gather(t, b, "ann", "bob")
		code := invitation(t, all[0])
		if again := invitation(t, all[1]); again != code || len(code) != 8 {
			t.Errorf("codes %q and %q", code, again)
		}
		eve := &someone{name: "eve"}
		for _, wrong := range []string{"", "ABC", "ABCDEFG0", "22222222", strings.Repeat("2", 1000)} {
			_, err := b.Join(wrong, eve.joiner())
			wantCode(t, err, lobby.BadCode)
		}
		_, err := all[1].member.Invite(true)
		wantCode(t, err, lobby.NotLeader)
		time.Sleep(59 * time.Second)
		if err := eve.enter(b.Join(strings.ToLower(code[:4])+"-"+code[4:], eve.joiner())); err != nil {
			t.Error(err)
		}
		fay := &someone{name: "fay"}
		_, err = b.Join(code, fay.joiner())
		wantCode(t, err, lobby.PartyFull)
		time.Sleep(2 * time.Second)
		_ = eve.member.Leave()
		_, err = b.Join(code, fay.joiner())
		wantCode(t, err, lobby.BadCode)
		fresh := invitation(t, all[0])
		renewed, err := all[0].member.Invite(true)
		if err != nil || renewed.Code == fresh || fresh == code || renewed.ExpiresMs != 60_000 {
			t.Errorf("%v: %q, %q, %+v", err, code, fresh, renewed)
		}
		_, err = b.Join(fresh, fay.joiner())
		wantCode(t, err, lobby.BadCode)
	})
}

func TestBrokenConnectionKeepsItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := party.New(party.Options{Grace: 10 * time.Second})
		all := gather(t, b, "ann", "bob", "cat")
		ann, bob, cat := all[0], all[1], all[2]
		ann.member.Disconnect()
		ann.member.Disconnect() // late news
		if bob.names() != "ANN? bob cat" {
			t.Errorf("bob sees %q", bob.names())
		}
		time.Sleep(5 * time.Second)
		cat.member.Disconnect()
		back := &someone{name: "other name"}
		if err := back.enter(b.Resume(ann.token, back.joiner())); err != nil {
			t.Fatal(err)
		}
		if back.names() != "ANN bob cat?" || back.token != ann.token || back.you != back.member.ID() || !ann.member.Gone() {
			t.Errorf("came back as %+v", back.view)
		}
		ann.member.Disconnect() // later still
		time.Sleep(7 * time.Second)
		if bob.names() != "ANN bob cat?" {
			t.Errorf("bob sees %q", bob.names())
		}
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if bob.names() != "ANN bob" {
			t.Errorf("bob sees %q", bob.names())
		}
		_, err := b.Resume(cat.token, cat.joiner())
		wantCode(t, err, lobby.NotFound)
		for _, token := range []string{"", ".", "x.y", bob.member.PartyID() + ".", bob.token + "x"} {
			_, err := b.Resume(token, cat.joiner())
			wantCode(t, err, lobby.NotFound)
		}
		// A second device takes over from the first.
		phone := &someone{}
		if err := phone.enter(b.Resume(bob.token, phone.joiner())); err != nil {
			t.Fatal(err)
		}
		if closed := told[party.Closed](bob); len(closed) != 1 || closed[0].Code != lobby.Replaced {
			t.Errorf("bob is told %+v", closed)
		}
		wantCode(t, bob.member.Leave(), lobby.NotInParty)
		// Who leads hands over to somebody who is there.
		back.member.Disconnect()
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if phone.names() != "BOB" {
			t.Errorf("left: %q", phone.names())
		}
		phone.member.Disconnect()
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if b.Len() != 0 {
			t.Error("a party of the absent is left")
		}
	})
}

func TestAccountIsInOneParty(t *testing.T) {
	b := party.New(party.Options{Max: 2})
	ann, phone := &someone{name: "ann", account: "a1"}, &someone{name: "ann", account: "a1"}
	if err := ann.enter(b.Create(ann.joiner())); err != nil {
		t.Fatal(err)
	}
	_, err := b.Create(phone.joiner())
	wantCode(t, err, lobby.AlreadyInParty)
	_, err = b.Join(invitation(t, ann), phone.joiner())
	wantCode(t, err, lobby.AlreadyInParty)
	thief := &someone{name: "eve", account: "e1"}
	_, err = b.Resume(ann.token, thief.joiner())
	wantCode(t, err, lobby.NotFound)
	if err := phone.enter(b.Resume(ann.token, phone.joiner())); err != nil {
		t.Fatal(err)
	}
	if err := phone.member.Leave(); err != nil {
		t.Fatal(err)
	}
	if err := ann.enter(b.Create(ann.joiner())); err != nil {
		t.Errorf("after leaving: %v", err)
	}
	gather(t, b, "bob")
	_, err = b.Create(thief.joiner())
	wantCode(t, err, lobby.Busy)
}

func TestMovingTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := party.New(party.Options{})
		all := gather(t, b, "ann", "bob", "cat", "dan")
		ann, bob, cat, dan := all[0], all[1], all[2], all[3]
		_, err := bob.member.Companions()
		wantCode(t, err, lobby.NotLeader)
		others, err := ann.member.Companions()
		if err != nil || len(others) != 3 || others[0].ID != bob.member.ID() {
			t.Fatalf("%v, %+v", err, others)
		}
		cat.member.Disconnect()
		_ = dan.member.Leave()
		r := lobby.Reservation{Lobby: "l1", Code: "ABCDE", Tickets: []string{"t1", "t2", "t3"}, Expires: time.Now().Add(20 * time.Second)}
		if unused := ann.member.Follow("arena", others, r); len(unused) != 1 || unused[0] != "t3" {
			t.Errorf("unused: %v", unused)
		}
		want := party.Follow{Party: ann.member.PartyID(), Game: "arena", Lobby: "l1", Code: "ABCDE", Ticket: "t1", ExpiresMs: 20_000}
		if f := told[party.Follow](bob); len(f) != 1 || f[0] != want {
			t.Errorf("bob is told %+v", f)
		}
		time.Sleep(5 * time.Second)
		back := &someone{}
		if err := back.enter(b.Resume(cat.token, back.joiner())); err != nil {
			t.Fatal(err)
		}
		if f := told[party.Follow](back); len(f) != 1 || f[0].Ticket != "t2" || f[0].Lobby != "l1" {
			t.Errorf("cat comes back and is told %+v", f)
		}
		if told[party.Follow](ann) != nil {
			t.Error("the leader follows")
		}
	})
}

// Whoever joins, leaves and vanishes at the same time: never a member too many,
// the newest update is the truth, and nothing is left in the end.
func TestSimultaneousRequests(t *testing.T) {
	var changes atomic.Int64
	b := party.New(party.Options{Size: 8, Grace: -1, Changed: func(string) { changes.Add(1) }})
	ann := gather(t, b, "ann")[0]
	code := invitation(t, ann)
	var calls sync.WaitGroup
	var in atomic.Int64
	for i := range 200 {
		calls.Go(func() {
			s := &someone{name: "x"}
			if err := s.enter(b.Join(code, s.joiner())); err != nil {
				wantCode(t, err, lobby.PartyFull)
				return
			}
			if n := in.Add(1); n > 7 {
				t.Errorf("%d joined a party of 8", n+1)
			}
			if i%10 == 0 {
				return // stays
			}
			in.Add(-1)
			if i%2 == 0 {
				s.member.Disconnect()
			} else if err := s.member.Leave(); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	ann.mu.Lock()
	defer ann.mu.Unlock()
	if n := int(in.Load()) + 1; len(ann.view.Members) != n {
		t.Errorf("ann sees %d members, there are %d", len(ann.view.Members), n)
	}
	if changes.Load() == 0 {
		t.Error("no change was told")
	}
}
