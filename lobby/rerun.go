package lobby

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"tickwire/codec/replay"
	"tickwire/codec/socketio"
	"tickwire/codec/state"
)

// RerunReport tells what came of running a match again.
type RerunReport struct {
	Header  replay.Header
	Ticks   uint32 // that were run and compared
	Players int    // who joined
	Inputs  int    // applied
	Reason  string // of the end in the log; "" if the log does not reach it
	Fault   any    // what the rules panicked with, in the log as here
	Stack   []byte // of Fault

	Divergence *Divergence // nil: the match went as it did
}

// Divergence is where a match that runs again goes another way.
type Divergence struct {
	Tick uint32 // the first
	Why  string // what differs
	// Fields names the first values that differ after that tick: World is what
	// came out now, Remote what is in the log.
	Fields []state.Difference
}

func (d *Divergence) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "tick %d: %s", d.Tick, d.Why)
	for _, f := range d.Fields {
		name := fmt.Sprintf("%s %d", f.Type, f.Slot)
		if f.Field != "" {
			name += " " + f.Field
		}
		fmt.Fprintf(&b, "\n  %s: %s in the log, %s now", name, f.Remote, f.World)
	}
	return b.String()
}

// Rerun runs the match of a log again, without clients and as fast as it can,
// and compares every tick with the log. It stops at the first that differs.
// progress, if not nil, is called after each second of the match. An error says
// that the log cannot be run: no log, of another game, of another state schema,
// or ctx is over. A log that is cut off is run to its end.
func Rerun(ctx context.Context, g Game, log io.Reader, progress func(tick uint32)) (RerunReport, error) {
	r := rerun{in: replay.NewReader(log), seats: map[int]*Player{}}
	if err := r.open(g); err != nil {
		return r.report, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return r.report, err
		}
		err := r.in.Next(&r.rec)
		if err != nil {
			r.settle()
			if errors.Is(err, io.EOF) || errors.Is(err, replay.ErrCut) {
				err = nil
			}
			return r.report, err
		}
		if err := r.take(); err != nil || r.over {
			return r.report, err
		}
		if now := r.report.Ticks; progress != nil && r.rec.Kind == replay.Step && now%uint32(r.run.game.Hz) == 0 {
			progress(now)
		}
	}
}

// rerun is a match that runs by a log.
type rerun struct {
	in     *replay.Reader
	rec    replay.Record
	report RerunReport

	run     *run
	view    *state.View
	replica *state.Replica // the state in the log
	seats   map[int]*Player
	sum     uint64
	rand    [32]byte
	over    bool

	// A sum differs: what the log tells of this tick is still to be read.
	differs *Divergence
}

func (r *rerun) open(g Game) error {
	if err := r.in.Next(&r.rec); err != nil {
		return err
	}
	h := r.rec.Header
	r.report.Header = h
	g, err := complete(g)
	switch {
	case err != nil:
		return err
	case h.Game != g.Name:
		return fmt.Errorf("lobby: the log is of game %q, not %q", h.Game, g.Name)
	case h.Hz < 1 || h.Hz > 128 || h.SendHz < 1 || h.SendHz > h.Hz || h.MaxPlayers < 1 || h.MaxPlayers > maxSeats:
		return fmt.Errorf("%w: its header is out of range", replay.ErrMalformed)
	}
	g.Hz, g.SendHz, g.MaxPlayers = h.Hz, h.SendHz, h.MaxPlayers // the rules may ask
	r.run = newRun(newMatch(&game{Game: g}, h.Match, h.Seed, zerolog.Nop(), false), false)
	r.run.prepare()
	return nil
}

// maxSeats is the limit of Game.MaxPlayers.
const maxSeats = 1024

// take does what a record says.
func (r *rerun) take() error {
	rec := &r.rec
	switch rec.Kind {
	case replay.Schema:
		return r.schema()
	case replay.Join:
		return r.join(&rec.Player)
	case replay.Leave, replay.Away, replay.Input:
		return r.ofPlayer()
	case replay.Step, replay.Close:
		return r.step()
	case replay.Tables, replay.Frame, replay.Key:
		return r.frame()
	case replay.End:
		r.end()
	}
	return nil
}

func (r *rerun) schema() (err error) {
	if r.replica, err = state.NewReplica(r.rec.Data); err != nil {
		return err
	}
	w := r.run.world
	if mine := w.Schema().Hash(); r.run.fault == nil && r.replica.Schema().Hash() != mine {
		return fmt.Errorf("lobby: the log has state schema %s, the game %s: it was another build (%s)",
			r.replica.Schema().Hash(), mine, r.report.Header.Build)
	}
	r.view = w.NewView(state.ViewOptions{All: true})
	return nil
}

