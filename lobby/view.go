package lobby

// Phase is where a lobby stands between gathering and the end of its match.
type Phase string

const (
	Gathering Phase = "gathering" // players come, go and get ready
	Countdown Phase = "countdown" // the match begins in a moment; aborts when someone leaves
	Playing   Phase = "playing"   // the match runs
	Finished  Phase = "finished"  // the match is over; the people are still together
)

// Visibility says who finds a lobby.
type Visibility string

const (
	Public   Visibility = "public"   // listed, and filled by quick join
	Unlisted Visibility = "unlisted" // not listed; joined by id or code
	Private  Visibility = "private"  // not listed; joined by code alone
)

// Summary is a lobby in a list.
type Summary struct {
	ID         string         `json:"id"`
	Code       string         `json:"code,omitempty"`
	Game       string         `json:"game"`
	Name       string         `json:"name"`
	Phase      Phase          `json:"phase"`
	Players    int            `json:"players"`
	Reserved   int            `json:"reserved,omitempty"` // seats for players who are on their way
	Max        int            `json:"max"`
	Visibility Visibility     `json:"visibility"`
	Password   bool           `json:"password,omitempty"` // one is needed
	Locked     bool           `json:"locked,omitempty"`   // nobody is let in
	Meta       map[string]any `json:"meta,omitempty"`
}

// List is the answer to a watched query.
type List struct {
	Rev     uint64    `json:"rev"`
	Lobbies []Summary `json:"lobbies"`
}

// ListDiff is what changed in a List. A client removes, then replaces or appends
// what Put has, then, if Order is there, sorts by it. Rev counts up by one.
type ListDiff struct {
	Rev    uint64    `json:"rev"`
	Remove []string  `json:"remove,omitempty"`
	Put    []Summary `json:"put,omitempty"`
	Order  []string  `json:"order,omitempty"` // all ids
}

// View is a lobby as its members see it. It is a copy: it does not change, and
// nobody may change it.
type View struct {
	ID          string         `json:"id"`
	Code        string         `json:"code"`
	Game        string         `json:"game"`
	Name        string         `json:"name"`
	Phase       Phase          `json:"phase"`
	Visibility  Visibility     `json:"visibility"`
	Min         int            `json:"min"`
	Max         int            `json:"max"`
	Leader      string         `json:"leader"`
	Players     []PlayerView   `json:"players"`
	CountdownMs int64          `json:"countdownMs,omitempty"`
	Teams       int            `json:"teams,omitempty"` // number of teams
	Spectators  int            `json:"spectators,omitempty"`
	Reserved    int            `json:"reserved,omitempty"` // seats for players who are on their way
	Password    bool           `json:"password,omitempty"` // one is needed
	Locked      bool           `json:"locked,omitempty"`   // nobody is let in
	Meta        map[string]any `json:"meta"`
	Rev         uint64         `json:"rev"`
}

// PlayerView is a player as the others in the lobby see them.
type PlayerView struct {
	ID    string `json:"id"`
	Seat  int    `json:"seat"`
	Team  int    `json:"team,omitempty"` // from 1
	Name  string `json:"name"`
	Ready bool   `json:"ready"`
	Bot   bool   `json:"bot"`
	Away  bool   `json:"away,omitempty"` // the connection broke, the seat is held
}

// Update is what changed in a View: a client replaces the keys that are there
// and keeps the others. Rev counts up by one with each update of a lobby.
type Update struct {
	Rev         uint64          `json:"rev"`
	Phase       *Phase          `json:"phase,omitempty"`
	Leader      *string         `json:"leader,omitempty"`
	Players     *[]PlayerView   `json:"players,omitempty"`
	Reserved    *int            `json:"reserved,omitempty"`
	CountdownMs *int64          `json:"countdownMs,omitempty"`
	Name        *string         `json:"name,omitempty"`
	Code        *string         `json:"code,omitempty"` // "": none
	Password    *bool           `json:"password,omitempty"`
	Visibility  *Visibility     `json:"visibility,omitempty"`
	Max         *int            `json:"max,omitempty"`
	Spectators  *int            `json:"spectators,omitempty"`
	Locked      *bool           `json:"locked,omitempty"`
	Meta        *map[string]any `json:"meta,omitempty"`
}

// You tells a client who it is.
type You struct {
	ID   string `json:"id"`
	Seat int    `json:"seat"` // -1: watches
}

// Place tells a client that it is a player or a spectator now.
type Place struct {
	ID     string `json:"id"`
	Seat   int    `json:"seat"`             // -1: watches
	Resume string `json:"resume,omitempty"` // token of the seat; none for spectators
}

// Chat is a line that a member said.
type Chat struct {
	From string `json:"from"`
	Name string `json:"name"`
	Text string `json:"text"`
}

// Closed tells a client that it is no longer in the lobby, and why.
type Closed struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
}

// Announcement is what the operator says to everybody.
type Announcement struct {
	Text string `json:"text"`
}

// Drain announces that the server is going down.
type Drain struct {
	DeadlineMs int64 `json:"deadlineMs"`
	// ReconnectMs asks clients to wait for a random time up to this before they
	// connect again; 0: at once.
	ReconnectMs int64 `json:"reconnectMs,omitempty"`
}

// MatchStart opens a match for one client. A keyframe follows.
type MatchStart struct {
	Match  string `json:"match"`
	Game   string `json:"game"`
	Schema []byte `json:"schema"` // MessagePack map, see codec/state
	Hash   string `json:"hash"`   // of the schema
	Tick   uint32 `json:"tick"`
	Hz     int    `json:"hz"`
	SendHz int    `json:"sendHz"`
	Form   string `json:"form"`
	You    You    `json:"you"`
}

// The reasons of MatchEnd.
const (
	EndFinished = "finished" // the rules ended it
	EndFault    = "fault"    // the rules panicked
	EndStuck    = "stuck"    // the rules did not come back from a call
	endEmpty    = "empty"    // nobody is left to be told; in logs
	EndDrain    = "drain"    // the server goes down
	EndClosed   = "closed"   // the operator closed the lobby
)

// MatchEnd closes a match.
type MatchEnd struct {
	Reason string `json:"reason"`
	Result any    `json:"result"`
	Replay string `json:"replay,omitempty"` // id of the match's log, if one is kept
}

// GameInfo is a registered game in a list.
type GameInfo struct {
	Name       string `json:"name"`
	Title      string `json:"title"`
	Min        int    `json:"min"`
	Max        int    `json:"max"`
	Hz         int    `json:"hz"`
	DropIn     bool   `json:"dropIn"`
	Teams      int    `json:"teams,omitempty"`
	Spectators bool   `json:"spectators,omitempty"` // watching is allowed
	Hash       string `json:"hash"`                 // of the state schema

	LateJoin bool       `json:"lateJoin,omitempty"` // players may join while the match runs
	Queue    *QueueInfo `json:"queue,omitempty"`    // nil: there is none
}

// QueueInfo is what clients are told of a game's queue.
type QueueInfo struct {
	Regions []string `json:"regions,omitempty"` // where matches can run
}
