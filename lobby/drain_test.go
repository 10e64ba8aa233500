package lobby_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather, arena)
		waiting, _ := pair(t, d)
		ann, bob := pair(t, d)
		_, _ = ann.ready(true), bob.ready(true)
		dropped := quick(t, d, "joe", "arena")
		pass(4 * time.Second)

		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		begin, ended := time.Now(), time.Time{}
		go func() {
			if err := d.Drain(ctx); err != nil {
				t.Error(err)
			}
			ended = time.Now()
		}()
		pass(time.Second)
		for _, c := range []*client{waiting, dropped} {
			if closed := got[lobby.Closed](c); len(closed) != 1 || closed[0].Code != lobby.Draining {
				t.Errorf("%s: closed = %+v", c.name, closed)
			}
		}
		if ends := got[lobby.MatchEnd](dropped); len(ends) != 1 || ends[0].Reason != lobby.EndDrain {
			t.Errorf("ends = %+v", ends)
		}
		if notes := got[lobby.Drain](ann); len(notes) != 1 || notes[0].DeadlineMs != 10000 {
			t.Errorf("notes = %+v", notes)
		}
		frames := len(ann.kinds)
		pass(time.Second)
		if len(ann.kinds)-frames != 20 {
			t.Error("the running match does not go on")
		}
		for _, err := range []error{
			func() error { _, err := join(t, d, "eve", lobby.JoinRequest{ID: ann.member.LobbyID()}); return err }(),
			func() error {
				c := newClient(t, "eve")
				done, answer := c.done()
				d.Quick(lobby.QuickRequest{Joiner: c.joiner(), Game: "arena"}, done)
				return answer()
			}(),
		} {
			wantCode(t, err, lobby.Draining)
		}
		ann.input(1, "end")
		pass(time.Second)
		if ended.IsZero() || ended.Sub(begin) > 4*time.Second {
			t.Errorf("drained after %v", ended.Sub(begin))
		}
		if ends := got[lobby.MatchEnd](bob); len(ends) != 1 || ends[0].Reason != lobby.EndFinished {
			t.Errorf("ends = %+v", ends)
		}
		if len(got[lobby.Closed](bob)) != 1 {
			t.Error("bob was not told")
		}
	})
}

func TestDrainDeadlineEndsMatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, gather)
		ann, bob := pair(t, d)
		_, _ = ann.ready(true), bob.ready(true)
		pass(4 * time.Second)
		bob.input(1, 5)
		ctx, cancel := context.WithTimeout(context.Background(), 10*step)
		defer cancel()
		if err := d.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if ends := got[lobby.MatchEnd](ann); len(ends) != 1 || ends[0].Reason != lobby.EndDrain {
			t.Errorf("ends = %+v", ends)
		}
		if at := ann.positions()[1]; at != 5 {
			t.Errorf("the last state has x = %d", at)
		}
	})
}

func TestDrainOfNothing(t *testing.T) {
	d := directory(t, gather)
	for range 2 {
		if err := d.Drain(context.Background()); err != nil {
			t.Error(err)
		}
	}
}
