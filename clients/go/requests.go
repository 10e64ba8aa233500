package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tickwire/codec/socketio"
)

// List asks which games and public lobbies there are. An empty game means all.
func (g *Game) List(ctx context.Context, game string) (Listing, error) {
	return call[Listing](ctx, g.conn, "lobby:list", Request{Game: game})
}

// Create opens a lobby and takes its first seat.
func (g *Game) Create(ctx context.Context, r Request) (Seat, error) {
	return g.enter(ctx, "lobby:create", r)
}

// Join takes a seat in the lobby with this ID or Code, or the seat that Resume
// or Ticket names; with Spectate it takes none and watches.
func (g *Game) Join(ctx context.Context, r Request) (Seat, error) {
	return g.enter(ctx, "lobby:join", r)
}

// Quick takes a seat in any public lobby of a game, or opens one.
func (g *Game) Quick(ctx context.Context, r Request) (Seat, error) {
	return g.enter(ctx, "lobby:quick", r)
}

// Leave gives the seat up.
func (g *Game) Leave(ctx context.Context) error {
	return g.do(ctx, "lobby:leave", struct{}{})
}

// Ready says whether the player is ready.
func (g *Game) Ready(ctx context.Context, ready bool) error {
	return g.do(ctx, "lobby:ready", map[string]any{"ready": ready})
}

// StartMatch starts the countdown. Only the leader may.
func (g *Game) StartMatch(ctx context.Context) error {
	return g.do(ctx, "lobby:start", struct{}{})
}

// Kick puts a player out. Only the leader may.
func (g *Game) Kick(ctx context.Context, player string) error {
	return g.do(ctx, "lobby:kick", map[string]any{"player": player})
}

// Lock says whether newcomers are turned away. Only the leader may.
func (g *Game) Lock(ctx context.Context, locked bool) error {
	return g.do(ctx, "lobby:lock", map[string]any{"locked": locked})
}

// Team moves a player, "" = this one, to a team. Only the leader moves others.
func (g *Game) Team(ctx context.Context, player string, team int) error {
	return g.do(ctx, "lobby:team", map[string]any{"player": player, "team": team})
}

// Swap exchanges the teams of two players. Only the leader may.
func (g *Game) Swap(ctx context.Context, a, b string) error {
	return g.do(ctx, "lobby:swap", map[string]any{"a": a, "b": b})
}

// Balance evens the teams out. Only the leader may.
func (g *Game) Balance(ctx context.Context) error {
	return g.do(ctx, "lobby:balance", struct{}{})
}

// Say sends a chat line to the lobby.
func (g *Game) Say(ctx context.Context, text string) error {
	return g.do(ctx, "lobby:chat", map[string]any{"text": text})
}

// enter makes a request for a place. The lobby in its answer is what updates
// build on, so the reader has it before the first of them.
func (g *Game) enter(ctx context.Context, event string, r Request) (Seat, error) {
	type outcome struct {
		seat Seat
		err  error
	}
	answered := make(chan outcome, 1)
	err := g.conn.EmitAck(func(args socketio.Args, err error) {
		var o outcome
		if o.err = err; err == nil {
			o.seat, o.err = decode[Seat](args)
		}
		if o.err == nil {
			g.lobby = o.seat.Lobby
		}
		answered <- o
	}, event, r)
	if err != nil {
		return Seat{}, fmt.Errorf("%s: %w", event, err)
	}
	select {
	case o := <-answered:
		return o.seat, o.err
	case <-ctx.Done():
		return Seat{}, fmt.Errorf("%s: %w", event, context.Cause(ctx))
	}
}

func (g *Game) do(ctx context.Context, event string, arg any) error {
	_, err := call[struct{}](ctx, g.conn, event, arg)
	return err
}

// call sends a request of the lobby protocol and decodes its answer; a refusal
// is an *Error.
func call[T any](ctx context.Context, c *Conn, event string, arg any) (answer T, err error) {
	args, err := c.Call(ctx, event, arg)
	if err == nil {
		answer, err = decode[T](args)
	}
	if _, refused := errors.AsType[*Error](err); err != nil && !refused {
		err = fmt.Errorf("%s: %w", event, err)
	}
	return answer, err
}

// decode reads {ok: true, …} into answer, or {ok: false, …} as an *Error.
func decode[T any](args socketio.Args) (answer T, err error) {
	var verdict struct {
		OK      bool   `json:"ok"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	if err := args.Decode(&verdict); err != nil {
		return answer, err
	}
	if !verdict.OK {
		return answer, &Error{Code: verdict.Code, Message: verdict.Message}
	}
	return answer, args.Decode(&answer)
}

// Clock asks for the server's time. offset is what the server's clock is ahead
// of a local one that shows the time since epoch; rtt is the round trip.
func (c *Conn) Clock(ctx context.Context, epoch time.Time) (offset, rtt time.Duration, err error) {
	type outcome struct {
		args socketio.Args
		t3   time.Duration
		err  error
	}
	answered := make(chan outcome, 1)
	t0 := time.Since(epoch)
	err = c.EmitAck(func(args socketio.Args, err error) {
		answered <- outcome{args.Clone(), time.Since(epoch), err}
	}, "clock", ms(t0))
	if err != nil {
		return 0, 0, err
	}
	select {
	case <-ctx.Done():
		return 0, 0, context.Cause(ctx)
	case o := <-answered:
		var back, t1, t2 float64
		if o.err == nil {
			o.err = o.args.Decode(&back, &t1, &t2)
		}
		offset = (fromMs(t1) - t0 + fromMs(t2) - o.t3) / 2
		return offset, o.t3 - t0 - fromMs(t2-t1), o.err
	}
}

func ms(d time.Duration) float64     { return float64(d) / float64(time.Millisecond) }
func fromMs(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }
