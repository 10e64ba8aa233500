package lobby_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tickwire/codec/replay"
	"tickwire/codec/state"
	"tickwire/lobby"
)

// casino is dots with secrets and luck: each input bets on a die.
type casino struct {
	dots
	chips  *state.Private[chip]
	of     map[*lobby.Player]state.ID
	change func(c *casino, tick uint32)
}

type chip struct {
	Count int16  `sync:"bits=12"`
	Note  string `sync:"max=32"`
}

func newCasino(change func(*casino, uint32)) func(*lobby.Match) lobby.Rules {
	return func(m *lobby.Match) lobby.Rules {
		return &casino{
			dots: *newDots(m).(*dots), chips: state.RegisterPrivate[chip](m.World(), "Chip"),
			of: map[*lobby.Player]state.ID{}, change: change,
		}
	}
}

func (c *casino) Join(p *lobby.Player) {
	c.dots.Join(p)
	c.of[p] = c.chips.Spawn(p.Owner(), chip{Count: 100, Note: p.Name() + p.Account() + p.ID()})
}

func (c *casino) Leave(p *lobby.Player) { c.dots.Leave(p); c.chips.Despawn(c.of[p]) }

func (c *casino) Input(p *lobby.Player, in lobby.Input) {
	c.dots.Input(p, in)
	if stake := c.chips.Edit(c.of[p]); c.match.Rand().IntN(6) == 5 {
		stake.Count++
	}
}

func (c *casino) Step(tick uint32) {
	for p := range c.match.Players() {
		if p.Away() {
			c.chips.Edit(c.of[p]).Count--
		}
	}
	if c.change != nil {
		c.change(c, tick)
	}
}

func casinoGame(change func(*casino, uint32)) lobby.Game {
	return lobby.Game{Name: "casino", MaxPlayers: 4, Hz: 20, DropIn: true, Intermission: time.Hour, New: newCasino(change)}
}

// evening plays a match in which much happens, and returns its log.
func evening(t *testing.T, o lobby.Options, finale string) (log []byte, info lobby.ReplayInfo) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Games, o.Seed, o.Grace = []lobby.Game{casinoGame(nil)}, func() uint64 { return 42 }, time.Minute
		d := open(t, o)
		ann, bob := quick(t, d, "ann", "casino"), quick(t, d, "bob", "casino")
		for seq := uint32(1); seq <= 400; seq++ {
			ann.input(10*seq, int(seq%3))
			bob.input(seq, 1)
			switch seq {
			case 50:
				ann.input(10*seq+1, "emit")
				ann.input(10*seq+2, "whisper")
			case 80:
				quick(t, d, "cleo", "casino").input(1, 7)
			case 120:
				bob.member.Disconnect()
			case 200:
				if _, err := join(t, d, "bob", lobby.JoinRequest{Resume: bob.joined.Token}); err != nil {
					t.Fatal(err)
				}
			}
			pass(50 * time.Millisecond)
		}
		ann.input(5000, finale)
		pass(time.Second)
		for _, info = range d.Replays() {
		}
		if end := got[lobby.MatchEnd](ann); len(end) != 1 || end[0].Replay != info.ID {
			t.Errorf("match:end %v, log %q", end, info.ID)
		}
		log = readLog(t, d, info.ID)
	})
	return log, info
}

func readLog(t *testing.T, d *lobby.Directory, id string) []byte {
	t.Helper()
	f, err := d.OpenReplay(id)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	log, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func rerun(t *testing.T, log []byte, change func(*casino, uint32)) lobby.RerunReport {
	t.Helper()
	report, err := lobby.Rerun(context.Background(), casinoGame(change), bytes.NewReader(log), nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestMatchesAreRecordedAndRunAgain(t *testing.T) {
	log, info := evening(t, lobby.Options{}, "end")
	report := rerun(t, log, nil)
	if report.Divergence != nil {
		t.Fatal(report.Divergence)
	}
	if report.Ticks < 400 || report.Ticks != info.Ticks || report.Players != 3 || report.Inputs < 500 || report.Reason != lobby.EndFinished {
		t.Errorf("%+v of %+v", report, info)
	}
	if fmt.Sprint(info.Players) != "[ann bob cleo]" || info.Bytes != int64(len(log)) || info.Reason != lobby.EndFinished {
		t.Errorf("%+v", info)
	}
	t.Logf("%d ticks, %d inputs: %d bytes", report.Ticks, report.Inputs, len(log))
}

func TestRecordingIsTheSameForTheSameMatch(t *testing.T) {
	a, _ := evening(t, lobby.Options{}, "end")
	b, _ := evening(t, lobby.Options{}, "end")
	if !bytes.Equal(a, b) {
		t.Error("the same seed and inputs made another log")
	}
}

func TestRerunNamesTheFirstDifference(t *testing.T) {
	log, _ := evening(t, lobby.Options{}, "end")
	first := func(c *casino) *dot {
		for id := range c.dots.dots.All() {
			return c.dots.dots.Edit(id)
		}
		return nil
	}
	for name, tc := range map[string]struct {
		change func(*casino, uint32)
		tick   uint32
		why    string
		field  string
	}{
		"a public number": {func(c *casino, tick uint32) {
			if tick == 123 {
				first(c).X += 5
			}
		}, 123, "state", "Dot 0 x"},
		"a private text": {func(c *casino, tick uint32) {
			if tick == 250 {
				for p := range c.match.Players() {
					c.chips.Edit(c.of[p]).Note = "cheat"
					return
				}
			}
		}, 250, "state", "Chip 0 note"},
		"one that is too many": {func(c *casino, tick uint32) {
			if tick == 300 {
				c.dots.dots.Spawn(dot{})
			}
		}, 300, "state", "Dot 3: absent"},
		"luck": {func(c *casino, tick uint32) {
			if tick == 77 {
				c.match.Rand().Uint64()
			}
		}, 77, "random", ""},
		"a panic": {func(c *casino, tick uint32) {
			if tick == 99 {
				panic("now")
			}
		}, 99, "panic", ""},
	} {
		d := rerun(t, log, tc.change).Divergence
		if d == nil || d.Tick != tc.tick || !strings.Contains(d.Why, tc.why) || !strings.Contains(d.String(), tc.field) {
			t.Errorf("%s: %v", name, d)
		}
	}
}

func TestRerunFindsThePanicOfALog(t *testing.T) {
	log, info := evening(t, lobby.Options{}, "panic")
	report := rerun(t, log, nil)
	if report.Divergence != nil || report.Fault == nil || report.Reason != lobby.EndFault || !bytes.Contains(report.Stack, []byte("casino")) {
		t.Errorf("%+v", report)
	}
	if info.Reason != lobby.EndFault {
		t.Errorf("%+v", info)
	}
}

func TestRerunOfACutLogGoesAsFarAsItReaches(t *testing.T) {
	log, _ := evening(t, lobby.Options{}, "end")
	report := rerun(t, log[:len(log)-9], nil)
	if report.Divergence != nil || report.Ticks < 300 || report.Reason != "" {
		t.Errorf("%+v", report)
	}
}

func TestReplaysOutlastTheProcessAsFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "replays")
	o := lobby.Options{Replays: lobby.ReplayOptions{Dir: dir}}
	log, info := evening(t, o, "end")
	if err := os.WriteFile(filepath.Join(dir, "other.twreplay"), []byte("not a log"), 0o600); err != nil {
		t.Fatal(err)
	}
	if names, _ := filepath.Glob(dir + "/*"); len(names) != 2 {
		t.Fatalf("files %v", names)
	}
	o.Games = []lobby.Game{casinoGame(nil)}
	d := open(t, o)
	later := d.Replays()
	info.Reason = "kept"
	if len(later) != 1 || fmt.Sprint(later[0].Players) != "[ann bob]" { // before the first step
		t.Fatalf("after a restart: %+v", later)
	}
	info.Players = later[0].Players
	if fmt.Sprint(later[0]) != fmt.Sprint(info) {
		t.Errorf("after a restart %+v, before %+v", later[0], info)
	}
	if again := readLog(t, d, info.ID); !bytes.Equal(log, again) {
		t.Error("the file differs from what was written")
	}
	for _, id := range []string{"", "../casino", "other", info.ID + "x"} {
		_, err := d.OpenReplay(id)
		wantCode(t, err, lobby.NotFound)
	}
	if _, err := lobby.New(lobby.Options{Games: o.Games, Replays: lobby.ReplayOptions{Dir: filepath.Join(dir, "other.twreplay")}}); err == nil {
		t.Error("a file was taken as a directory")
	}
}

// TestFullDiskLosesTheLogAlone: the directory goes away under the feet.
func TestFullDiskLosesTheLogAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "replays")
	var warnings bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		d := open(t, lobby.Options{
			Games: []lobby.Game{casinoGame(nil)}, Replays: lobby.ReplayOptions{Dir: dir}, Log: zerolog.New(&warnings).Level(zerolog.WarnLevel),
		})
		for _, name := range []string{"ann", "bob", "cleo", "dan", "eve"} { // two lobbies
			quick(t, d, name, "casino")
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		pass(30 * time.Second)
		if n := d.LostReplays(); n != 2 {
			t.Errorf("%d logs lost", n)
		}
		if s := d.Stats(); s.Ticks < 1100 {
			t.Errorf("%d ticks of two matches in 30 s", s.Ticks)
		}
		for _, info := range d.Replays() {
			if info.Reason != "cut" || info.Bytes != 0 && info.Ticks != 0 {
				t.Errorf("%+v", info)
			}
		}
	})
	if n := strings.Count(warnings.String(), "\n"); n != 1 {
		t.Errorf("%d warnings: %s", n, warnings.String())
	}
}

func TestReplaysAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		short := gather
		short.Name, short.Countdown, short.MinPlayers = "short", -1, 1
		d := open(t, lobby.Options{
			Games: []lobby.Game{short, arena}, Replays: lobby.ReplayOptions{Keep: 3, MaxBytes: 4000, TotalBytes: 9000},
		})
		long := quick(t, d, "long", "arena") // a match that reaches its bound
		ann := create(t, d, "ann", lobby.CreateRequest{Game: "short"})
		for seq := range uint32(6) {
			if err := ann.ready(true); err != nil {
				t.Fatal(err)
			}
			for i := range uint32(100) {
				long.input(seq*100+i+1, int(i*i%17))
				pass(50 * time.Millisecond)
			}
			ann.input(1, "end")
			pass(time.Second)
		}
		infos := d.Replays()
		var total int64
		for _, info := range infos {
			total += info.Bytes
			if info.Bytes > 4000 {
				t.Errorf("%d bytes in one log", info.Bytes)
			}
			if _, err := lobby.Rerun(context.Background(), map[string]lobby.Game{"short": short, "arena": arena}[info.Game],
				bytes.NewReader(readLog(t, d, info.ID)), nil); err != nil {
				t.Error(err)
			}
		}
		if len(infos) != 4 || total > 9000 || infos[0].Game != "arena" || infos[0].Reason != "cut" || infos[0].Ticks < 100 {
			t.Errorf("%d bytes in %+v", total, infos)
		}
		if d.LostReplays() != 0 {
			t.Error("a log that reached its bound counts as lost")
		}
	})
}

func TestReplaysCanBeSwitchedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quiet := arena
		quiet.Name, quiet.NoReplay = "quiet", true
		a := open(t, lobby.Options{Games: []lobby.Game{arena, quiet}})
		b := open(t, lobby.Options{Games: []lobby.Game{arena}, Replays: lobby.ReplayOptions{Off: true}})
		quick(t, a, "ann", "quiet").input(1, "end")
		end := quick(t, b, "bob", "arena")
		end.input(1, "end")
		pass(time.Second)
		if n := len(a.Replays()) + len(b.Replays()); n != 0 {
			t.Errorf("%d logs", n)
		}
		if ends := got[lobby.MatchEnd](end); len(ends) != 1 || ends[0].Replay != "" {
			t.Errorf("%+v", ends)
		}
	})
}

func TestStreamOfALogLeadsThroughTheSameStates(t *testing.T) {
	log, _ := evening(t, lobby.Options{}, "end")
	r, rec := replay.NewReader(bytes.NewReader(log)), replay.Record{}
	var replica *state.Replica
	kinds := map[replay.Kind]int{}
	for r.Next(&rec) == nil {
		kinds[rec.Kind]++
		var err error
		switch rec.Kind {
		case replay.Schema:
			replica, err = state.NewReplica(rec.Data)
		case replay.Tables:
			err = replica.Learn(rec.Data)
		case replay.Frame, replay.Key:
			err = replica.Apply(rec.Data)
		case replay.Event:
			if rec.Name == "shout" && rec.Seat != -1 || rec.Name == "whisper" && rec.Seat != 0 {
				err = fmt.Errorf("event %q to %d", rec.Name, rec.Seat)
			}
		}
		if err != nil {
			t.Fatalf("tick %d: %v", r.Tick(), err)
		}
	}
	if replica.Len("Chip") != 3 || kinds[replay.Tables] != 1 || kinds[replay.Key] != 2 || kinds[replay.Event] != 2 {
		t.Errorf("%d private entities, records %v", replica.Len("Chip"), kinds)
	}
	var out bytes.Buffer
	if err := replay.Stream(&out, bytes.NewReader(log)); err != nil || out.Len() == 0 {
		t.Errorf("stream: %v", err)
	}
}

// TestRerunRefusesWhatIsNoLogOfTheGame: it may come from anywhere.
func TestRerunRefusesWhatIsNoLogOfTheGame(t *testing.T) {
	var p replay.Packer
	file := func(records ...[]byte) []byte {
		b := replay.AppendStart(nil, &replay.Header{Game: "casino", Match: "m", Hz: 20, SendHz: 20, MaxPlayers: 4})
		return p.AppendChunk(replay.AppendMagic(nil), bytes.Join(append([][]byte{b}, records...), nil), 1)
	}
	join := replay.AppendJoin(nil, &replay.Player{Seat: 1})
	for name, log := range map[string][]byte{
		"nothing":         nil,
		"no player":       file(replay.AppendInput(nil, 1, 1, 0, false, []byte{1})),
		"no MessagePack":  file(join, replay.AppendInput(nil, 1, 1, 0, false, []byte{0xdd, 0xff, 0xff, 0xff, 0xff})),
		"two in a seat":   file(join, join),
		"seat 9":          file(replay.AppendJoin(nil, &replay.Player{Seat: 9})),
		"no schema":       file(join, replay.AppendSum(nil, replay.Step, 1, 1)),
		"a frame at once": file(replay.AppendBytes(nil, replay.Key, []byte{3})),
	} {
		if _, err := lobby.Rerun(context.Background(), casinoGame(nil), bytes.NewReader(log), nil); !errors.Is(err, replay.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	log, _ := evening(t, lobby.Options{}, "end")
	if _, err := lobby.Rerun(context.Background(), arena, bytes.NewReader(log), nil); err == nil {
		t.Error("ran the log of another game")
	}
	other := casinoGame(nil)
	other.New = newDots
	if _, err := lobby.Rerun(context.Background(), other, bytes.NewReader(log), nil); err == nil || !strings.Contains(err.Error(), "schema") {
		t.Errorf("another schema: %v", err)
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := lobby.Rerun(over, casinoGame(nil), bytes.NewReader(log), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("ctx is over: %v", err)
	}
}
