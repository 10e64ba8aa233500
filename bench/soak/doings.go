package main

import (
	"context"
	"time"

	"tickwire/clients/go"
)

// something does one of the things that players do.
func (p *player) something(ctx context.Context) {
	switch n := p.rand.IntN(100); {
	case n < 30:
		p.enter(ctx, "lobby:quick", client.Request{Game: "drop"})
	case n < 50:
		p.enter(ctx, "lobby:quick", client.Request{Game: "ready"})
	case n < 60:
		p.host(ctx)
	case n < 70:
		p.visit(ctx)
	case n < 85:
		p.seek(ctx, [...]string{"pair", "teams"}[p.rand.IntN(2)])
	default:
		p.befriend(ctx)
	}
}

// enter takes a seat and plays. It tells whether there was one.
func (p *player) enter(ctx context.Context, event string, r client.Request) bool {
	var seat client.Seat
	ok := p.ask(event, func(ctx context.Context) (err error) {
		switch event {
		case "lobby:create":
			seat, err = p.game.Create(ctx, r)
		case "lobby:quick":
			seat, err = p.game.Quick(ctx, r)
		default:
			seat, err = p.game.Join(ctx, r)
		}
		return err
	})
	if ok {
		p.tally.seats.Add(1)
		if event == "lobby:create" {
			put(p.codes, seat.Lobby.Code)
			put(p.codes, seat.Lobby.Code)
		}
		p.play(ctx, seat)
	}
	return ok
}

// play stays for a while, and then goes in one of the ways in which players go.
func (p *player) play(ctx context.Context, seat client.Seat) {
	if seat.Lobby.Game == "ready" {
		p.ready()
	}
	stay := time.NewTimer(time.Duration(3+p.rand.IntN(20)) * time.Second)
	defer stay.Stop()
	next := time.NewTicker(time.Duration(300+p.rand.IntN(300)) * time.Millisecond)
	defer next.Stop()
	for {
		select {
		case <-next.C:
			p.input()
		case <-p.ended:
			if seat.Lobby.Game == "ready" && p.rand.IntN(3) > 0 {
				p.ready()
			}
		case <-p.closed:
			return
		case <-p.game.Conn().Done():
			p.tally.late("the server ended the connection of a player: %v", p.game.Conn().Err())
			return
		case <-stay.C:
			p.part(ctx, seat)
			return
		case <-ctx.Done():
			p.part(ctx, seat)
			return
		}
	}
}

func (p *player) ready() {
	p.ask("lobby:ready", func(ctx context.Context) error { return p.game.Ready(ctx, true) })
}

func (p *player) input() {
	what := inputMove
	switch p.rand.IntN(p.calm) {
	case 0:
		what = inputPanic
	case 1:
		if p.rand.IntN(3) == 0 {
			what = inputHang
		}
	case 2, 3, 4, 5, 6, 7, 8, 9:
		what = inputWin
	}
	_, _ = p.game.SendInput(what) // a broken connection is told by its end
}

// part leaves, vanishes, or vanishes and comes back.
func (p *player) part(ctx context.Context, seat client.Seat) {
	switch p.rand.IntN(4) {
	case 0:
		p.link.cut()
		<-p.game.Conn().Done()
	case 1:
		p.link.cut()
		<-p.game.Conn().Done()
		p.pause(ctx, 2*time.Second)
		if ctx.Err() != nil || !p.connect(ctx) {
			return
		}
		p.tally.returns.Add(1)
		if p.rejoin(seat) {
			p.pause(ctx, 5*time.Second)
			p.leave()
		}
	default:
		p.leave()
	}
}

func (p *player) rejoin(seat client.Seat) bool {
	return p.ask("lobby:join resume", func(ctx context.Context) error {
		_, err := p.game.Join(ctx, client.Request{Resume: seat.Resume})
		return err
	})
}

func (p *player) leave() { p.ask("lobby:leave", p.game.Leave) }

// host opens a lobby that friends find by its code.
func (p *player) host(ctx context.Context) {
	visibility := [...]string{"public", "unlisted", "private"}[p.rand.IntN(3)]
	p.enter(ctx, "lobby:create", client.Request{Game: "ready", Visibility: visibility, Player: p.name})
}

func (p *player) visit(ctx context.Context) {
	select {
	case code := <-p.codes:
		p.enter(ctx, "lobby:join", client.Request{Code: code})
	default:
		p.enter(ctx, "lobby:quick", client.Request{Game: "ready"})
	}
}

// seek waits for a match. Some lose patience, some do not take their seat.
func (p *player) seek(ctx context.Context, game string) {
	ok := p.ask("queue:join", func(ctx context.Context) error {
		_, err := p.game.QueueJoin(ctx, game, nil)
		return err
	})
	if ok {
		p.await(ctx)
	}
}

// await takes the seats of the matches that are found.
func (p *player) await(ctx context.Context) {
	for range 3 {
		found, ok := receive(ctx, p.matched, time.Duration(5+p.rand.IntN(10))*time.Second)
		if !ok {
			p.ask("queue:leave", p.game.QueueLeave)
			return
		}
		switch p.rand.IntN(10) {
		case 0:
			p.tally.noShows.Add(1)
			_, _ = receive(ctx, p.over, 30*time.Second) // is told so in time
			return
		case 1:
			p.ask("queue:leave", p.game.QueueLeave) // declines
			return
		}
		if p.enter(ctx, "lobby:join ticket", client.Request{Ticket: found.Ticket}) || p.broken() {
			return // a lobby that closed since somebody else did not come: perhaps there is another match
		}
	}
}

// befriend makes a party, or joins one, and goes where it goes.
func (p *player) befriend(ctx context.Context) {
	select {
	case code := <-p.invites:
		if p.ask("party:join", func(ctx context.Context) error {
			_, err := p.game.PartyJoin(ctx, code, p.name)
			return err
		}) {
			p.tag(ctx)
		}
	default:
		if p.ask("party:create", func(ctx context.Context) error {
			_, err := p.game.PartyCreate(ctx, p.name)
			return err
		}) {
			p.guide(ctx)
		}
	}
	if !p.broken() && p.rand.IntN(2) == 0 { // else the connection takes it along
		p.ask("party:leave", p.game.PartyLeave)
	}
}

// tag follows the leader.
func (p *player) tag(ctx context.Context) {
	t := time.NewTimer(8 * time.Second)
	defer t.Stop()
	select {
	case f := <-p.follow:
		if p.rand.IntN(8) > 0 {
			p.enter(ctx, "lobby:join ticket", client.Request{Ticket: f.Ticket})
		}
	case m := <-p.matched:
		p.enter(ctx, "lobby:join ticket", client.Request{Ticket: m.Ticket})
	case <-t.C:
	case <-ctx.Done():
	}
}

// guide leads the party somewhere.
func (p *player) guide(ctx context.Context) {
	var inv client.Invitation
	if !p.ask("party:invite", func(ctx context.Context) (err error) {
		inv, err = p.game.PartyInvite(ctx, false)
		return err
	}) {
		return
	}
	put(p.invites, inv.Code)
	p.pause(ctx, 6*time.Second)
	if p.rand.IntN(2) == 0 {
		p.seek(ctx, "teams")
		return
	}
	game := [...]string{"drop", "ready"}[p.rand.IntN(2)]
	p.enter(ctx, "lobby:quick", client.Request{Game: game, Party: true})
}
