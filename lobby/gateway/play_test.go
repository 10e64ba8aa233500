package gateway_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"tickwire/clients/go"
	"tickwire/lobby"
	"tickwire/lobby/gateway"
)

var parsers = []string{client.MsgPack, client.JSON}

// TestConversation is the whole of docs/protocol.md once: two players of
// different parsers meet, play and part.
func TestConversation(t *testing.T) {
	for _, parser := range parsers {
		t.Run(parser, func(t *testing.T) {
			s := serve(t, lobby.Options{})
			ann := s.connect(t, client.Options{Parser: parser})
			bob := s.connect(t, client.Options{})

			list, err := ann.List(ann.ctx, "")
			ann.must(err)
			if len(list.Games) != 4 || list.Games[0].Name != "tally" || !list.Games[0].DropIn || len(list.Lobbies) != 0 {
				t.Errorf("list: %+v", list)
			}
			seat, err := ann.Create(ann.ctx, client.Request{Game: "round", Player: "ann", Name: "Friday", Meta: map[string]any{"map": "desert"}})
			ann.must(err)
			if l := seat.Lobby; l.Name != "Friday" || l.Phase != "gathering" || l.Leader != seat.You.ID || l.Meta["map"] != "desert" || len(l.Code) != 5 {
				t.Errorf("lobby: %+v", l)
			}
			other, err := bob.Join(bob.ctx, client.Request{Code: strings.ToLower(seat.Lobby.Code), Player: "bob"})
			bob.must(err)
			if other.You.Seat != 1 || len(other.Lobby.Players) != 2 {
				t.Errorf("bob sits at %+v in %+v", other.You, other.Lobby)
			}
			wait(ann, ann.lobby, "an update with both", func(l client.Lobby) bool { return len(l.Players) == 2 && l.Name == "Friday" })
			list, err = bob.List(bob.ctx, "round")
			bob.must(err)
			if len(list.Lobbies) != 1 || list.Lobbies[0].ID != seat.Lobby.ID {
				t.Errorf("list: %+v", list.Lobbies)
			}

			ann.must(ann.Say(ann.ctx, "hello"))
			if line := wait(bob, bob.chat, "a line", nil); line.Text != "hello" || line.Name != "ann" || line.From != seat.You.ID {
				t.Errorf("chat: %+v", line)
			}

			bob.must(bob.Ready(bob.ctx, true))
			ann.must(ann.StartMatch(ann.ctx))
			play(t, ann, bob)
			wait(bob, bob.lobby, "the end", func(l client.Lobby) bool { return l.Phase == "finished" })

			ann.must(ann.Kick(ann.ctx, other.You.ID))
			if why := wait(bob, bob.closed, "being put out", nil); why.Code != "KICKED" || why.Message == "" {
				t.Errorf("closed: %+v", why)
			}
			if got := code(t, bob.Leave(bob.ctx)); got != "NOT_IN_LOBBY" {
				t.Errorf("leave after a kick: %s", got)
			}
			ann.must(ann.Leave(ann.ctx))
			if got := code(t, ann.Leave(ann.ctx)); got != "NOT_IN_LOBBY" {
				t.Errorf("second leave: %s", got)
			}
		})
	}
}

