package lobby_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"tickwire/lobby"
)

func TestModeration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []lobby.ChatLine
		stuck := make(chan struct{})
		d := open(t, lobby.Options{Games: []lobby.Game{gather}, Moderate: func(line lobby.ChatLine) (string, bool) {
			seen = append(seen, line)
			switch line.Text {
			case "panic":
				panic("the moderation is broken")
			case "think":
				<-stuck
			case "longer":
				return strings.Repeat("x", 1000), true
			}
			return strings.ReplaceAll(line.Text, "darn", "****"), line.Text != "spam"
		}})
		ann, bob := pair(t, d)
		if err := ann.chat("darn it"); err != nil {
			t.Error(err)
		}
		if err := ann.chat("longer"); err != nil {
			t.Error(err)
		}
		wantCode(t, ann.chat("spam"), lobby.NotAllowed)
		wantCode(t, ann.chat("panic"), lobby.Internal)
		lines := got[lobby.Chat](bob)
		if len(lines) != 2 || lines[0].Text != "**** it" || len(lines[1].Text) != 200 {
			t.Errorf("lines = %+v", lines)
		}
		want := lobby.ChatLine{
			Lobby: ann.member.LobbyID(), Game: "gather", Player: ann.member.ID(), Name: "ann", Text: "darn it",
		}
		if seen[0] != want {
			t.Errorf("the hook sees %+v", seen[0])
		}
		// While the hook thinks about ann's line, the lobby goes on.
		answered := false
		go ann.member.Chat("think", func(error) { answered = true })
		synctest.Wait()
		if err := bob.ready(true); err != nil || answered {
			t.Errorf("bob: %v, ann answered: %v", err, answered)
		}
		close(stuck)
		synctest.Wait()
		if !answered {
			t.Error("ann's line is lost")
		}
	})
}
