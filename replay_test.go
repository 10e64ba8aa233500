package tickwire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmihailenco/msgpack/v5"
	"golang.org/x/time/rate"

	"tickwire/codec/state"
	"tickwire/lobby"
)

// walk is a game whose players walk, as far as pace says.
type walk struct {
	match *lobby.Match
	table *state.Table[walker]
	pace  func(tick uint32) uint16
}

type walker struct {
	Way uint16 `sync:"bits=16"`
}

func walkGame(pace func(uint32) uint16) lobby.Game {
	return lobby.Game{Name: "walk", Hz: 20, DropIn: true, Intermission: time.Hour, New: func(m *lobby.Match) lobby.Rules {
		return &walk{m, state.Register[walker](m.World(), "Walker"), pace}
	}}
}

func (w *walk) Join(*lobby.Player)               { w.table.Spawn(walker{}) }
func (w *walk) Leave(*lobby.Player)              {}
func (w *walk) Input(*lobby.Player, lobby.Input) {}
func (w *walk) Step(tick uint32) {
	for id := range w.table.All() {
		w.table.Edit(id).Way += w.pace(tick)
	}
	if tick == 200 {
		w.match.End("there")
	}
}

func steady(uint32) uint16 { return 1 }

// mute is a client that listens to nothing.
type mute struct{}

func (mute) Event(*lobby.Event) error         { return nil }
func (mute) State(*lobby.Frame, uint32) error { return nil }
func (mute) Flush() error                     { return nil }
func (mute) Backlog() int                     { return 0 }

// recordedWalk returns a directory with the log of a walk.
func recordedWalk(t *testing.T) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d, err := lobby.New(lobby.Options{Games: []lobby.Game{walkGame(steady)}, Replays: lobby.ReplayOptions{Dir: dir}})
		if err != nil {
			t.Fatal(err)
		}
		seated := make(chan *lobby.Member, 1)
		d.Quick(lobby.QuickRequest{Joiner: lobby.Joiner{Conn: mute{}, Name: "ann"}, Game: "walk"}, func(j lobby.Joined, err error) { seated <- j.Member })
		time.Sleep(20 * time.Second)
		(<-seated).Leave(nil)
		synctest.Wait()
	})
	files, _ := filepath.Glob(dir + "/*")
	if len(files) != 1 {
		t.Fatalf("files %q", files)
	}
	return dir, files[0]
}

func replayed(g lobby.Game, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = run(invocation{options: Options{Name: "gameserver", Games: []lobby.Game{g}}, args: append([]string{"replay"}, args...), stdout: &stdout, stderr: &stderr})
	return code, stdout.String(), stderr.String()
}

func TestReplayCommand(t *testing.T) {
	_, file := recordedWalk(t)
	code, out, errs := replayed(walkGame(steady), file)
	if code != exitDone || !strings.Contains(out, "200 ticks at 20 Hz = 10s") || !strings.Contains(out, "every tick is as it was") || !strings.Contains(out, "finished") {
		t.Errorf("exit status %d\n%s%s", code, out, errs)
	}
	code, out, errs = replayed(walkGame(func(tick uint32) uint16 { return uint16(1 + tick/150) }), file)
	if code != exitFailed || !strings.Contains(errs, "tick 150: the state differs\n  Walker 0 way: 150 in the log, 151 now") || strings.Contains(out, "as it was") {
		t.Errorf("other rules: exit status %d\n%s%s", code, out, errs)
	}
	other := walkGame(steady)
	other.Name = "run"
	for name, args := range map[string][]string{
		"another game":     {file},
		"no such file":     {file + "x"},
		"not a log":        {os.Args[0]},
		"frames nowhere":   {"--frames=" + file + "/x", file},
		"frames of no log": {"--frames=" + filepath.Join(t.TempDir(), "x"), os.Args[0]},
	} {
		if code, _, errs := replayed(other, args...); code != exitFailed || errs == "" {
			t.Errorf("%s: exit status %d, %q", name, code, errs)
		}
	}
	for name, args := range map[string][]string{"no file": {}, "two files": {file, file}, "a wrong flag": {"--speed=2", file}} {
		if code, _, errs := replayed(other, args...); code != exitWrong || errs == "" {
			t.Errorf("%s: exit status %d, %q", name, code, errs)
		}
	}
	if code, out, _ := replayed(other, "--help"); code != exitDone || !strings.Contains(out, "Exit status") {
		t.Errorf("help: exit status %d, %q", code, out)
	}
}