// play is the match of a conversation.
func play(t *testing.T, ann, bob *player) {
	t.Helper()
	for _, p := range []*player{ann, bob} {
		start := wait(p, p.start, "a match", nil)
		if start.Game != "round" || start.Hz != 60 || start.SendHz != 60 || start.Form != "M" || start.Hash == "" || start.Match == "" {
			t.Errorf("start: %+v", start)
		}
		if first := wait(p, p.frame, "a frame", nil); !first.Keyframe || first.Ack != 0 {
			t.Errorf("first frame: %+v", first.Frame)
		}
		wait(p, p.events, "an event", func(name string) bool { return name == "joined" })
	}
	seq, err := ann.SendInput(5)
	ann.must(err)
	if seq != 1 {
		t.Errorf("the first input has sequence %d", seq)
	}
	seq, err = ann.SendInput(7)
	ann.must(err)
	got := wait(ann, ann.frame, "the input's effect", func(f frame) bool { return f.Ack >= seq })
	if got.counts[0] != 12 || got.counts[1] != 0 {
		t.Errorf("ann sees %v", got.counts)
	}
	got = wait(bob, bob.frame, "ann's input", func(f frame) bool { return f.counts[0] == 12 })
	if got.Ack != 0 {
		t.Errorf("bob's input %d is said to be applied", got.Ack)
	}
	bob.Resync()
	wait(bob, bob.frame, "a keyframe", func(f frame) bool { return f.Keyframe && f.counts[0] == 12 })
	_, err = bob.SendInput(99)
	bob.must(err)
	for _, p := range []*player{ann, bob} {
		if reason := wait(p, p.end, "the end", nil); reason != "finished" {
			t.Errorf("the match ended: %s", reason)
		}
	}
}

func TestDropInMatchRunsAtOnceAndTakesLateJoiners(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann := s.connect(t, client.Options{Parser: client.JSON})
	_, err := ann.Quick(ann.ctx, client.Request{Game: "tally", Player: "ann"})
	ann.must(err)
	wait(ann, ann.frame, "a frame", nil)
	_, err = ann.SendInput(3)
	ann.must(err)
	wait(ann, ann.frame, "the effect", func(f frame) bool { return f.counts[0] == 3 })

	bob := s.connect(t, client.Options{})
	seat, err := bob.Quick(bob.ctx, client.Request{Game: "tally"})
	bob.must(err)
	if len(seat.Lobby.Players) != 2 || !strings.HasPrefix(seat.Lobby.Players[1].Name, "guest-") {
		t.Errorf("bob is in %+v", seat.Lobby)
	}
	if first := wait(bob, bob.frame, "a frame", nil); !first.Keyframe || first.counts[0] != 3 {
		t.Errorf("a late joiner's first frame: %+v %v", first.Frame, first.counts)
	}
}

func TestFormsMeanTheSame(t *testing.T) {
	s := serve(t, lobby.Options{})
	players := map[string]*player{"M": s.connect(t, client.Options{}), "B": s.connect(t, client.Options{Parser: client.JSON})}
	for form, p := range players {
		_, err := p.Quick(p.ctx, client.Request{Game: "tally", Form: form})
		p.must(err)
		if start := wait(p, p.start, "a match", nil); start.Form != form {
			t.Errorf("asked for form %s, got %s", form, start.Form)
		}
		wait(p, p.frame, "a frame", nil)
	}
	for range 10 {
		for _, p := range players {
			_, err := p.SendInput(3)
			p.must(err)
		}
	}
	for form, p := range players {
		got := wait(p, p.frame, "all inputs", func(f frame) bool { return f.counts[0] == 30 && f.counts[1] == 30 })
		if got.Replica.Tick() != got.Tick {
			t.Errorf("form %s: the head says tick %d, the replica %d", form, got.Tick, got.Replica.Tick())
		}
	}
}

func TestFaultEndsTheMatchAlone(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann, bob := s.connect(t, client.Options{}), s.connect(t, client.Options{})
	_, err := ann.Create(ann.ctx, client.Request{Game: "tally"})
	ann.must(err)
	_, err = bob.Create(bob.ctx, client.Request{Game: "tally"})
	bob.must(err)
	wait(ann, ann.frame, "a frame", nil)
	_, err = ann.SendInput(98)
	ann.must(err)
	if reason := wait(ann, ann.end, "the end", nil); reason != "fault" {
		t.Errorf("the match ended: %s", reason)
	}
	after := bob.Tick()
	wait(bob, bob.frame, "the other match going on", func(f frame) bool { return f.Tick > after+3 })
}

