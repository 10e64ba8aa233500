package lobby_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tickwire/lobby"
)

// profile is Directory.Profile, answered.
func profile(t *testing.T, d *lobby.Directory, id string, on bool) (p lobby.Profile, err error) {
	t.Helper()
	calls := 0
	d.Profile(id, on, func(got lobby.Profile, e error) { p, err = got, e; calls++ })
	synctest.Wait()
	if calls != 1 {
		t.Errorf("answered %d times", calls)
	}
	return p, err
}

func TestProfile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := directory(t, arena, gather)
		c := quick(t, d, "ann", "arena")
		id := c.joined.Lobby.ID
		pass(time.Second)
		for _, on := range []bool{false, true} { // nothing is counted unless asked for
			if p, err := profile(t, d, id, on); err != nil || p.Frames != 0 || len(p.Costs) != 0 {
				t.Errorf("on: %v: %+v, %v", on, p, err)
			}
			pass(time.Second)
		}
		c.input(1, 5)
		pass(time.Second)
		p, err := profile(t, d, id, true)
		if err != nil || p.Frames < 35 || p.Bytes == 0 || len(p.Costs) == 0 {
			t.Fatalf("%+v, %v", p, err)
		}
		counts := map[string]int{}
		for _, cost := range p.Costs {
			counts[cost.Type+"."+cost.Field] = cost.Count
		}
		if counts["Dot.x"] != 1 || counts["Dot.seat"] != 0 {
			t.Errorf("counts %v", counts)
		}
		more, _ := profile(t, d, id, false)
		pass(time.Second)
		off, _ := profile(t, d, id, false)
		if more.Frames < p.Frames || off.Frames != 0 {
			t.Errorf("%d frames, then %d; %d when off", p.Frames, more.Frames, off.Frames)
		}

		waiting := create(t, d, "bob", lobby.CreateRequest{Game: "gather"})
		_, err = profile(t, d, waiting.joined.Lobby.ID, true)
		wantCode(t, err, lobby.WrongPhase)
		_, err = profile(t, d, "nowhere", true)
		wantCode(t, err, lobby.NotFound)
	})
}

func TestProfileOfAllMatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, lobby.Options{Games: []lobby.Game{arena}, Profile: true})
		c := quick(t, d, "ann", "arena")
		pass(time.Second)
		if p, err := profile(t, d, c.joined.Lobby.ID, true); err != nil || p.Frames < 15 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

// TestCheckedFrames: with Check a frame of every 64th tick carries the CRC, and
// the replicas, which compare it, are content.
func TestCheckedFrames(t *testing.T) {
	for _, check := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d := open(t, lobby.Options{Games: []lobby.Game{arena}, Check: check})
			c := tapInto(t, d, "arena", "ann", "B")
			m := tapInto(t, d, "arena", "bob", "M")
			pass(20 * time.Second)
			for _, c := range []*tap{c, m} {
				if n := c.checked; (n >= 5) != check || n > 8 {
					t.Errorf("check %v, form %q: %d frames have a CRC", check, c.form, n)
				}
			}
		})
	}
}
