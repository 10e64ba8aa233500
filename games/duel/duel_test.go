package duel

import (
	"testing"

	"tickwire/codec/socketio"
	"tickwire/codec/state"
	"tickwire/lobby"
)

// newTestRules makes the rules of a match that only the test drives, with both
// duelists there and the first round begun.
func newTestRules(t testing.TB) *rules {
	t.Helper()
	var r *rules
	g := Game()
	g.New = func(m *lobby.Match) lobby.Rules {
		r = newRules(m).(*rules)
		return r
	}
	if _, err := lobby.New(lobby.Options{Games: []lobby.Game{g}}); err != nil {
		t.Fatal(err)
	}
	for seat := range uint8(2) {
		r.seats[seat] = r.duelists.Spawn(Duelist{Seat: seat})
	}
	r.until(t, fight)
	return r
}

func (r *rules) steps(n int) {
	for range n {
		r.Step(r.match.World().Tick() + 1)
		r.match.World().Commit()
	}
}

func (r *rules) now() *Round { return r.rounds.Get(r.round) }

// until steps to the next change to a phase.
func (r *rules) until(t testing.TB, phase uint8) {
	t.Helper()
	for n := 0; r.now().Phase != phase || n == 0; n++ {
		if r.steps(1); n > 60*hz {
			t.Fatalf("phase %d does not come", phase)
		}
	}
}

// put stands a duelist somewhere, aiming at an angle of 0 to 4095.
func (r *rules) put(seat int, x, y float32, angle uint16) *Duelist {
	d := r.duelists.Edit(r.seats[seat])
	d.X, d.Y, d.Angle = x, y, angle
	return d
}

// seen is the newest tick.
func (r *rules) seen() float64 { return float64(r.match.World().Tick()) }

func (r *rules) shots() (beams []Beam) {
	for _, b := range r.beams.All() {
		beams = append(beams, *b)
	}
	return beams
}

func TestShotsHitTheFirstThingInTheirWay(t *testing.T) {
	for name, c := range map[string]struct {
		x, y   float32 // of the victim; the shooter is at 100, 60 and aims along +x
		hit    bool
		beamTo float32
	}{
		"in the open":       {400, 60, true, 400},
		"grazed":            {400, 60 + radius - 1, true, 400},
		"missed":            {400, 60 + radius + 1, false, 520},
		"behind a wall":     {700, 60, false, 520},
		"behind the back":   {50, 60, false, 520},
		"up to its surface": {502, 60, true, 502},
	} {
		t.Run(name, func(t *testing.T) {
			r := newTestRules(t)
			r.put(1, c.x, c.y, 0)
			r.steps(1) // what is seen are closed ticks
			r.shoot(r.put(0, 100, 60, 0), r.seen())
			r.steps(1)
			if hp := r.duelists.Get(r.seats[1]).HP; (hp == fullHP-1) != c.hit {
				t.Errorf("%d hearts left", hp)
			}
			if b := r.shots()[0]; b.Hit != c.hit || b.ToX < c.beamTo-0.01 || b.ToX > c.beamTo+0.01 || b.ToY != 60 {
				t.Errorf("beam %+v, want it to end at %v", b, c.beamTo)
			}
			r.steps(beamLife + 1)
			if n := r.beams.Len(); n != 0 {
				t.Errorf("%d beams stay", n)
			}
		})
	}
}

func TestBeamsEndInsideTheMapWhateverTheAngle(t *testing.T) {
	for angle := range uint16(turn) {
		d := Duelist{X: 150, Y: 400, Angle: angle}
		shot := d.aim()
		far := shot.free()
		x, y := d.X+shot.dx*far, d.Y+shot.dy*far
		if x < -0.1 || y < -0.1 || x > width+0.1 || y > height+0.1 || far <= 0 {
			t.Fatalf("angle %d: %v, %v after %v", angle, x, y, far)
		}
		for _, w := range walls { // just before the end it is in none
			x, y := d.X+shot.dx*(far-0.1), d.Y+shot.dy*(far-0.1)
			if x > float32(w.X) && x < float32(w.X+w.W) && y > float32(w.Y) && y < float32(w.Y+w.H) {
				t.Fatalf("angle %d goes through %+v", angle, w)
			}
		}
	}
}

