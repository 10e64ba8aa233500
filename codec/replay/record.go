package replay

import "errors"

// Version is that of the format, the last byte of the magic.
const Version = 1

// Kind tells what a record says.
type Kind uint8

// The kinds of records, in the order in which a log usually has them.
const (
	Start  Kind = iota + 1 // Header: the first record, and only that
	Schema                 // Data: schema of the state, before the first frame
	Join                   // Player: plays from now on
	Leave                  // Seat: plays no longer
	Away                   // Seat, Flag: the connection broke (1), or is back (0)
	Input                  // Seat, Seq, View, Flag (1: repeated), Data: as the rules got it
	Step                   // Sum, Rand: a step was done, and this is what came out
	Close                  // Sum, Rand: a tick was closed without a step
	Tables                 // Data: tables of the frames from here on
	Frame                  // Data: B-form frame from the tick before to this one, all entities
	Key                    // Data: the same state as a keyframe
	Event                  // Seat (-1: everybody), Name, Data: MessagePack, sent in this tick
	End                    // Name: the reason, Data: the result in MessagePack
	kinds
)

// Header is what is known of a match before it begins.
type Header struct {
	Build      string // version of the program
	Game       string
	Match      string // id
	Seed       uint64
	Hz         int
	SendHz     int
	MaxPlayers int
	Started    int64 // ms since 1970
}

// Player is who joins.
type Player struct {
	Seat    int
	Team    int
	ID      string
	Name    string
	Account string
	Bot     bool
}

// Record is one entry of a log. Which fields mean something depends on Kind.
type Record struct {
	Kind   Kind
	Header Header
	Player Player
	Seat   int
	Flag   bool
	Seq    uint32
	View   uint64 // tick that the player saw, in 1/256 ticks; 0 = not told
	Sum    uint32
	Rand   uint16
	Name   string
	Data   []byte
}

// Errors of a Reader. What was read before either is good.
var (
	ErrMalformed = errors.New("replay: not a log, or a broken one")
	// ErrCut is a log that ends in the middle: the program was killed, or the
	// disk was full.
	ErrCut = errors.New("replay: the log is cut off")
)

const (
	magic    = "TWREPLAY"
	maxChunk = 8 << 20 // bytes, packed or not
	maxText  = 256     // bytes
	maxSeat  = 1 << 16
)
