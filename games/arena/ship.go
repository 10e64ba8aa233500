package arena

import "math"

const (
	hz, dt                         = 30, 1.0 / 30
	maxPlayers                     = 100
	size, spawnRing, shipRadius    = 2000, 860, 16 // units: an edge, two radii
	maxSpeed, acceleration         = 240, 1500     // units/s, units/s²
	shotStep                       = 720 * dt      // units/tick
	reload, shotLife, respawnTicks = 8, hz, 2 * hz // ticks
	fullHP, damage                 = 100, 20
)

// Player is a ship. Clients see the fields with a sync tag; the rest stays here.
type Player struct {
	X, Y  float32 `sync:"min=0,max=2000,step=0.125,pred"`
	Angle uint16  `sync:"angle,bits=10"`
	HP    uint8   `sync:"bits=7"` // 0: not there (yet, or again)
	Score uint16  `sync:"bits=16"`
	Hue   uint8   `sync:"bits=8"`
	Seat  uint8   `sync:"bits=7"`
	Name  string  `sync:"max=64"` // bytes: 16 characters of any script

	vx, vy, moveX, moveY float32
	aim, wait            uint16 // wait: ticks until it may shoot, or is back
	firing               bool
}

// Shot is a bullet on its way.
type Shot struct {
	X, Y  float32 `sync:"min=-32,max=2032,step=0.125,pred"`
	Angle uint16  `sync:"angle,bits=10"`
	Seat  uint8   `sync:"bits=7"` // who shot

	dx, dy, life float32 // per tick; ticks left
}

// Rock is an obstacle. Being state, it needs no map file in the client, and
// costs nothing after the first frame.
type Rock struct {
	X, Y float32 `sync:"min=0,max=2000,step=0.125"`
	R    uint16  `sync:"max=255"`
}

// move accelerates towards what the player wants: a ship has weight, but flies
// straight and steady at full speed.
func (p *Player) move() {
	wish := maxSpeed / max(127, length(p.moveX, p.moveY))
	ax, ay := p.moveX*wish-p.vx, p.moveY*wish-p.vy
	k := min(1, acceleration*dt/max(length(ax, ay), 1e-6))
	p.vx, p.vy = p.vx+ax*k, p.vy+ay*k
	p.X = min(max(p.X+p.vx*dt, shipRadius), size-shipRadius)
	p.Y = min(max(p.Y+p.vy*dt, shipRadius), size-shipRadius)
}

// pushOut lets a ship slide along a rock.
func (p *Player) pushOut(rock *Rock) {
	dx, dy, far := p.X-rock.X, p.Y-rock.Y, float32(rock.R)+shipRadius
	if d := length(dx, dy); d < far && d > 0 {
		p.X, p.Y = rock.X+dx*far/d, rock.Y+dy*far/d
	}
}

func (p *Player) shoot() Shot {
	sin, cos := math.Sincos(float64(p.Angle) * math.Pi / 512)
	dx, dy := float32(cos), float32(sin)
	return Shot{p.X + dx*shipRadius, p.Y + dy*shipRadius, p.Angle, p.Seat, dx * shotStep, dy * shotStep, shotLife}
}

// reaches tells at which part of this tick's way, 0 to 1, a shot is nearest to
// a circle, and whether it touches it: a fast shot must not jump over a ship.
func (s *Shot) reaches(x, y, r float32) (at float32, ok bool) {
	x, y = x-s.X, y-s.Y
	at = min(max((x*s.dx+y*s.dy)/(shotStep*shotStep), 0), 1)
	x, y = x-at*s.dx, y-at*s.dy
	return at, x*x+y*y <= r*r
}

func length(x, y float32) float32 { return float32(math.Sqrt(float64(x*x + y*y))) }
