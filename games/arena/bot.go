package arena

import (
	"math"
	"math/cmplx"

	"tickwire/codec/state"
	"tickwire/lobby"
)

// bot knows no more than a client does. It roams and circles the nearest ship.
func bot(v *lobby.BotView) any {
	me, foe := look(v)
	mood := float64(v.Seat)*2.4 + float64(v.Tick/90)*1.7 // another idea every three seconds
	way, aim, fire := cmplx.Rect(1, mood), mood, 0
	if far := cmplx.Abs(foe); far < 600 {
		closer := min(max((far-180)/100, -0.7), 1)
		way = way*0.3 + foe/complex(max(far, 1), 0)*complex(closer, math.Copysign(0.8, math.Sin(mood)))
		aim = cmplx.Phase(foe) + 0.14*math.Sin(float64(v.Tick)/9+mood) // a hand, not a machine
		fire = int(v.Tick/20+uint32(v.Seat)) % 3 % 2                   // bursts with pauses
	}
	way += (complex(size/2, size/2) - me) * 1.6 / size // walls are where one gets shot
	way *= complex(127/max(1, cmplx.Abs(way)), 0)
	return []int{int(real(way)), int(imag(way)), int(aim * 512 / math.Pi), fire}
}

// look finds the bot's place and the way to the nearest other ship.
func look(v *lobby.BotView) (me, foe complex128) {
	const fieldHP, fieldSeat = 3, 6 // in the order of Player's declaration
	for _, ship := range v.Replica.Entities("Player") {
		if ship.Stored(fieldSeat) == int32(v.Seat) {
			me = place(ship)
		}
	}
	foe = cmplx.Inf()
	for _, ship := range v.Replica.Entities("Player") {
		way := place(ship) - me
		if ship.Stored(fieldSeat) != int32(v.Seat) && ship.Stored(fieldHP) > 0 && cmplx.Abs(way) < cmplx.Abs(foe) {
			foe = way
		}
	}
	return me, foe
}

func place(row state.Row) complex128 { return complex(row.Number(0), row.Number(1)) }
