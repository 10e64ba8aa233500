package arena

import (
	"testing"

	"tickwire/codec/state"
	"tickwire/lobby"
)

// newTestRules makes the rules of a match that only the test drives.
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
	return r
}

// put places a living ship that stands still.
func (r *rules) put(seat uint8, x, y float32) state.ID {
	r.seats[seat] = r.players.Spawn(Player{Seat: seat, HP: fullHP, X: x, Y: y})
	return r.seats[seat]
}

func (r *rules) steps(n int) {
	for range n {
		r.Step(r.match.World().Tick() + 1)
		r.match.World().Commit()
	}
}

func TestShipReachesFullSpeedAndStopsAtTheWall(t *testing.T) {
	r := newTestRules(t)
	id := r.put(0, 100, 100)
	r.players.Get(id).moveX, r.players.Get(id).moveY = 127, 127
	r.steps(hz)
	p := r.players.Get(id)
	if speed := length(p.vx, p.vy); speed < maxSpeed-0.01 || speed > maxSpeed+0.01 {
		t.Errorf("diagonal speed %v, want %v: a diagonal must not be faster", speed, maxSpeed)
	}
	p.moveX, p.moveY = -127, 0
	r.steps(3 * hz)
	if p.X != shipRadius {
		t.Errorf("x = %v at the wall, want %v", p.X, shipRadius)
	}
}

func TestShipSlidesAlongARock(t *testing.T) {
	r := newTestRules(t)
	id := r.put(0, size/2-200, size/2-5)
	r.players.Get(id).moveX = 127
	r.steps(4 * hz)
	p := r.players.Get(id)
	for _, rock := range r.rocks.All() {
		if d := length(p.X-rock.X, p.Y-rock.Y); d < float32(rock.R)+shipRadius-0.01 {
			t.Errorf("ship is %v inside a rock", float32(rock.R)+shipRadius-d)
		}
	}
	if p.X < size/2 {
		t.Errorf("ship got stuck at %v, %v", p.X, p.Y)
	}
}

func TestFiveHitsKillAndTheVictimComesBack(t *testing.T) {
	r := newTestRules(t)
	shooter, victim := r.put(0, 60, 60), r.put(1, 260, 60)
	r.players.Get(shooter).firing = true
	hits, last := 0, uint8(fullHP)
	for range 5 * reload {
		r.steps(1)
		if hp := r.players.Get(victim).HP; hp != last {
			hits, last = hits+1, hp
		}
		if last == 0 {
			break
		}
	}
	if hits != fullHP/damage || last != 0 {
		t.Fatalf("%d hits left %d hull, want %d hits and 0", hits, last, fullHP/damage)
	}
	if s := r.players.Get(shooter).Score; s != 1 {
		t.Errorf("score %d, want 1", s)
	}
	r.players.Get(shooter).firing = false
	r.steps(respawnTicks - 1)
	if p := r.players.Get(victim); p.HP != 0 || p.X != 260 {
		t.Fatalf("came back after %d ticks", respawnTicks-1)
	}
	r.steps(1)
	p := r.players.Get(victim)
	if p.HP != fullHP {
		t.Fatalf("hull %d after %d ticks, want %d", p.HP, respawnTicks, fullHP)
	}
	if ring := length(p.X-size/2, p.Y-size/2); ring < spawnRing-1 || ring > spawnRing+1 {
		t.Errorf("came back %v from the middle, want %d", ring, spawnRing)
	}
}

func TestShotsStopAtRocksAndAtTheEndOfTheirLife(t *testing.T) {
	r := newTestRules(t)
	shooter, behind := r.put(0, size/2-150, size/2), r.put(1, size/2+150, size/2)
	r.players.Get(shooter).firing = true
	r.steps(2 * shotLife)
	if hp := r.players.Get(behind).HP; hp != fullHP {
		t.Errorf("a rock let shots through: hull %d", hp)
	}
	r.players.Get(shooter).firing = false
	r.steps(shotLife)
	if n := r.shots.Len(); n != 0 {
		t.Errorf("%d shots outlived their time", n)
	}
}