// recording is what a viewer reads from a stream.
type recording struct {
	head, tail map[string]any
	ways       []float64
}

// readStream plays a stream as docs/replay.md says.
func readStream(t *testing.T, stream io.Reader) (r recording) {
	t.Helper()
	dec := msgpack.NewDecoder(stream)
	if err := dec.Decode(&r.head); err != nil {
		t.Fatal(err)
	}
	replica, err := state.NewReplica(r.head["schema"].([]byte))
	if err != nil {
		t.Fatal(err)
	}
	for {
		v, err := dec.DecodeInterfaceLoose()
		if err != nil {
			t.Fatal(err)
		}
		item, ok := v.([]any)
		if !ok {
			r.tail = v.(map[string]any)
			return r
		}
		if tables, ok := item[3].([]byte); ok {
			if err := replica.Learn(tables); err != nil {
				t.Fatal(err)
			}
		}
		for _, i := range []int{1, 2} { // the frame, and whatever it came to as a keyframe
			if frame, ok := item[i].([]byte); ok {
				if err := replica.Apply(frame); err != nil {
					t.Fatalf("tick %v: %v", item[0], err)
				}
			}
		}
		for _, row := range replica.Entities("Walker") {
			r.ways = append(r.ways, row.Number(0))
		}
	}
}

func TestReplayFrames(t *testing.T) {
	dir, file := recordedWalk(t)
	frames := filepath.Join(t.TempDir(), "frames")
	if code, _, errs := replayed(walkGame(steady), "--frames", frames, file); code != exitDone {
		t.Fatalf("exit status %d, %s", code, errs)
	}
	written, err := os.ReadFile(frames)
	if err != nil {
		t.Fatal(err)
	}
	r := readStream(t, bytes.NewReader(written))
	if len(r.ways) != 200 || r.ways[0] != 1 || r.ways[199] != 200 || r.tail["reason"] != "finished" || r.tail["result"] != "there" {
		t.Errorf("%d ticks to %v, %v", len(r.ways), r.ways[len(r.ways)-1], r.tail)
	}
	server := replayServer(t, dir, true)
	resp := ask(t, server, "/replays/")
	var list struct{ Replays []lobby.ReplayInfo }
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil || len(list.Replays) != 1 {
		t.Fatalf("%v, %+v", err, list)
	}
	info := list.Replays[0]
	if info.Game != "walk" || info.Ticks != 200 || info.Hz != 20 || len(info.Players) != 1 {
		t.Errorf("%+v", info)
	}
	if got := ask(t, server, "/replays/"+info.ID+"/stream").Body.Bytes(); !bytes.Equal(got, written) {
		t.Errorf("the server streams %d bytes, the command writes %d", len(got), len(written))
	}
	log, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, server, "/replays/"+info.ID).Body.Bytes(); !bytes.Equal(got, log) {
		t.Error("the server sends another log")
	}
	for _, path := range []string{"/replays/none", "/replays/none/stream", "/replays/..%2f" + filepath.Base(file)} {
		if resp := ask(t, server, path); resp.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, resp.Code)
		}
	}
	if resp := ask(t, replayServer(t, dir, false), "/replays/"); resp.Code != http.StatusNotFound {
		t.Errorf("not served: %d", resp.Code)
	}
}

