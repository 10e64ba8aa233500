package duel

import (
	"math"

	"tickwire/lobby"
)

// bot knows no more than a client does. It keeps a wall between itself and the
// other one while it loads, steps out to shoot, and misses more often than not.
func bot(v *lobby.BotView) any {
	var me, foe Duelist
	const fieldReload, fieldSeat = 3, 6 // in the order of Duelist's declaration
	for _, row := range v.Replica.Entities("Duelist") {
		d := Duelist{X: float32(row.Number(0)), Y: float32(row.Number(1)), Reload: uint8(row.Stored(fieldReload))}
		if row.Stored(fieldSeat) == int32(v.Seat) {
			me = d
		} else {
			foe = d
		}
	}
	mood := float64(v.Seat)*2.4 + float64(v.Tick/45)*1.7 // another idea each time
	best, way := float32(math.Inf(-1)), ray{}
	for i := range 8 {
		sin, cos := math.Sincos(mood + float64(i)*math.Pi/4)
		there, r := me, ray{dx: float32(cos), dy: float32(sin)}
		for range 10 {
			there.move(127*r.dx, 127*r.dy)
		}
		if worth := there.likes(&foe, me.Reload) + 25*float32(math.Sin(mood*float64(i+1))); worth > best {
			best, way = worth, r
		}
	}
	sees := me.sees(&foe)
	aim := math.Atan2(float64(foe.Y-me.Y), float64(foe.X-me.X)) + 0.11*math.Sin(float64(v.Tick)/11+mood) // a hand, not a machine
	fire := 0
	if sees && v.Rand.IntN(9) == 0 { // nor does it react at once
		fire = 1
	}
	return []int{int(127 * way.dx), int(127 * way.dy), int(aim*turn/(2*math.Pi)+turn) % turn, fire}
}

// likes says how good a place is for d.
func (d *Duelist) likes(foe *Duelist, loading uint8) (worth float32) {
	far := length(foe.X-d.X, foe.Y-d.Y)
	worth = -max(0, far-520, 3*(260-far)) / 4
	worth -= max(0, 90-min(d.X, d.Y, width-d.X, height-d.Y)) / 2 // corners are traps
	if d.sees(foe) != (loading > reload/3) {
		worth += 40
	}
	return worth
}

func (d *Duelist) sees(foe *Duelist) bool {
	far := length(foe.X-d.X, foe.Y-d.Y)
	return far > 0 && ray{d.X, d.Y, (foe.X - d.X) / far, (foe.Y - d.Y) / far}.free() > far
}
