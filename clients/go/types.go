package client

import (
	"fmt"

	"tickwire/codec/socketio"
)

// Error is a refusal by the server: one of the codes of docs/protocol.md and a
// sentence.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Reason  string `json:"reason"` // of UNAUTHORIZED: what is wrong with the token
}

func (e *Error) Error() string {
	if e.Code == "" {
		return e.Message
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// GameInfo describes a game that a server offers.
type GameInfo struct {
	Name       string `json:"name"`
	Title      string `json:"title"`
	Min        int    `json:"min"`
	Max        int    `json:"max"`
	Hz         int    `json:"hz"`
	DropIn     bool   `json:"dropIn"`
	Teams      int    `json:"teams"`
	Spectators bool   `json:"spectators"`
}

// Summary is a lobby as a list shows it.
type Summary struct {
	ID         string         `json:"id"`
	Code       string         `json:"code"`
	Game       string         `json:"game"`
	Name       string         `json:"name"`
	Phase      string         `json:"phase"`
	Players    int            `json:"players"`
	Max        int            `json:"max"`
	Visibility string         `json:"visibility"`
	Password   bool           `json:"password"`
	Locked     bool           `json:"locked"`
	Meta       map[string]any `json:"meta"`
}

// Lobby is a lobby as its members see it.
type Lobby struct {
	ID          string         `json:"id"`
	Code        string         `json:"code"`
	Game        string         `json:"game"`
	Name        string         `json:"name"`
	Phase       string         `json:"phase"`
	Visibility  string         `json:"visibility"`
	Min         int            `json:"min"`
	Max         int            `json:"max"`
	Leader      string         `json:"leader"`
	Players     []Member       `json:"players"`
	CountdownMs int            `json:"countdownMs"`
	Teams       int            `json:"teams"`
	Spectators  int            `json:"spectators"`
	Password    bool           `json:"password"`
	Locked      bool           `json:"locked"`
	Meta        map[string]any `json:"meta"`
	Rev         uint64         `json:"rev"`
}

// Member is one player of a lobby.
type Member struct {
	ID    string `json:"id"`
	Seat  int    `json:"seat"`
	Team  int    `json:"team"` // from 1; 0 = none
	Name  string `json:"name"`
	Ready bool   `json:"ready"`
	Bot   bool   `json:"bot"`
	Away  bool   `json:"away"` // the connection broke, the seat is held
}

// You is the server's name for the player of this connection.
type You struct {
	ID   string `json:"id"`
	Seat int    `json:"seat"` // -1: watches
}

// Listing is the answer to a list request.
type Listing struct {
	Games   []GameInfo `json:"games"`
	Lobbies []Summary  `json:"lobbies"`
}

// Seat is the answer to a request that brought the player into a lobby.
type Seat struct {
	Lobby  Lobby  `json:"lobby"`
	You    You    `json:"you"`
	Resume string `json:"resume"` // for Request.Resume, after a broken connection
}

// Request holds what a player asks for when creating or joining a lobby. Each
// call uses the fields that docs/protocol.md names for it; empty ones are left
// out.
type Request struct {
	Game       string         `json:"game,omitempty"`
	ID         string         `json:"id,omitempty"`
	Code       string         `json:"code,omitempty"`
	Name       string         `json:"name,omitempty"`
	Player     string         `json:"player,omitempty"`
	Visibility string         `json:"visibility,omitempty"`
	Max        int            `json:"max,omitempty"`
	Meta       map[string]any `json:"meta,omitempty"`
	Form       string         `json:"form,omitempty"`
	Schema     string         `json:"schema,omitempty"`
	Password   string         `json:"password,omitempty"`
	Spectate   bool           `json:"spectate,omitempty"`
	Resume     string         `json:"resume,omitempty"`
	Ticket     string         `json:"ticket,omitempty"` // of a reserved seat
	Party      bool           `json:"party,omitempty"`  // reserve seats for the party that this player leads
}

// Start is the push that a match runs.
type Start struct {
	Match  string `json:"match"`
	Game   string `json:"game"`
	Schema []byte `json:"schema"`
	Hash   string `json:"hash"`
	Tick   uint32 `json:"tick"`
	Hz     int    `json:"hz"`
	SendHz int    `json:"sendHz"`
	Form   string `json:"form"`
	You    You    `json:"you"`
}

// Chat is one line of a lobby's chat.
type Chat struct {
	From string `json:"from"`
	Name string `json:"name"`
	Text string `json:"text"`
}

// Closed tells why the player is not in the lobby any more.
type Closed = Error

// Raw is one validated MessagePack value; see package codec/socketio.
type Raw = socketio.Raw
