package lobby

import (
	"context"
	"time"

	"github.com/rs/zerolog"
)

// Options of a Directory. Every zero value but Games is useful.
type Options struct {
	Games      []Game
	MaxLobbies int            // default 10000
	MaxInput   int            // bytes of an input's payload; default 1024
	Log        zerolog.Logger // default: nothing is logged

	// Grace is how long the place of a player whose connection broke is held;
	// negative: not at all. Default 0, not at all, until clients ask for it.
	Grace time.Duration

	// Seed gives each match the seed of its random source. Default: crypto/rand.
	Seed func() uint64
}

// Directory knows all lobbies. Its methods may be called by any goroutine.
type Directory struct{}

// Joiner is who wants a place.
type Joiner struct {
	Conn   Conn
	Name   string // display name; default guest-xxxx
	Bot    bool   // a program of the server
	Form   string // wire form of the state: "M" (default) or "B"
	Schema string // hash of the state schema that the client was built for; "" = takes any
}

// CreateRequest asks for a new lobby.
type CreateRequest struct {
	Joiner
	Game       string
	LobbyName  string // default "<player>'s lobby"
	Visibility Visibility
	Max        int            // seats; default the game's
	Meta       map[string]any // up to 16 labels: strings (64 characters), numbers, booleans
}

// JoinRequest asks for a place in a lobby given by id, by code, or by the token
// of a place that is held.
type JoinRequest struct {
	Joiner
	ID     string
	Code   string
	Resume string // Joined.Token of the place whose connection broke
}

// QuickRequest asks for a place in any public lobby of the game, a new one if
// need be.
type QuickRequest struct {
	Joiner
	Game string
}

// Joined is the answer to a request for a place.
type Joined struct {
	Member *Member
	Lobby  View
	You    You
	Token  string // secret; takes the place again after a broken connection
}

// New checks the games and returns a directory without lobbies. It starts
// nothing.
func New(o Options) (*Directory, error) { return &Directory{}, nil }

// Games returns the registered games in their order.
func (d *Directory) Games() []GameInfo { return nil }

// List returns the public lobbies, oldest first; game "" means all games.
func (d *Directory) List(game string) []Summary { return nil }

// Create makes a lobby with the caller in it. done is called once, by the
// lobby's goroutine before it pushes anything else to Conn, or by the caller's.
func (d *Directory) Create(req CreateRequest, done func(Joined, error)) {}

// Join takes a place in a lobby. done is called as by Create.
func (d *Directory) Join(req JoinRequest, done func(Joined, error)) {}

// Quick takes a place in the fullest way: the oldest public lobby that has one,
// or a new lobby. Simultaneous callers end up together. done is called as by
// Create.
func (d *Directory) Quick(req QuickRequest, done func(Joined, error)) {}

// Drain takes no new lobbies and players, tells everybody, lets matches end,
// and returns when all lobbies are closed. Matches that still run when ctx ends
// are ended with a last state.
func (d *Directory) Drain(ctx context.Context) error { return nil }
