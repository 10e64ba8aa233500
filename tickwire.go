// Package tickwire is an authoritative realtime game server: any Socket.IO v4
// client connects, lobbies gather the players, a fixed-tick loop runs the
// studio's rules, and every client receives compact state deltas.
//
// A studio's whole main is
//
//	func main() { tickwire.Main(tickwire.Options{Games: []lobby.Game{mygame.Game()}}) }
//
// See package lobby for what a game is, codec/state for its state, and
// docs/protocol.md for what clients and server say to each other. Programs
// that want to embed the server in their own use [New] and [Server.Run], or
// [Server.Handler] under a listener of their own.
package tickwire

import (
	"cmp"
	"flag"
	"io/fs"
	"math"
	"time"

	"github.com/rs/zerolog"

	"tickwire/auth"
	"tickwire/lobby"
	"tickwire/lobby/party"
	"tickwire/lobby/queue"
	"tickwire/ops"
	"tickwire/sio"
)

const (
	defaultAddr         = ":3000"
	defaultDrainTimeout = 10 * time.Second
	defaultDrainSpread  = 5 * time.Second
	defaultGrace        = 20 * time.Second

	// Inputs come at 128 per second at most; the rest is room for chat, and for
	// what piled up behind a stalled link.
	maxPacketRate = 500
	maxByteRate   = 4 << 20

	maxPayload    = 1_000_000 // bytes; Socket.IO's own default
	maxQueueBytes = 1 << 20

	maxLobbiesPerAddress = 256
	maxSurplus           = 2500 // as in package lobby
)

// Options describe a server. All but Games may be left empty.
type Options struct {
	// Name of the program in its help text. Default "tickwire".
	Name string

	// Games that players can open lobbies of. Names must differ.
	Games []lobby.Game

	// Page is served at "/". Nil: no page.
	Page fs.FS

	// PageHeaders are sent with the files of Page. They replace the defaults of
	// the same name: nosniff, no referrer, an opener policy, and a content
	// security policy that lets the page have scripts, images and frames of this
	// server alone, and forbids other sites to frame it.
	PageHeaders map[string]string

	// Flags defines a studio's own settings on Main's flag set, and so also in
	// environment and file. It may be called more than once, and so may a flag's
	// Set, whose last call counts.
	Flags func(*flag.FlagSet)

	// Setup is called once by New, before the first client: the place for
	// further handlers (Server.Handle) and Socket.IO namespaces (Server.IO).
	Setup func(*Server)

	// Addr to listen on, host:port. Default ":3000".
	Addr string

	// OpsAddr is the host:port of the operator's listener: health, metrics, the
	// control API and the operator's page; see package ops. "auto" is 127.0.0.1
	// and the port after that of Addr, "off" is none. Default "off"; that of the
	// flag of Main is "auto".
	OpsAddr string

	// OpsKeys, and those in OpsKeysFile ("name:secret" a line), open the control
	// API and the profiles. Without any they are open to this machine alone.
	OpsKeys     []ops.Key
	OpsKeysFile string

	// Bots that play in the first drop-in game that has a Bot function. In each
	// game with a ready check that has one, up to two of them wait for a partner.
	Bots int

	// The end of a server, see Serve. DrainDelay is how long it goes on, not
	// ready, so that load balancers send nobody any more: default 0.
	// DrainTimeout is what running matches have after that: default 10 s.
	// DrainSpread is the time over which many connections are then closed, and
	// over which clients are asked to spread their coming back: default 5 s.
	DrainDelay, DrainTimeout, DrainSpread time.Duration

	// Grace is how long the seat of a player whose connection broke is held.
	// Default: that of Lobby, or else 20 s. Negative: not at all.
	Grace time.Duration

	// Listening is called with the address to open in a browser, as soon as
	// clients can connect.
	Listening func(url string)

	// TraceDir is a folder for traces of what happened when a step of a match went
	// over its budget, for go tool trace: the 16 newest, 8 MiB each, one in 10 s.
	// Empty: none. Keeping the last seconds costs 1 to 2 % of a processor.
	TraceDir string

	// ServeReplays serves the recordings of matches under /replays/ to everybody:
	// all that happened, what was private to a player and players' names
	// included. Off unless it is set; matches are recorded all the same, see
	// lobby.ReplayOptions.
	ServeReplays bool

	// Tokens say which players' tokens are good, if players bring any: as
	// "token" in the auth object of their Socket.IO connection. See package auth.
	Tokens auth.Options

	// RefuseGuests turns players without a token away.
	RefuseGuests bool

	// TLS encrypts players' connections. Default: it does not.
	TLS TLS

	// Network bounds who may connect, and how fast.
	Network Network

	// Socket tunes the Socket.IO server. Its Log is overwritten. Unless they
	// are set, one client may send 500 packets and 4 MiB per second; less than
	// zero is no bound.
	Socket sio.Options

	// Lobby limits the lobbies, those of an address to 256 unless it says
	// otherwise; less than zero is no bound. Its Games, Log and Grace are overwritten. Unless
	// its Timers are set, Serve runs a precise alarm for all matches.
	Lobby lobby.Options

	// Queue tunes the matchmaking of the games that have a queue, and holds the
	// ratings. Its Lobbies and Log are overwritten.
	Queue queue.Options

	// Parties bounds the parties.
	Parties party.Options

	// Log receives everything worth telling. The zero value is silent.
	Log zerolog.Logger
}

func (o Options) withDefaults() Options {
	o.Name = cmp.Or(o.Name, "tickwire")
	o.Addr = cmp.Or(o.Addr, defaultAddr)
	o.DrainTimeout = cmp.Or(o.DrainTimeout, defaultDrainTimeout)
	o.DrainSpread = cmp.Or(o.DrainSpread, defaultDrainSpread)
	o.Lobby.Reconnect = cmp.Or(o.Lobby.Reconnect, o.DrainSpread)
	o.Lobby.Grace = cmp.Or(o.Grace, o.Lobby.Grace, defaultGrace)
	o.Network = o.Network.withDefaults()
	if o.Lobby.MaxLobbies < 0 {
		o.Lobby.MaxLobbies = math.MaxInt
	}
	o.Lobby.MaxLobbiesPerAddress = orBound(o.Lobby.MaxLobbiesPerAddress, maxLobbiesPerAddress)
	o.Socket.Engine.MaxPacketRate = orBound(o.Socket.Engine.MaxPacketRate, maxPacketRate)
	o.Socket.Engine.MaxByteRate = orBound(o.Socket.Engine.MaxByteRate, maxByteRate)
	return o
}
