package lobby

import (
	"bytes"
	"cmp"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"tickwire/codec/replay"
)

// memoryStore keeps logs in memory.
type memoryStore struct {
	mu   sync.Mutex // guards the following
	logs map[string][][]byte
}

func (s *memoryStore) append(id string, b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs[id] = append(s.logs[id], bytes.Clone(b))
	return nil
}

func (s *memoryStore) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.logs, id)
}

func (s *memoryStore) open(id string) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var parts []io.Reader
	for _, part := range s.logs[id] {
		parts = append(parts, bytes.NewReader(part))
	}
	return io.NopCloser(io.MultiReader(parts...)), nil
}

func (s *memoryStore) known() []ReplayInfo { return nil }

// fileStore keeps each log as a file of its directory. Files are open only
// while something is written: thousands of matches may run.
type fileStore struct {
	root *os.Root // no name leads out of it
	dir  string
}

const replayExt = ".twreplay"

func newFileStore(dir string) (*fileStore, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &fileStore{root: root, dir: dir}, nil
}

// append leaves no half of a batch behind when the disk is full.
func (s *fileStore) append(id string, b []byte) error {
	f, err := s.root.OpenFile(id+replayExt, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		return err
	}
	before, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		if _, err = f.Write(b); err != nil {
			_ = f.Truncate(before) // a cut log can be read, too
		}
	}
	return cmp.Or(err, f.Close())
}

func (s *fileStore) remove(id string) { _ = s.root.Remove(id + replayExt) }

func (s *fileStore) open(id string) (io.ReadCloser, error) { return s.root.Open(id + replayExt) }

// known describes the logs of an earlier process. What is no log is left alone.
func (s *fileStore) known() (infos []ReplayInfo) {
	names, _ := filepath.Glob(filepath.Join(s.dir, "*"+replayExt)) // fails for a wrong pattern only
	for _, name := range names {
		id := strings.TrimSuffix(filepath.Base(name), replayExt)
		if info, ok := s.describe(id); ok {
			infos = append(infos, info)
		}
	}
	slices.SortFunc(infos, func(a, b ReplayInfo) int { return a.Started.Compare(b.Started) })
	return infos
}

func (s *fileStore) describe(id string) (info ReplayInfo, ok bool) {
	f, err := s.root.Open(id + replayExt)
	if err != nil {
		return info, false
	}
	defer f.Close()
	var rec replay.Record
	in := replay.NewReader(f)
	if in.Next(&rec) != nil {
		return info, false
	}
	h := rec.Header
	info = ReplayInfo{ID: id, Game: h.Game, Match: h.Match, Started: time.UnixMilli(h.Started).UTC(), Hz: h.Hz, Reason: replayCut}
	for in.Next(&rec) == nil && in.Tick() == 0 {
		if rec.Kind == replay.Join && len(info.Players) < 32 {
			info.Players = append(info.Players, rec.Player.Name)
		}
	}
	if info.Bytes, err = f.Seek(0, io.SeekEnd); err != nil {
		return info, false
	}
	_, _ = f.Seek(0, io.SeekStart)
	info.Ticks, err = replay.LastTick(f)
	if err == nil {
		info.Reason = replayKept
	}
	return info, true
}