// TestPayloadThatPanicsIsDropped: it is encoded after the rules have returned,
// where a panic would be the whole server's.
func TestPayloadThatPanicsIsDropped(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann := s.connect(t, client.Options{})
	_, err := ann.Quick(ann.ctx, client.Request{Game: "tally"})
	ann.must(err)
	for _, n := range []int{96, 5} {
		_, err = ann.SendInput(n)
		ann.must(err)
	}
	wait(ann, ann.frame, "the match going on", func(f frame) bool { return f.counts[0] == 5 })
}

func TestDisconnectLeavesTheLobby(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann, bob := s.connect(t, client.Options{}), s.connect(t, client.Options{})
	seat, err := ann.Create(ann.ctx, client.Request{Game: "round", Player: "ann"})
	ann.must(err)
	_, err = bob.Join(bob.ctx, client.Request{ID: seat.Lobby.ID})
	bob.must(err)
	ann.Conn().Close()
	wait(bob, bob.lobby, "ann's leaving", func(l client.Lobby) bool { return len(l.Players) == 1 && l.Leader != seat.You.ID })
}

func TestPlayersAreInARoomOfTheirOwn(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann := s.connect(t, client.Options{})
	inRoom := func(want bool) {
		t.Helper()
		socket := s.io.Of("/").Socket(ann.Conn().ID())
		got := false
		for _, room := range socket.Rooms() {
			got = got || room == gateway.RoomPlayers
		}
		if got != want {
			t.Errorf("in the players' room: %v, want %v", got, want)
		}
	}
	_, _, err := ann.Conn().Clock(ann.ctx, time.Now()) // answered once the server has the socket in its rooms
	ann.must(err)
	inRoom(false)
	_, err = ann.Create(ann.ctx, client.Request{Game: "round"})
	ann.must(err)
	inRoom(true)
	ann.must(ann.Leave(ann.ctx))
	inRoom(false)
}

func TestBotsAreKnownByTheirToken(t *testing.T) {
	for token, want := range map[string]bool{"open sesame": true, "open": false, "": false} {
		s := serve(t, lobby.Options{})
		p := s.connect(t, client.Options{Auth: map[string]any{"bot": token}})
		seat, err := p.Create(p.ctx, client.Request{Game: "round"})
		p.must(err)
		if got := seat.Lobby.Players[0].Bot; got != want {
			t.Errorf("token %q: bot %v, want %v", token, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	for _, parser := range parsers {
		s := serve(t, lobby.Options{})
		p := s.connect(t, client.Options{Parser: parser})
		epoch := time.Now()
		first, rtt, err := p.Conn().Clock(p.ctx, epoch)
		p.must(err)
		second, _, err := p.Conn().Clock(p.ctx, epoch)
		p.must(err)
		if rtt <= 0 || rtt > patience || (first-second).Abs() > time.Second {
			t.Errorf("%s: round trip %v, offsets %v and %v", parser, rtt, first, second)
		}
	}
}

func TestDrainTellsEverybody(t *testing.T) {
	s := serve(t, lobby.Options{})
	ann, bob := s.connect(t, client.Options{}), s.connect(t, client.Options{})
	_, err := ann.Quick(ann.ctx, client.Request{Game: "tally"})
	ann.must(err)
	wait(ann, ann.frame, "a frame", nil)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	s.lobbies.Drain(ctx)
	if d := wait(ann, ann.drain, "the notice", nil); d <= 0 || d > 5*time.Second {
		t.Errorf("deadline %v", d)
	}
	if reason := wait(ann, ann.end, "the end", nil); reason != "drain" {
		t.Errorf("the match ended: %s", reason)
	}
	if why := wait(ann, ann.closed, "the lobby's end", nil); why.Code != "DRAINING" {
		t.Errorf("closed: %+v", why)
	}
	_, err = bob.Quick(bob.ctx, client.Request{Game: "tally"})
	if got := code(t, err); got != "DRAINING" {
		t.Errorf("quick join while draining: %s", got)
	}
}
