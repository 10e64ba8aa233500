package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"tickwire/clients/go"
)

// joinTimeout is how long lobbies may take to fill and matches to start.
const joinTimeout = time.Minute

// join brings players into lobbies and waits until each sees a match.
func (r *run) join(ctx context.Context, players []*player) error {
	ctx, cancel := context.WithTimeoutCause(ctx, joinTimeout, fmt.Errorf("not all clients were in a match after %v", joinTimeout))
	defer cancel()
	if err := r.pickGame(ctx); err != nil {
		return err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(connecting)
	size := r.opt.LobbySize
	if size <= 0 {
		for _, p := range players {
			group.Go(func() error { return p.quick(groupCtx, r.game.Name) })
		}
	} else {
		for members := range slices.Chunk(players, size) {
			group.Go(func() error { return r.fill(groupCtx, members, size) })
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return r.seeMatch(ctx, players)
}

// seeMatch waits until all players have had a state frame.
func (r *run) seeMatch(ctx context.Context, players []*player) error {
	for _, p := range players {
		select {
		case <-p.playing:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress(fmt.Sprintf("%d clients play %q in %d matches, %.1f s after the start", len(players), r.game.Name, len(r.schedules), time.Since(r.began).Seconds()))
	return nil
}

func (p *player) quick(ctx context.Context, game string) error {
	_, err := p.game.Quick(ctx, client.Request{Game: game, Player: p.name(), Form: p.run.opt.Form})
	if err == nil {
		p.run.handOver(p)
	}
	return p.wrap(err)
}

// fill opens one lobby of some size for these players and starts its match.
func (r *run) fill(ctx context.Context, members []*player, size int) error {
	leader := members[0]
	seat, err := leader.game.Create(ctx, client.Request{
		Game: r.game.Name, Player: leader.name(), Visibility: "unlisted", Max: min(max(size, len(members), r.game.Min), r.game.Max), Form: r.opt.Form,
	})
	if err != nil {
		return leader.wrap(err)
	}
	r.mu.Lock()
	r.lobby = seat.Lobby.ID
	r.mu.Unlock()
	if r.game.DropIn {
		r.handOver(leader)
	}
	for _, p := range members[1:] {
		if _, err := p.game.Join(ctx, client.Request{ID: seat.Lobby.ID, Player: p.name(), Form: r.opt.Form}); err != nil {
			return p.wrap(err)
		}
		if r.game.DropIn {
			r.handOver(p)
		}
	}
	if r.game.DropIn {
		return nil
	}
	for _, p := range members {
		if err := p.game.Ready(ctx, true); err != nil {
			return p.wrap(err)
		}
	}
	if err := leader.game.StartMatch(ctx); err != nil {
		return leader.wrap(err)
	}
	r.handOver(members...)
	return nil
}

// handOver leaves the rest to the lean loop, if there is one: as soon as a client
// has nothing more to ask for, lest the others' frames slow the joining down.
func (r *run) handOver(players ...*player) {
	for _, p := range players {
		if r.lean != nil && !p.slow {
			r.lean.take(p)
		}
	}
}

func (p *player) name() string { return fmt.Sprintf("load-%d", p.number) }

func (p *player) wrap(err error) error {
	if err != nil {
		return fmt.Errorf("client %d: %w", p.number, err)
	}
	return nil
}
