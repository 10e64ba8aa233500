package lobby_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

func patient(t *testing.T, games ...lobby.Game) *lobby.Directory {
	t.Helper()
	return open(t, lobby.Options{Games: games, Grace: 10 * time.Second})
}

// resume takes c's place on a new connection.
func (c *client) resume(d *lobby.Directory) (*client, error) {
	return join(c.t, d, c.name+"'", lobby.JoinRequest{Resume: c.joined.Token})
}

func (c *client) sees(other *client) *lobby.PlayerView {
	for _, p := range c.view().Players {
		if p.ID == other.member.ID() {
			return &p
		}
	}
	return nil
}

func TestBrokenConnectionKeepsItsSeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		game := arena
		game.MaxPlayers = 2
		d := patient(t, game)
		ann, bob := quick(t, d, "ann", "arena"), quick(t, d, "bob", "arena")
		pass(time.Second)
		bob.input(1, 5)
		pass(step)
		frames := len(bob.kinds)
		bob.member.Disconnect()
		pass(5 * time.Second)
		if p := ann.sees(bob); p == nil || !p.Away {
			t.Errorf("ann sees %+v", p)
		}
		if len(bob.kinds) != frames {
			t.Error("a broken connection is written to")
		}
		_, err := join(t, d, "eve", lobby.JoinRequest{ID: ann.member.LobbyID()})
		wantCode(t, err, lobby.RoomFull)

		back, err := bob.resume(d)
		if err != nil {
			t.Fatal(err)
		}
		if back.joined.You != bob.joined.You || back.joined.Token != bob.joined.Token || back.member.Name() != "bob" {
			t.Errorf("came back as %+v, was %+v", back.joined.You, bob.joined.You)
		}
		pass(step)
		back.input(1, 6) // a new client counts anew
		pass(20 * time.Second)
		if p := ann.sees(bob); p == nil || p.Away {
			t.Errorf("ann sees %+v", p)
		}
		if at := back.positions(); back.kinds[0] != 3 || at[1] != 11 || back.acks[len(back.acks)-1] != 1 {
			t.Errorf("bob sees %v, class %d", at, back.kinds[0])
		}
		wantCode(t, bob.chat("from the old connection"), lobby.NotInLobby)
		bob.member.Disconnect() // late news of the old connection
		pass(20 * time.Second)
		if back.member.Gone() {
			t.Error("the old connection took the new one along")
		}
	})
}

func TestHeldSeatExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, arena)
		ann, bob := quick(t, d, "ann", "arena"), quick(t, d, "bob", "arena")
		pass(time.Second)
		bob.member.Disconnect()
		pass(9900 * time.Millisecond)
		if ann.sees(bob) == nil {
			t.Error("given up too early")
		}
		pass(200 * time.Millisecond)
		if ann.sees(bob) != nil || !bob.member.Gone() || len(ann.positions()) != 1 {
			t.Error("still there")
		}
		_, err := bob.resume(d)
		wantCode(t, err, lobby.NotFound)
		ann.member.Disconnect()
		pass(11 * time.Second)
		if d.Lobbies() != 0 {
			t.Error("a lobby of the absent is left")
		}
		_, err = ann.resume(d)
		wantCode(t, err, lobby.NotFound)
	})
}

func TestSecondConnectionTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, gather)
		ann, bob := pair(t, d)
		again, err := ann.resume(d)
		if err != nil {
			t.Fatal(err)
		}
		if closed := got[lobby.Closed](ann); len(closed) != 1 || closed[0].Code != lobby.Replaced || !ann.member.Gone() {
			t.Errorf("closed = %+v", closed)
		}
		if again.joined.Lobby.Leader != again.member.ID() || len(again.joined.Lobby.Players) != 2 {
			t.Errorf("took over %+v", again.joined.Lobby)
		}
		if err := again.kick(bob); err != nil {
			t.Errorf("still the leader: %v", err)
		}
	})
}

func TestWrongTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, gather)
		ann, bob := pair(t, d)
		for _, token := range []string{"x", ".", ann.member.LobbyID(), ann.member.LobbyID() + ".", ann.joined.Token + "x", ann.joined.Token[1:]} {
			_, err := join(t, d, "eve", lobby.JoinRequest{Resume: token})
			wantCode(t, err, lobby.NotFound)
		}
		done, answer := bob.done()
		d.Join(lobby.JoinRequest{Resume: bob.joined.Token, Joiner: lobby.Joiner{Conn: bob, Schema: "old"}}, done)
		wantCode(t, answer(), lobby.SchemaMismatch)
	})
}

func TestLosingSomeoneAbortsTheCountdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, gather)
		ann, bob := pair(t, d)
		_, _ = ann.ready(true), bob.ready(true)
		pass(time.Second)
		bob.member.Disconnect()
		ann.wantPhase(lobby.Gathering)
		wantCode(t, ann.start(), lobby.NotReady) // bob is away
		back, err := bob.resume(d)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = ann.ready(true), back.ready(true)
		pass(4 * time.Second)
		ann.wantPhase(lobby.Playing)
		// Both away: the match goes on until the seats are given up.
		ann.member.Disconnect()
		back.member.Disconnect()
		pass(5 * time.Second)
		if d.Stats().Ticks < 100 || d.Lobbies() != 1 {
			t.Errorf("%d ticks, %d lobbies", d.Stats().Ticks, d.Lobbies())
		}
		pass(6 * time.Second)
		if d.Lobbies() != 0 {
			t.Error("a lobby of the absent is left")
		}
	})
}

func TestBotsAreNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := patient(t, arena)
		ann := quick(t, d, "ann", "arena")
		bot := newClient(t, "bot")
		done, answer := bot.done()
		d.Quick(lobby.QuickRequest{Game: "arena", Joiner: lobby.Joiner{Conn: bot, Bot: true}}, done)
		if err := answer(); err != nil {
			t.Fatal(err)
		}
		bot.member.Disconnect()
		pass(time.Second)
		if ann.sees(bot) != nil {
			t.Error("the bot is still there")
		}
	})
}
