package lobby

import "tickwire/codec/state"

// Player is one player as the rules see it. It is valid from Rules.Join to
// Rules.Leave; the pointer is the same for all of that time.
type Player struct {
	// Data is free for the rules, which alone touch it.
	Data any

	id   string
	seat int
	team int
	name string

	account, address, rated string // of the Joiner

	bot  bool
	away bool

	match *Match // between Join and Leave
	owner state.Owner
	view  *state.View // nil: what is public
	bound *bound      // nil: none
}

// bound keeps the frames of one player small. It does not change.
type bound struct {
	bytes    int
	priority func(typeName string, id state.ID) float64
}

// ID returns the player's id, unique in this process.
func (p *Player) ID() string { return p.id }

// Seat returns the player's place, 0 to MaxPlayers-1, unique in the lobby.
func (p *Player) Seat() int { return p.seat }

// Team returns the player's team, 1 to Game.Teams; 0 = the game has none.
func (p *Player) Team() int { return p.team }

// Name returns the display name: up to 16 characters, not unique.
func (p *Player) Name() string { return p.name }

// Account returns who the player is on every connection, as the server's
// operator verified it; "" is a guest.
func (p *Player) Account() string { return p.account }

// Away tells whether the player's connection broke; the seat is held for a
// while. No inputs come meanwhile.
func (p *Player) Away() bool { return p.away }

// Bot tells whether a program of the server plays.
func (p *Player) Bot() bool { return p.bot }

// Owner is the player as the owner of private components, see
// [state.RegisterPrivate]. No other player of the match, before or after, has the
// same.
func (p *Player) Owner() state.Owner { return p.owner }

// See makes the player see through v from the next frame on, which is a
// keyframe; nil is what is public. Players with the same view share its frames.
// Call it in Rules.Join for who must never see the public view.
func (p *Player) See(v *state.View) {
	if p.match == nil || p.view == v {
		return
	}
	old := p.view
	p.view = v
	p.match.unseen(old)
}

// NewView makes a view of the player's own and lets the player see through it:
// what is private to the player is in it, and [state.View.Look] moves its
// centre. Others may see through it, too, as after being shot. It is closed when
// the last of them leaves or is shown another.
func (p *Player) NewView(o state.ViewOptions) *state.View {
	if o.Owner == 0 {
		o.Owner = p.owner
	}
	v := p.match.world.NewView(o)
	p.match.personal[v] = true
	p.See(v)
	return v
}

// Bound keeps each of the player's frames within so many bytes: what does not
// fit comes later, the important first; see [state.FeedOptions]. 0: no bound.
// It costs the player's frames to be made for the player alone.
func (p *Player) Bound(bytes int, priority func(typeName string, id state.ID) float64) {
	p.bound = nil
	if bytes > 0 {
		p.bound = &bound{bytes, priority}
	}
}

// enter begins the player's part in a match.
func (p *Player) enter(m *Match, owner uint32) {
	p.match, p.owner, p.view, p.bound = m, state.Owner(owner), nil, nil
}

// exit ends it.
func (p *Player) exit() {
	p.See(nil)
	p.match = nil
}