func (r *rerun) join(j *replay.Player) error {
	if j.Seat < 0 || j.Seat >= r.report.Header.MaxPlayers || r.seats[j.Seat] != nil {
		return r.malformed("seat %d is taken or out of range", j.Seat)
	}
	p := &Player{id: j.ID, seat: j.Seat, team: j.Team, name: j.Name, bot: j.Bot, account: j.Account}
	r.seats[j.Seat] = p
	r.report.Players++
	r.run.join(p)
	return nil
}

func (r *rerun) ofPlayer() error {
	rec, p := &r.rec, r.seats[r.rec.Seat]
	if p == nil {
		return r.malformed("nobody is in seat %d", rec.Seat)
	}
	switch rec.Kind {
	case replay.Leave:
		delete(r.seats, rec.Seat)
		r.run.leave(p)
	case replay.Away:
		p.away = rec.Flag
	case replay.Input:
		if n, err := socketio.Validate(rec.Data, socketio.Limits{}); err != nil || n != len(rec.Data) {
			return r.malformed("an input is no MessagePack value")
		}
		in := Input{Seq: rec.Seq, View: viewTicks(rec.View), Repeated: rec.Flag, Raw: rec.Data}
		r.report.Inputs++
		r.run.protect(func() { r.run.rules.Input(p, in) })
	}
	return nil
}

// step does what the match did, and compares.
func (r *rerun) step() error {
	if r.settle(); r.over {
		return nil
	}
	if r.view == nil {
		return r.malformed("a step without a schema")
	}
	rec, w := &r.rec, r.run.world
	if rec.Kind == replay.Step {
		r.callStep()
	}
	if r.run.fault != nil {
		r.diverge("the rules panic here and did not then: %v", r.run.fault)
		return nil
	}
	w.Commit()
	r.run.emits = r.run.emits[:0]
	r.sum = w.Sum(r.sum)
	r.report.Ticks = w.Tick()
	switch {
	case foldSum(r.sum) != rec.Sum:
		r.differs = &Divergence{Tick: w.Tick(), Why: "the state differs"}
	case r.run.randSum(&r.rand) != rec.Rand:
		r.differs = &Divergence{Tick: w.Tick(), Why: "the random source was used differently"}
	}
	return nil
}

func (r *rerun) callStep() {
	r.run.protect(func() { r.run.rules.Step(r.run.world.Tick() + 1) })
}

// frame follows the state in the log, to know the values that differ.
func (r *rerun) frame() error {
	if r.replica == nil {
		return r.malformed("a frame without a schema")
	}
	if r.rec.Kind == replay.Tables {
		return r.replica.Learn(r.rec.Data)
	}
	if err := r.replica.Apply(r.rec.Data); err != nil {
		return fmt.Errorf("%w: tick %d: %w", replay.ErrMalformed, r.in.Tick(), err)
	}
	return nil
}

// settle draws the conclusion from a sum that differs.
func (r *rerun) settle() {
	d := r.differs
	if d == nil || r.over {
		return
	}
	r.over, r.report.Divergence = true, d
	if r.replica.Synced() && r.replica.Tick() == d.Tick {
		d.Fields = r.view.Compare(r.replica, 8)
	}
}

func (r *rerun) end() {
	if r.settle(); r.over {
		return
	}
	r.over, r.report.Reason = true, r.rec.Name
	if r.rec.Name == EndFault && r.run.fault == nil {
		r.callStep() // the last, which has no record of its own
	}
	r.report.Fault, r.report.Stack = r.run.fault, slices.Clone(r.run.stack)
	switch {
	case r.rec.Name == EndFault && r.run.fault == nil:
		r.diverge("the rules panicked then and do not here")
	case r.rec.Name != EndFault && r.run.fault != nil:
		r.diverge("the rules panic here and did not then: %v", r.run.fault)
	}
}

// diverge ends the run.
func (r *rerun) diverge(format string, args ...any) {
	r.over = true
	r.report.Divergence = &Divergence{Tick: r.run.world.Tick() + 1, Why: fmt.Sprintf(format, args...)}
}

func (r *rerun) malformed(format string, args ...any) error {
	return fmt.Errorf("%w: tick %d: %s", replay.ErrMalformed, r.in.Tick(), fmt.Sprintf(format, args...))
}
