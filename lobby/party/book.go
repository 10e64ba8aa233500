package party

import (
	"cmp"
	crand "crypto/rand"
	"crypto/subtle"
	"strconv"
	"strings"
	"sync"
	"time"

	"tickwire/lobby"
)

// Options of a Book. The zero value is useful.
type Options struct {
	Size   int           // members of a party, 2 to 64; default 8
	Max    int           // parties; default 10000
	Grace  time.Duration // how long the place of a broken connection is held; default 30 s, negative: not at all
	Invite time.Duration // how long an invitation is good for; default 10 min

	// Changed, if set, is told of each party whose members are others than
	// before, or that is gone. It must not block.
	Changed func(party string)
}

// Book holds all parties of a server.
type Book struct {
	// Read-only after New.
	opt Options

	mu       sync.Mutex // guards the following, and all parties and members
	parties  map[string]*party
	codes    map[string]*party // of invitations, some of them expired
	accounts map[string]*Member
	number   uint64 // of members and parties that were made
	outbox   outbox
	expiry   expiry
}

// party is some people who stay together.
type party struct {
	book    *Book
	id      string
	rev     uint64
	leader  *Member
	members []*Member // in the order of their joining

	code  string    // of the invitation; "" = none
	until time.Time // it is good for
}

// Joiner is who wants to be in a party.
type Joiner struct {
	Push    func(*lobby.Event) // sends an event; must not block
	Name    string             // to be shown
	Account string             // verified; "" is a guest
	Rated   string             // names the connection's player in the ratings
}

// New returns a book without parties. It starts nothing.
func New(o Options) *Book {
	o.Size = min(max(2, cmp.Or(o.Size, 8)), 64)
	o.Max = cmp.Or(o.Max, 10_000)
	o.Grace = max(0, cmp.Or(o.Grace, 30*time.Second))
	o.Invite = cmp.Or(o.Invite, 10*time.Minute)
	return &Book{
		opt: o, parties: map[string]*party{}, codes: map[string]*party{}, accounts: map[string]*Member{},
	}
}

// Size is how many members a party may have.
func (b *Book) Size() int { return b.opt.Size }

// Len is the number of parties.
func (b *Book) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.parties)
}

// Joined is the answer to who is in a party now.
type Joined struct {
	Member *Member
	Party  View
	Token  string // secret; takes the place again after a broken connection
}

// Create makes a party that j leads.
func (b *Book) Create(j Joiner) (Joined, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.mayJoinLocked(&j); err != nil {
		return Joined{}, err
	}
	if len(b.parties) >= b.opt.Max {
		return Joined{}, refuse(lobby.Busy, "the server has "+strconv.Itoa(len(b.parties))+" parties and takes no more; try again later")
	}
	p := &party{book: b, id: "y" + b.nextLocked()}
	b.parties[p.id] = p
	m := b.addLocked(p, &j)
	p.leader = m
	return m.joinedLocked(), nil
}

// Join brings j into the party that has invited with this code.
func (b *Book) Join(code string, j Joiner) (Joined, error) {
	defer b.flush()
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.mayJoinLocked(&j); err != nil {
		return Joined{}, err
	}
	code, ok := lobby.ParseCode(code, codeLength)
	if !ok {
		return Joined{}, refuse(lobby.BadCode, "the code of an invitation has "+strconv.Itoa(codeLength)+" letters and digits")
	}
	p := b.codes[code]
	switch {
	case p == nil || !time.Now().Before(p.until):
		return Joined{}, refuse(lobby.BadCode, "the invitation has expired or never was: ask for another")
	case len(p.members) >= b.opt.Size:
		return Joined{}, refuse(lobby.PartyFull, "the party has "+strconv.Itoa(b.opt.Size)+" members and takes no more")
	}
	m := b.addLocked(p, &j)
	b.changedLocked(p)
	return m.joinedLocked(), nil
}

// Resume gives the place that a token names to another connection, whether the
// earlier one is known to be broken or not. The member is the same as before,
// and so is the token; what the earlier connection still asks for is refused.
func (b *Book) Resume(token string, j Joiner) (Joined, error) {
	defer b.flush()
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.holderLocked(token)
	if old == nil || old.account != j.Account {
		return Joined{}, refuse(lobby.NotFound, "your place in the party is given up: join again")
	}
	m := old.succeedLocked(&j)
	b.tellLocked(old, EventClosed, Closed{Party: m.party.id, Code: lobby.Replaced, Message: "you are in the party from another connection"})
	old.gone, old.push = true, nil
	b.updateLocked(m.party)
	if time.Now().Before(m.pending.until) {
		b.sendLocked(m, m.pending.event, time.Time{})
	}
	return m.joinedLocked(), nil
}

func (b *Book) holderLocked(token string) *Member {
	id, _, _ := strings.Cut(token, ".")
	p := b.parties[id]
	if p == nil {
		return nil
	}
	var found *Member
	for _, m := range p.members {
		if subtle.ConstantTimeCompare([]byte(m.token), []byte(token)) == 1 {
			found = m
		}
	}
	return found
}

func (b *Book) mayJoinLocked(j *Joiner) error {
	if j.Account != "" && b.accounts[j.Account] != nil {
		return refuse(lobby.AlreadyInParty, "this account is in a party already: leave it first")
	}
	return nil
}

func (b *Book) addLocked(p *party, j *Joiner) *Member {
	m := &Member{
		book: b, party: p, id: "g" + b.nextLocked(), name: lobby.DisplayName(j.Name), account: j.Account, rated: j.Rated,
		token: p.id + "." + crand.Text(), push: j.Push,
	}
	if m.account != "" {
		b.accounts[m.account] = m
	}
	p.members = append(p.members, m)
	return m
}

func (b *Book) nextLocked() string {
	b.number++
	return strconv.FormatUint(b.number, 36)
}

func refuse(code lobby.Code, message string) *lobby.Error {
	return &lobby.Error{Code: code, Message: message}
}
