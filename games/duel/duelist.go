package duel

import "math"

const (
	hz, dt               = 60, 1.0 / 60
	width, height        = 1200, 720 // units
	radius, speed        = 18, 300   // units, units/s
	fullHP, winsNeeded   = 3, 2      // hits, rounds
	maxRounds            = 5         // some may be drawn
	turn                 = 4096      // steps of an angle
	reload, beamLife     = 40, 20    // steps of the duelist; ticks
	readyTicks, overTime = 2 * hz, 2 * hz
	fightTicks           = 40 * hz
	maxCredit            = 15 // steps that a stalled connection may catch up on
)

// Duelist is a player. Clients see the fields with a sync tag; the rest stays here.
type Duelist struct {
	X, Y   float32 `sync:"min=0,max=1200,step=0.125,pred,history"`
	Angle  uint16  `sync:"angle,bits=12"`
	Reload uint8   `sync:"bits=6,pred"` // steps until the next shot
	HP     uint8   `sync:"bits=2"`
	Wins   uint8   `sync:"bits=2"`
	Seat   uint8   `sync:"bits=1"`
	Name   string  `sync:"max=64"` // bytes: 16 characters of any script

	credit, hurt uint8 // steps it may take; hits of this tick
}

// Round says what is going on; there is one.
type Round struct {
	Number uint8  `sync:"bits=3"` // from 1
	Phase  uint8  `sync:"bits=2"`
	Winner uint8  `sync:"bits=2"` // of the round that is over: seat + 1; 0: nobody
	Until  uint32 `sync:""`       // tick at which the phase ends
}

// The phases of a round.
const (
	ready = iota // nobody moves yet
	fight
	over
)

// Wall is an obstacle, in the way of bodies and of shots.
type Wall struct {
	X, Y, W, H uint16 `sync:"bits=11"`
}

// walls look the same to both: the map is its own image, turned by 180 degrees.
var walls = [...]Wall{
	{570, 290, 60, 140},
	{300, 120, 40, 190}, {860, 410, 40, 190},
	{290, 500, 170, 40}, {740, 180, 170, 40},
	{520, 0, 40, 110}, {640, 610, 40, 110},
}

// Beam is a shot: it hits in no time and stays a moment to be seen.
type Beam struct {
	X, Y, ToX, ToY float32 `sync:"min=0,max=1200,step=0.125"`
	Seat           uint8   `sync:"bits=1"` // who shot
	Hit            bool    `sync:""`

	life uint8
}

// move takes one step in a direction of -127..127 each way. A diagonal is not
// faster, and a wall lets slide along it.
func (d *Duelist) move(dx, dy float32) {
	step := speed * dt / max(127, length(dx, dy))
	d.X = min(max(d.X+dx*step, radius), width-radius)
	d.Y = min(max(d.Y+dy*step, radius), height-radius)
	for _, w := range walls {
		x := min(max(d.X, float32(w.X)), float32(w.X+w.W)) // of the wall, the nearest point
		y := min(max(d.Y, float32(w.Y)), float32(w.Y+w.H))
		if far := length(d.X-x, d.Y-y); far < radius && far > 0 {
			d.X, d.Y = x+(d.X-x)*radius/far, y+(d.Y-y)*radius/far
		}
	}
}

// ray is where a shot may go: from a point in a direction of length 1.
type ray struct{ x, y, dx, dy float32 }

func (d *Duelist) aim() ray {
	sin, cos := math.Sincos(float64(d.Angle) * 2 * math.Pi / turn)
	return ray{d.X, d.Y, float32(cos), float32(sin)}
}

// free is how far the ray goes until a wall or the edge stops it.
func (r ray) free() float32 {
	_, far := r.slab(0, 0, width, height)
	for _, w := range walls {
		near, exit := r.slab(float32(w.X), float32(w.Y), float32(w.X+w.W), float32(w.Y+w.H))
		if near <= exit && near > 0 {
			far = min(far, near)
		}
	}
	return far
}

// slab is where the ray's line enters and leaves a box; it misses the box where
// it enters after it leaves.
func (r ray) slab(x0, y0, x1, y1 float32) (enter, leave float32) {
	ix, iy := inverse(r.dx), inverse(r.dy)
	ax, bx, ay, by := (x0-r.x)*ix, (x1-r.x)*ix, (y0-r.y)*iy, (y1-r.y)*iy
	return max(min(ax, bx), min(ay, by)), min(max(ax, bx), max(ay, by))
}

func inverse(v float32) float32 {
	if v == 0 {
		return 1e9
	}
	return 1 / v
}

// meets is how far along the ray a body stands in its way.
func (r ray) meets(x, y float32) (far float32, ok bool) {
	x, y = x-r.x, y-r.y
	along, off := x*r.dx+y*r.dy, x*r.dy-y*r.dx
	return along, along > 0 && off*off <= radius*radius
}

func length(x, y float32) float32 { return float32(math.Sqrt(float64(x*x + y*y))) }
