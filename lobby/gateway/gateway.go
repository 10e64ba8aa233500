package gateway

import (
	"crypto/subtle"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"tickwire/lobby"
	"tickwire/lobby/party"
	"tickwire/lobby/queue"
	"tickwire/sio"
)

// RoomPlayers is the Socket.IO room of all sockets that sit in a lobby. Who
// broadcasts on the default namespace for other purposes may Except it.
const RoomPlayers = "tickwire:players"

// Options of a Gateway.
type Options struct {
	// Lobbies answers the requests.
	Lobbies *lobby.Directory

	// BotToken, if set, makes bots of the sockets whose auth payload carries it
	// as "bot".
	BotToken string

	// Identify tells who a socket is, once, before its first request. It runs
	// on the socket's reader and must not block. Default: a guest at the address
	// that the listener saw; behind a proxy that is the proxy's.
	Identify func(*sio.Socket) Identity

	// Parties bounds the parties. The zero value is useful; Changed is the
	// gateway's.
	Parties party.Options

	// Queue brings players who wait into matches. Whoever made it runs it. Nil:
	// there are no queues.
	Queue *queue.Service

	// Log receives faults. The zero value is silent.
	Log zerolog.Logger
}

// Gateway is the lobby protocol on one server.
type Gateway struct {
	// Set before the first event, read-only after.
	io      *sio.Server
	lobbies *lobby.Directory
	token   string
	who     func(*sio.Socket) Identity
	log     zerolog.Logger
	epoch   time.Time // zero of the times that `clock` tells
	parties *party.Book
	queue   *queue.Service // nil: none

	players sync.Map // *sio.Socket → *player, of sockets that asked for something

	droppedInputs atomic.Uint64
}

// Attach registers the protocol's events on io's default namespace.
func Attach(io *sio.Server, o Options) *Gateway {
	g := &Gateway{io: io, lobbies: o.Lobbies, token: o.BotToken, who: o.Identify, log: o.Log, epoch: time.Now()}
	if g.who == nil {
		g.who = guest
	}
	if g.queue = o.Queue; g.queue != nil {
		o.Parties.Changed = func(party string) { g.queue.Cancel(party, errNewParty) }
	}
	g.parties = party.New(o.Parties)
	ns := io.Of("/")
	for event, handle := range requests {
		ns.On(event, func(ev *sio.Event) { g.request(ev, handle) })
	}
	ns.On("clock", g.clock)
	ns.On("i", g.input)
	ns.OnDisconnect(g.disconnected)
	return g
}

// DroppedInputs is how many `i` events were malformed or came outside a lobby.
func (g *Gateway) DroppedInputs() uint64 { return g.droppedInputs.Load() }

// Drain tells everybody who sits in no lobby that the server goes down; lobbies
// tell their own.
func (g *Gateway) Drain(notice lobby.Drain) {
	_ = g.io.Of("/").Except(RoomPlayers).Emit(lobby.EventDrain, notice) // fails for reserved names only
}

// requests are the events that carry one object and are answered {ok, …}.
var requests = map[string]func(*Gateway, *call){
	"lobby:list":    (*Gateway).list,
	"lobby:watch":   (*Gateway).watch,
	"lobby:unwatch": (*Gateway).unwatch,
	"lobby:create":  (*Gateway).create,
	"lobby:join":    (*Gateway).join,
	"lobby:quick":   (*Gateway).quick,
	"lobby:leave":   (*Gateway).leave,
	"lobby:ready":   (*Gateway).ready,
	"lobby:start":   (*Gateway).start,
	"lobby:kick":    (*Gateway).kick,
	"lobby:meta":    (*Gateway).meta,
	"lobby:code":    (*Gateway).code,
	"lobby:invite":  (*Gateway).invite,
	"lobby:ban":     (*Gateway).ban,
	"lobby:unban":   (*Gateway).unban,
	"lobby:bans":    (*Gateway).bans,
	"lobby:mute":    (*Gateway).mute,
	"lobby:role":    (*Gateway).role,
	"lobby:lead":    (*Gateway).lead,
	"lobby:lock":    (*Gateway).lock,
	"lobby:team":    (*Gateway).team,
	"lobby:swap":    (*Gateway).swap,
	"lobby:balance": (*Gateway).balance,
	"lobby:chat":    (*Gateway).chat,
	"match:resync":  (*Gateway).resync,
	"queue:join":    (*Gateway).queueJoin,
	"queue:status":  (*Gateway).queueStatus,
	"queue:leave":   (*Gateway).queueLeave,
	"party:create":  (*Gateway).partyCreate,
	"party:invite":  (*Gateway).partyInvite,
	"party:join":    (*Gateway).partyJoin,
	"party:leave":   (*Gateway).partyLeave,
	"party:kick":    (*Gateway).partyKick,
	"party:lead":    (*Gateway).partyLead,
}

func (g *Gateway) request(ev *sio.Event, handle func(*Gateway, *call)) {
	c := &call{gateway: g, event: ev, player: g.playerOf(ev.Socket()), arg: object(ev.Args().At(0))}
	if c.arg.err != nil {
		c.refuse(c.arg.err)
		return
	}
	handle(g, c)
}

// playerOf returns the player that stands for a socket, making it at first.
func (g *Gateway) playerOf(s *sio.Socket) *player {
	if p, ok := g.players.Load(s); ok {
		return p.(*player)
	}
	// Only the reader of s gets here, so nobody else stores it.
	p := &player{
		socket: s, identity: g.who(s), bot: g.isBot(s), log: &g.log,
		lists: rate.NewLimiter(5, 20), groups: rate.NewLimiter(5, 20), places: rate.NewLimiter(5, 20),
	}
	g.players.Store(s, p)
	return p
}

func (g *Gateway) disconnected(s *sio.Socket, why sio.Reason) {
	if p, ok := g.players.LoadAndDelete(s); ok {
		p := p.(*player)
		p.disconnected(why == sio.ClientNamespaceDisconnect)
		if g.queue != nil {
			g.queue.Lost(p.soloID(), s.ID())
		}
	}
}

func (g *Gateway) isBot(s *sio.Socket) bool {
	if g.token == "" {
		return false
	}
	token, _ := s.Auth().Get("bot").Text()
	return subtle.ConstantTimeCompare(token, []byte(g.token)) == 1
}