func TestShotsEndAtTheEdgeOfTheWorld(t *testing.T) {
	r := newTestRules(t)
	shooter := r.put(0, 60, 60)
	r.players.Get(shooter).firing = true
	r.players.Get(shooter).aim = 640 // up and to the left
	for range 2 * shotLife {
		r.steps(1)
		for _, s := range r.shots.All() {
			if s.X < 0 || s.Y < 0 {
				t.Fatalf("a shot is at %v, %v", s.X, s.Y)
			}
		}
	}
}

func TestNoShotJumpsOverAShip(t *testing.T) {
	for offset := range 48 { // two ticks' way in steps of a unit
		r := newTestRules(t)
		shooter, victim := r.put(0, 60, 60), r.put(1, 160+float32(offset), 75)
		r.players.Get(shooter).firing = true
		r.steps(reload)
		if hp := r.players.Get(victim).HP; hp != fullHP-damage {
			t.Fatalf("victim %d units away: hull %d, want %d", 100+offset, hp, fullHP-damage)
		}
	}
}

func TestShotsOfSomeoneWhoLeftStillCount(t *testing.T) {
	r := newTestRules(t)
	shooter, victim := r.put(0, 60, 60), r.put(1, 300, 60)
	r.players.Get(victim).HP = damage
	r.players.Get(shooter).firing = true
	r.steps(1)
	r.players.Despawn(shooter)
	r.steps(shotLife)
	if hp := r.players.Get(victim).HP; hp != 0 {
		t.Errorf("hull %d, want 0", hp)
	}
}

func TestBotsKeepTheirHeadWhenTwoShipsMeet(t *testing.T) {
	r := newTestRules(t)
	r.put(0, 16, 16)
	r.put(1, 16, 16)
	world := r.match.World()
	world.Commit()
	replica, err := state.NewReplica(world.Schema().Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := replica.Apply(world.Everybody().AppendKeyframe(nil, state.MForm)); err != nil {
		t.Fatal(err)
	}
	for seat := range 2 {
		want := bot(&lobby.BotView{Seat: seat, Replica: replica, Tick: 1}).([]int)
		if max(want[0], want[1]) > 127 || min(want[0], want[1]) < -127 {
			t.Errorf("seat %d moves by %v", seat, want[:2])
		}
		if want[0]+want[1] <= 0 {
			t.Errorf("seat %d moves by %v: further into the corner", seat, want[:2])
		}
	}
}

// battle is a full arena in which everyone moves, shoots and is hit, but nobody
// dies: each call is one tick.
func battle(t testing.TB) (r *rules, turn func()) {
	r = newTestRules(t)
	for seat := range maxPlayers {
		r.put(uint8(seat), 100+float32(seat%10)*200, 100+float32(seat/10)*200)
	}
	i := 0
	turn = func() {
		i++
		for seat, id := range r.seats {
			p := r.players.Edit(id)
			p.HP = fullHP
			p.moveX, p.moveY = float32((seat+i/40)%3-1)*127, float32((seat+i/55)%3-1)*127
			p.aim, p.firing = uint16(seat*37+i*3)&1023, true
		}
		r.steps(1)
	}
	for range 20 * hz {
		turn() // as many shots as there will ever be
	}
	return r, turn
}

func TestStepAllocatesNothing(t *testing.T) {
	_, turn := battle(t)
	if n := testing.AllocsPerRun(5*hz, turn); n != 0 {
		t.Errorf("%v allocations per tick, want 0", n)
	}
}

func BenchmarkStep(b *testing.B) {
	r, turn := battle(b)
	b.ReportAllocs()
	for b.Loop() {
		turn()
	}
	b.ReportMetric(float64(r.shots.Len()), "shots")
}
