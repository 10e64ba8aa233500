package client

import (
	"sync"
	"sync/atomic"
	"time"

	"tickwire/codec/socketio"
	"tickwire/codec/state"
)

// ackEvery is how long a Game stays silent before it acknowledges a tick
// without an input. The server wants to hear something every 250 ms.
const ackEvery = 200 * time.Millisecond

// Game is a player: the lobby protocol on a Conn. Set its handlers, then
// connect the Conn, then call the requests (Quick, Join, …). All handlers run
// on the reader.
type Game struct {
	// Handlers, all optional. What they are given is valid during the call.
	OnLobby  func(*Lobby)                             // the lobby changed
	OnChat   func(Chat)                               // somebody spoke
	OnClosed func(Closed)                             // not in the lobby any more
	OnStart  func(*Start)                             // a match runs; a keyframe follows
	OnFrame  func(*Frame)                             // a state frame was applied
	OnEvent  func(name string, payload socketio.Raw)  // the match says something
	OnEnd    func(reason string, result socketio.Raw) // the match is over
	OnDrain  func(deadline time.Duration)             // the server goes down

	OnParty       func(Party)       // the party changed
	OnFollow      func(Follow)      // its leader went into a lobby
	OnPartyClosed func(PartyClosed) // not in it any more
	OnQueue       func(QueueStatus) // how the search for a match goes
	OnMatched     func(Matched)     // a match is found
	OnQueueClosed func(QueueClosed) // the search is over

	// Headless keeps no replica: frames are not decoded beyond their tick.
	Headless bool

	conn *Conn

	// Owned by the reader.
	start   Start
	replica *state.Replica
	frame   Frame
	lobby   Lobby
	lost    bool // a frame could not be applied; a keyframe was asked for

	ackTimer *time.Timer

	seq      atomic.Uint32 // of the last input
	acked    atomic.Uint32 // last tick applied
	told     atomic.Uint32 // last tick acknowledged
	owes     atomic.Bool   // ackTimer will acknowledge
	lastSend atomic.Int64  // when the last `i` left, ns since began
	began    time.Time

	mu    sync.Mutex // guards the following
	input []byte     // scratch of SendInput
}

// Frame is what is known of a state frame after it was applied.
type Frame struct {
	Tick     uint32
	Base     uint32    // the tick that it builds on; Tick of a keyframe is new
	Keyframe bool      // full state
	Ack      uint32    // the last input that it contains
	Bytes    int       // of the frame itself, without packet and headers
	At       time.Time // when the reader had it
	Replica  *state.Replica
}

// NewGame registers the protocol's handlers on a connection that is not
// connected yet.
func NewGame(c *Conn) *Game {
	g := &Game{conn: c, began: time.Now()}
	c.On("s", g.onState)
	c.On("lobby:update", g.onUpdate)
	c.On("lobby:chat", g.onChat)
	c.On("lobby:closed", g.onClosed)
	c.On("match:start", g.onStart)
	c.On("match:tables", g.onTables)
	c.On("match:event", g.onEvent)
	c.On("match:end", g.onEnd)
	c.On("server:drain", g.onDrain)
	on(c, "party:update", &g.OnParty)
	on(c, "party:follow", &g.OnFollow)
	on(c, "party:closed", &g.OnPartyClosed)
	on(c, "queue:status", &g.OnQueue)
	on(c, "queue:matched", &g.OnMatched)
	on(c, "queue:closed", &g.OnQueueClosed)
	return g
}

// Conn is the connection that the game stands on.
func (g *Game) Conn() *Conn { return g.conn }

// Tick is the last tick that was applied, 0 before the first.
func (g *Game) Tick() uint32 { return g.acked.Load() }

// SendInput sends an input and returns its sequence number. payload is what
// the game wants; nil only acknowledges the tick. Any goroutine may call it.
func (g *Game) SendInput(payload any) (seq uint32, err error) {
	return g.SendInputAt(When{}, payload)
}

// When tells the server more of the time of an input. Zeros tell nothing.
type When struct {
	View float64 // tick that the player saw, with a fraction between two: for lag compensation
	For  uint32  // tick that the input is meant for, ahead of the server's
}

