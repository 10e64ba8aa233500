package lobby

import (
	"encoding/binary"
	"runtime/debug"
	"time"

	"tickwire/codec/replay"
	"tickwire/codec/socketio"
	"tickwire/codec/state"
)

// recorder writes the log of one match into memory, and hands it in batches to
// the archive, whose goroutine packs and keeps them. The lobby's goroutine owns
// it. In steady state it allocates nothing, and it never waits: when the archive
// does not keep up, the log is given up, not the match.
//
// All methods of a nil recorder do nothing: the match is not recorded.
type recorder struct {
	archive *archive
	entry   *recording // the archive's

	view    *state.View // all there is; nil before the first step
	sum     uint64
	epoch   uint32 // of the tables that the log has
	first   uint32 // tick of the first frame
	handed  uint32 // tick of the last batch
	every   uint32 // ticks between two
	away    []bool // by seat
	buf     []byte // records since the last batch
	scratch []byte // a keyframe, a payload
	rand    [32]byte
}

const (
	batchEvery = 5 * time.Second // of a match; what a crash of the process costs
	batchBytes = 256 << 10       // a batch that has grown so big goes at once
	batchLimit = 4 << 20         // one that has grown so big while the last was not taken: the archive is stuck

	// A viewer can begin at every keyframe.
	keyEvery = 256 // ticks
)

// record begins the log of a match, or returns nil if there is none.
func (d *Directory) record(m *Match, now time.Time) *recorder {
	if d.opt.Replays.Off || m.game.NoReplay {
		return nil
	}
	r := &recorder{
		archive: &d.archive, entry: d.archive.begin(m, now),
		every: max(1, uint32(batchEvery*time.Duration(m.game.Hz)/time.Second)), away: make([]bool, m.game.MaxPlayers),
	}
	r.buf = replay.AppendStart(nil, &replay.Header{
		Build: d.archive.build, Game: m.game.Name, Match: m.id, Seed: m.seed,
		Hz: m.game.Hz, SendHz: m.game.SendHz, MaxPlayers: m.game.MaxPlayers, Started: now.UnixMilli(),
	})
	return r
}

func (r *recorder) id() string {
	if r == nil {
		return ""
	}
	return r.entry.info.ID
}

func (r *recorder) join(p *Player) {
	if r == nil || r.buf == nil {
		return
	}
	r.buf = replay.AppendJoin(r.buf, &replay.Player{Seat: p.seat, Team: p.team, ID: p.id, Name: p.name, Account: p.account, Bot: p.bot})
	r.away[p.seat] = false
	r.archive.joined(r.entry, p.name)
}

func (r *recorder) leave(p *Player) {
	if r == nil || r.buf == nil {
		return
	}
	r.buf = replay.AppendLeave(r.buf, p.seat)
}

// before is called before a step: the rules may ask who is away.
func (r *recorder) before(m *Match) {
	if r == nil || r.buf == nil {
		return
	}
	if r.view == nil {
		r.view, r.first = m.world.NewView(state.ViewOptions{All: true}), m.world.Tick()+1
		r.epoch = m.world.Schema().Epoch()
		r.buf = replay.AppendBytes(r.buf, replay.Schema, m.world.Schema().Append(nil))
	}
	for _, p := range m.players {
		if p.away != r.away[p.seat] {
			r.away[p.seat] = p.away
			r.buf = replay.AppendAway(r.buf, p.seat, p.away)
		}
	}
}

func (r *recorder) input(p *Player, in *Input) {
	if r == nil || r.buf == nil {
		return
	}
	r.buf = replay.AppendInput(r.buf, p.seat, in.Seq, viewUnits(in.View), in.Repeated, in.Raw)
	if len(r.buf) > batchLimit { // a thousand players who send as much as they may
		r.giveUp(true)
	}
}

// after is called when a tick is closed.
func (r *recorder) after(m *Match, k replay.Kind) {
	if r == nil || r.buf == nil {
		return
	}
	w := m.world
	r.sum = w.Sum(r.sum)
	r.buf = replay.AppendSum(r.buf, k, foldSum(r.sum), m.randSum(&r.rand))
	if epoch := w.Schema().Epoch(); epoch != r.epoch {
		r.epoch = epoch
		r.buf = replay.AppendBytes(r.buf, replay.Tables, w.Schema().AppendTables(nil))
	}
	tick := w.Tick()
	if tick != r.first {
		r.buf = replay.AppendBytes(r.buf, replay.Frame, r.view.Steady(state.BForm))
	}
	if (tick-r.first)%keyEvery == 0 {
		r.scratch = r.view.AppendKeyframe(r.scratch[:0], state.BForm)
		r.buf = replay.AppendBytes(r.buf, replay.Key, r.scratch)
	}
	if tick-r.handed >= r.every || len(r.buf) >= batchBytes {
		r.hand(tick)
	}
}

// event notes what the rules sent. A payload without a wire form is nil.
func (r *recorder) event(e *emit) {
	if r == nil || r.buf == nil {
		return
	}
	seat := -1
	if e.to != nil {
		seat = e.to.seat
	}
	r.buf = replay.AppendEvent(r.buf, seat, e.name, r.encode(e.payload))
}

// end closes the log.
func (r *recorder) end(tick uint32, reason string, result any) {
	if r == nil {
		return
	}
	if r.buf != nil {
		r.buf = replay.AppendEnd(r.buf, reason, r.encode(result))
	}
	r.archive.end(r.entry, r.buf, tick, reason)
	r.buf = nil
}

// hand gives the batch to the archive and goes on with another buffer.
func (r *recorder) hand(tick uint32) {
	next, state := r.archive.take(r.entry, r.buf, tick)
	switch {
	case state == handTaken:
		r.buf, r.handed = next, tick
	case state == handStopped || len(r.buf) >= batchLimit:
		r.giveUp(state != handStopped)
	}
}

func (r *recorder) giveUp(slow bool) {
	r.archive.giveUp(r.entry, slow)
	r.buf = nil
}

func (r *recorder) encode(v any) []byte {
	defer func() { _ = recover() }() // a type of the studio's that cannot be encoded: telling so is the connection's part
	b, err := socketio.AppendValue(r.scratch[:0], v)
	if err != nil {
		return nil
	}
	r.scratch = b
	return b
}

func foldSum(sum uint64) uint32 { return uint32(sum ^ sum>>32) }

// randSum tells states of the random source apart.
func (m *Match) randSum(buf *[32]byte) uint16 {
	b, _ := m.pcg.AppendBinary(buf[:0]) // "pcg:" and two words; fails never
	hi, lo := binary.BigEndian.Uint64(b[4:]), binary.BigEndian.Uint64(b[12:])
	h := (hi ^ lo*0x9e3779b97f4a7c15) * 0xff51afd7ed558ccd
	return uint16(h >> 48)
}

// buildVersion names the program: a log is run again by the same one.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			version += " " + s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			version += " modified"
		}
	}
	return version
}
