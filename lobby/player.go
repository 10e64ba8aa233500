package lobby

// Player is one player as the rules see it. It is valid from Rules.Join to
// Rules.Leave; the pointer is the same for all of that time.
type Player struct {
	// Data is free for the rules, which alone touch it.
	Data any

	id   string
	seat int
	team int
	name string
	bot  bool
	away bool
}

// ID returns the player's id, unique in this process.
func (p *Player) ID() string { return p.id }

// Seat returns the player's place, 0 to MaxPlayers-1, unique in the lobby.
func (p *Player) Seat() int { return p.seat }

// Team returns the player's team, 1 to Game.Teams; 0 = the game has none.
func (p *Player) Team() int { return p.team }

// Name returns the display name: up to 16 characters, not unique.
func (p *Player) Name() string { return p.name }

// Away tells whether the player's connection broke; the seat is held for a
// while. No inputs come meanwhile.
func (p *Player) Away() bool { return p.away }

// Bot tells whether a program of the server plays.
func (p *Player) Bot() bool { return p.bot }