// SendInputAt is SendInput for clients that show the past, or act ahead.
func (g *Game) SendInputAt(when When, payload any) (seq uint32, err error) {
	if payload != nil {
		seq = g.seq.Add(1)
	}
	tick := g.acked.Load()
	g.lastSend.Store(int64(time.Since(g.began)))
	g.told.Store(tick)
	return seq, g.emitInput(seq, tick, when, payload)
}

func (g *Game) onState(args socketio.Args) {
	frame, ack, ok := stateArgs(args)
	if !ok {
		return
	}
	f := &g.frame
	*f = Frame{Ack: ack, Bytes: len(frame), At: time.Now(), Replica: g.replica}
	if err := g.apply(f, frame); err != nil {
		if !g.lost {
			g.lost = true // until the keyframe
			g.Resync()
		}
		return
	}
	g.lost = false
	g.acked.Store(f.Tick)
	if g.OnFrame != nil {
		g.OnFrame(f)
	}
	if silent := f.At.Sub(g.began) - time.Duration(g.lastSend.Load()); silent >= ackEvery {
		g.SendInput(nil)
	} else if !g.owes.Swap(true) {
		g.acknowledgeIn(ackEvery - silent)
	}
}

// acknowledgeIn sees to it that a frame which is not the last of its burst is
// not the last that is acknowledged: the server may send nothing until it hears
// of the others.
func (g *Game) acknowledgeIn(d time.Duration) {
	if g.ackTimer == nil {
		g.ackTimer = time.AfterFunc(d, g.acknowledge)
		return
	}
	g.ackTimer.Reset(d)
}

// acknowledge runs on the timer's goroutine.
func (g *Game) acknowledge() {
	g.owes.Store(false)
	if g.told.Load() != g.acked.Load() {
		g.SendInput(nil) // of a connection that has ended: fails
	}
}

// Resync asks for a keyframe. It does not wait for the answer.
func (g *Game) Resync() {
	g.conn.EmitAck(func(socketio.Args, error) {}, "match:resync", struct{}{})
}

func (g *Game) onStart(args socketio.Args) {
	var s Start
	if args.Decode(&s) != nil {
		return
	}
	g.start, g.replica = s, nil
	g.acked.Store(0)
	if !g.Headless {
		replica, err := state.NewReplica(s.Schema)
		if err != nil {
			g.conn.fail(err)
			return
		}
		g.replica = replica
	}
	if g.OnStart != nil {
		g.OnStart(&g.start)
	}
}

// onTables takes better tables for the B-form, which all later frames need.
func (g *Game) onTables(args socketio.Args) {
	var tables []byte
	if g.replica == nil || args.Decode(&tables) != nil {
		return
	}
	if err := g.replica.Learn(tables); err != nil {
		g.conn.fail(err)
	}
}

func (g *Game) onUpdate(args socketio.Args) {
	next := g.lobby
	next.Players, next.Meta = nil, nil // decoded anew or not at all
	if args.Decode(&next) != nil || next.Rev <= g.lobby.Rev {
		return
	}
	if next.Players == nil {
		next.Players = g.lobby.Players
	}
	if next.Meta == nil {
		next.Meta = g.lobby.Meta
	}
	g.lobby = next
	if g.OnLobby != nil {
		g.OnLobby(&g.lobby)
	}
}

func (g *Game) onChat(args socketio.Args) {
	var line Chat
	if args.Decode(&line) == nil && g.OnChat != nil {
		g.OnChat(line)
	}
}

func (g *Game) onClosed(args socketio.Args) {
	var why Closed
	if args.Decode(&why) == nil && g.OnClosed != nil {
		g.OnClosed(why)
	}
}

func (g *Game) onEvent(args socketio.Args) {
	var name string
	if args.Decode(&name) == nil && g.OnEvent != nil {
		g.OnEvent(name, args.At(1))
	}
}

func (g *Game) onEnd(args socketio.Args) {
	var end struct {
		Reason string       `json:"reason"`
		Result socketio.Raw `json:"result"`
	}
	if args.Decode(&end) == nil && g.OnEnd != nil {
		g.OnEnd(end.Reason, end.Result)
	}
}

func (g *Game) onDrain(args socketio.Args) {
	var drain struct {
		DeadlineMs int64 `json:"deadlineMs"`
	}
	if args.Decode(&drain) == nil && g.OnDrain != nil {
		g.OnDrain(time.Duration(drain.DeadlineMs) * time.Millisecond)
	}
}