func replayServer(t *testing.T, dir string, serve bool) *Server {
	t.Helper()
	s, err := New(Options{Games: []lobby.Game{walkGame(steady)}, ServeReplays: serve, Lobby: lobby.Options{Replays: lobby.ReplayOptions{Dir: dir}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.io.Close(t.Context()) })
	return s
}

func ask(t *testing.T, s *Server, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// TestRunningMatchesAreNotShown: their recordings tell what players hide.
func TestRunningMatchesAreNotShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := replayServer(t, "", true)
		var m *lobby.Member
		s.Lobbies().Quick(lobby.QuickRequest{Joiner: lobby.Joiner{Conn: mute{}}, Game: "walk"}, func(j lobby.Joined, err error) { m = j.Member })
		time.Sleep(8 * time.Second)
		infos := s.Lobbies().Replays()
		if len(infos) != 1 || infos[0].Bytes == 0 {
			t.Fatalf("%+v", infos)
		}
		if body := ask(t, s, "/replays/").Body.String(); strings.Contains(body, infos[0].ID) {
			t.Errorf("listed: %s", body)
		}
		if resp := ask(t, s, "/replays/"+infos[0].ID+"/stream"); resp.Code != http.StatusForbidden {
			t.Errorf("streamed: %d", resp.Code)
		}
		time.Sleep(8 * time.Second)
		if resp := ask(t, s, "/replays/"+infos[0].ID+"/stream"); resp.Code != http.StatusOK || resp.Body.Len() == 0 {
			t.Errorf("after the end: %d", resp.Code)
		}
		m.Leave(nil)
		synctest.Wait()
	})
}

// stalled is a viewer that does not read.
type stalled struct {
	*httptest.ResponseRecorder
	writes, end chan struct{}
}

func (s stalled) Write(b []byte) (int, error) {
	select {
	case s.writes <- struct{}{}:
	default:
	}
	<-s.end
	return len(b), nil
}

// TestSlowViewersOfOneAddress do not keep the others from recordings.
func TestSlowViewersOfOneAddress(t *testing.T) {
	dir, file := recordedWalk(t)
	s := replayServer(t, dir, true)
	from := func(address string) *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/replays/"+strings.TrimSuffix(filepath.Base(file), ".twreplay"), nil)
		r.RemoteAddr = address + ":4711"
		return r
	}
	end := make(chan struct{})
	var viewers sync.WaitGroup
	for range 2 {
		v := stalled{httptest.NewRecorder(), make(chan struct{}, 1), end}
		viewers.Go(func() { s.Handler().ServeHTTP(v, from("192.0.2.1")) })
		<-v.writes
	}
	for address, want := range map[string]int{"192.0.2.1": http.StatusServiceUnavailable, "192.0.2.2": http.StatusOK, "127.0.0.1": http.StatusOK} {
		w := httptest.NewRecorder()
		if s.Handler().ServeHTTP(w, from(address)); w.Code != want {
			t.Errorf("from %s: %d, want %d", address, w.Code, want)
		}
	}
	close(end)
	viewers.Wait()
	w := httptest.NewRecorder()
	if s.Handler().ServeHTTP(w, from("192.0.2.1")); w.Code != http.StatusOK {
		t.Errorf("afterwards: %d", w.Code)
	}
}

// TestRecordingsArePaced: whoever reads logs, and how many do, the work of
// unpacking them has a bound.
func TestRecordingsArePaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := rate.NewLimiter(paceBytes, paceEach)
		began := time.Now()
		var readers sync.WaitGroup
		for range 2 {
			readers.Go(func() {
				if n, err := io.Copy(io.Discard, &paced{bytes.NewReader(make([]byte, paceBytes)), pace, t.Context()}); err != nil || n != paceBytes {
					t.Errorf("%d bytes, %v", n, err)
				}
			})
		}
		readers.Wait()
		if took := time.Since(began); took < 1900*time.Millisecond || took > 2100*time.Millisecond {
			t.Errorf("two seconds' worth took %v", took)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if _, err := io.Copy(io.Discard, &paced{bytes.NewReader(make([]byte, paceBytes)), pace, gone}); !errors.Is(err, context.Canceled) {
			t.Errorf("a viewer who left: %v", err)
		}
	})
}

// TestListsOfRecordings: an address that asks for them again and again is
// turned away, others are not.
func TestListsOfRecordings(t *testing.T) {
	s := replayServer(t, "", true)
	list := func(address string) int {
		r := httptest.NewRequest(http.MethodGet, "/replays/", nil)
		r.RemoteAddr = address + ":4711"
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w.Code
	}
	n := 0
	for n < 100_000 && list("192.0.2.1") == http.StatusOK { // more than 50 fit while the machine is slow
		n++
	}
	if n < listRateEach*burst || n == 100_000 || list("192.0.2.2") != http.StatusOK {
		t.Errorf("%d lists for one address", n)
	}
}
