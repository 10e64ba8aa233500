package tickwire

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"tickwire/auth"
	"tickwire/edge"
	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/sio"
	"tickwire/sio/engine"
)

// Unauthorized is the code in the data of a connect_error for a client whose
// token was refused. The data's "reason" is an [auth.Reason].
const Unauthorized = "UNAUTHORIZED"

var errGuestsNeedTokens = errors.New("guests are refused, and there is neither a secret nor a file of keys to know anybody else by")

// tokensPerSession is how many tokens an address may show for each session that it
// may open: a session can ask for a namespace again and again.
const tokensPerSession = 2

var errTokens = &sio.ConnectError{
	Message: "too many tokens from your address: wait a little",
	Data:    map[string]any{"code": string(lobby.RateLimited)},
}

// identities know who the sockets are.
type identities struct {
	// Set by newIdentities, read-only after.
	tokens   *auth.Verifier // nil: everybody is a guest
	guests   bool           // are welcome
	botToken string
	tries    *edge.Rates // of tokens, by address: each costs a signature

	refused map[auth.Reason]*atomic.Uint64 // the counters may change

	players sync.Map // *sio.Socket → auth.Player, from Admit until the socket's context ends
}

func newIdentities(o *Options, botToken string) (*identities, error) {
	ids := &identities{
		guests: !o.RefuseGuests, botToken: botToken, refused: map[auth.Reason]*atomic.Uint64{},
		tries: edge.NewRates(0, tokensPerSession*o.Network.ConnectRatePerAddress, burst),
	}
	for _, reason := range auth.Reasons() {
		ids.refused[reason] = new(atomic.Uint64)
	}
	if !o.Tokens.Enabled() {
		if o.RefuseGuests {
			return nil, errGuestsNeedTokens
		}
		return ids, nil
	}
	var err error
	if ids.tokens, err = auth.New(o.Tokens); err != nil {
		return nil, fmt.Errorf("players' tokens: %w", err)
	}
	return ids, nil
}

// admit is connection middleware: it lets in who brings a good token, our bots,
// and guests if they are welcome. A bad token is refused even then: who has an
// account should not play without it unawares.
func (ids *identities) admit(s *sio.Socket) error {
	if ids.tokens == nil || ids.isBot(s) {
		return nil
	}
	field := s.Auth().Get("token")
	token, isText := field.Text()
	if ids.guests && (field.IsNil() || isText && len(token) == 0) {
		return nil
	}
	if ids.tries.Allow(s.Session().Handshake().Address, time.Now()) != edge.Allowed {
		return errTokens
	}
	player, refusal := ids.tokens.Verify(token)
	if refusal != nil {
		ids.refused[refusal.Reason].Add(1)
		return &sio.ConnectError{Message: refusal.Error(), Data: map[string]any{"code": Unauthorized, "reason": string(refusal.Reason)}}
	}
	ids.players.Store(s, player)
	context.AfterFunc(s.Context(), func() { ids.players.Delete(s) })
	return nil
}

func (ids *identities) isBot(s *sio.Socket) bool {
	token, _ := s.Auth().Get("bot").Text()
	return subtle.ConstantTimeCompare(token, []byte(ids.botToken)) == 1
}

// of tells who a socket is.
func (ids *identities) of(s *sio.Socket) gateway.Identity {
	who := gateway.Identity{Address: addressOf(s.Session().Handshake().Address)}
	if known, ok := ids.players.Load(s); ok {
		player := known.(auth.Player)
		who.Account, who.Name, who.Roles = player.Account, player.Name, player.Roles
	}
	return who
}

// addressOf is what bans and bounds of guests go by: the IPv4 address, or the
// IPv6 /64, in which a guest could take another address at any time.
func addressOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	if block, ok := engine.Block(host); ok {
		if block.Addr().Is4() {
			return block.Addr().String()
		}
		return block.String()
	}
	return host
}

// Admit is the connection middleware that asks players for their token, for
// namespaces of the studio's own; the default one has it. It answers at once.
//
//	s.IO().Of("/chat").Use(s.Admit)
func (s *Server) Admit(socket *sio.Socket) error { return s.identities.admit(socket) }

// Identity tells who a connected socket is, in a namespace with [Server.Admit].
func (s *Server) Identity(socket *sio.Socket) gateway.Identity { return s.identities.of(socket) }