func TestNobodyWalksThroughWallsOrOutOfTheMap(t *testing.T) {
	d := Duelist{X: 110, Y: 360}
	for i := range 20 * hz {
		angle := float32(i/50*37%7 - 3)
		d.move(127, angle*60)
		if i%200 > 100 {
			d.move(-127, angle*90)
		}
		if d.X < radius || d.Y < radius || d.X > width-radius || d.Y > height-radius {
			t.Fatalf("out of the map: %v, %v", d.X, d.Y)
		}
		for _, w := range walls {
			if d.X > float32(w.X) && d.X < float32(w.X+w.W) && d.Y > float32(w.Y) && d.Y < float32(w.Y+w.H) {
				t.Fatalf("inside of %+v: %v, %v", w, d.X, d.Y)
			}
		}
	}
}

func TestTheMapLooksTheSameToBoth(t *testing.T) {
	for _, w := range walls {
		image, found := Wall{width - w.X - w.W, height - w.Y - w.H, w.W, w.H}, false
		for _, other := range walls {
			found = found || other == image
		}
		if !found {
			t.Errorf("%+v has no image", w)
		}
	}
	a, b := Duelist{X: 110, Y: height / 2}, Duelist{X: width - 110, Y: height / 2}
	if a.sees(&b) {
		t.Error("a round must not begin with a race for the first shot")
	}
}

func TestBestOfThree(t *testing.T) {
	r := newTestRules(t)
	for round, winner := range []int{0, 1, 0} {
		if n := r.now().Number; n != uint8(round+1) {
			t.Fatalf("round %d, want %d", n, round+1)
		}
		r.duelists.Edit(r.seats[1-winner]).hurt = fullHP
		r.steps(1)
		if now := r.now(); now.Phase != over || now.Winner != uint8(winner+1) {
			t.Fatalf("round %d: %+v", round+1, now)
		}
		if round < 2 {
			r.until(t, ready)
			if d := r.duelists.Get(r.seats[1-winner]); d.HP != fullHP {
				t.Errorf("%d hearts in round %d", d.HP, round+2)
			}
			r.until(t, fight)
		}
	}
	r.steps(overTime)
	if got := r.result(); got != (Result{Winner: 0, Wins: [2]uint8{2, 1}}) {
		t.Errorf("result %+v", got)
	}
	if r.now().Number != 3 {
		t.Error("a fourth round began")
	}
}

func TestWhoHitEachOtherInOneTickBothFall(t *testing.T) {
	r := newTestRules(t)
	a, b := r.put(0, 200, 60, 0), r.put(1, 400, 60, turn/2)
	a.HP, b.HP = 1, 1
	r.steps(1)
	r.shoot(a, r.seen())
	r.shoot(b, r.seen())
	r.steps(1)
	if now := r.now(); now.Phase != over || now.Winner != 0 {
		t.Errorf("%+v, want nobody's round", now)
	}
}

func TestTimeEndsARoundForWhoWasHitLess(t *testing.T) {
	r := newTestRules(t)
	r.duelists.Edit(r.seats[0]).HP = fullHP - 1
	r.until(t, over)
	if now := r.now(); now.Winner != 2 {
		t.Errorf("%+v, want seat 1 as the winner", now)
	}
	for round := uint8(2); round < maxRounds; round++ { // and then nobody does anything
		r.until(t, fight)
		r.until(t, over)
	}
	if r.now().Winner != 0 {
		t.Errorf("%+v, want nobody's round", r.now())
	}
	if got := r.result(); got.Winner != 1 {
		t.Errorf("result %+v", got)
	}
}

// TestStepsCannotBeHoarded: whoever sends many inputs at once gets no farther
// than the ticks that have passed.
func TestStepsCannotBeHoarded(t *testing.T) {
	r := newTestRules(t)
	raw, err := socketio.AppendValue(nil, []int{0, -127, 0, 0})
	if err != nil {
		t.Fatal(err)
	}
	r.steps(2 * hz)
	d := r.duelists.Get(r.seats[0])
	from, p := d.Y, &lobby.Player{}
	for range 100 {
		r.Input(p, lobby.Input{Raw: raw})
	}
	if way, limit := from-d.Y, float32(maxCredit*speed)/hz; way < limit-0.1 || way > limit+0.1 {
		t.Errorf("moved by %v, want %v", way, limit)
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	r := newTestRules(t)
	world := r.match.World()
	everybody := world.Everybody()
	var frame []byte
	tick := func() {
		for seat := range 2 {
			if d := r.duelists.Edit(r.seats[seat]); world.Tick()%reload == 0 {
				d.HP = fullHP
				d.Angle += 97
				r.shoot(d, r.seen()-3.5)
			}
		}
		r.steps(1)
		frame = everybody.AppendKeyframe(frame[:0], state.BForm)
	}
	for range 5 * hz {
		tick()
	}
	if n := testing.AllocsPerRun(2*hz, tick); n != 0 {
		t.Errorf("%v allocations per tick, want 0", n)
	}
}
