package lobby

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"tickwire/codec/replay"
)

// archive keeps the logs. Its goroutine lives while there is something to
// write.
type archive struct {
	// Set by open, read-only after.
	opt   ReplayOptions
	store replayStore
	build string
	log   zerolog.Logger
	run   func() // a.write; a go statement with it allocates nothing

	mu      sync.Mutex // guards the following, and the recordings
	all     []*recording
	kept    int   // of them, those of matches that are over
	total   int64 // bytes of all
	queue   []*recording
	doomed  []string // to be deleted
	writing bool
	idle    sync.Cond // no goroutine writes
	lost    uint64    // logs that were given up
	warned  bool

	// Owned by the goroutine.
	packer replay.Packer
	out    []byte
}

// recording is one log.
type recording struct {
	info    ReplayInfo
	pending []byte // a batch that waits to be written
	tick    uint32 // of pending
	spare   []byte // the buffer for the batch after the next
	last    []byte // the end of the log
	lastAt  uint32
	reason  string
	ended   bool // the match is over
	stopped bool // nothing is added any more
	queued  bool
	deleted bool
}

// replayStore is where the bytes are. Only the archive's goroutine appends and
// removes, without its lock: nobody waits for a disk. Anybody opens.
type replayStore interface {
	append(id string, b []byte) error
	remove(id string)
	open(id string) (io.ReadCloser, error)
	known() []ReplayInfo // from an earlier process, oldest first
}

func (a *archive) open(o ReplayOptions, log zerolog.Logger) (err error) {
	a.opt, a.log, a.build = o.withDefaults(), log, buildVersion()
	a.run, a.idle.L = a.write, &a.mu
	switch {
	case o.Off:
	case o.Dir == "":
		a.store = &memoryStore{logs: map[string][][]byte{}}
	default:
		if a.store, err = newFileStore(o.Dir); err != nil {
			return fmt.Errorf("lobby: replays: %w", err)
		}
		for _, info := range a.store.known() {
			a.all = append(a.all, &recording{info: info, ended: true, stopped: true})
			a.total += info.Bytes
			a.kept++
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.evictLocked(0)
		a.removeLocked()
	}
	return nil
}

// begin makes room for the log of a match.
func (a *archive) begin(m *Match, now time.Time) *recording {
	rec := &recording{info: ReplayInfo{
		ID:   m.game.Name + "-" + m.id + "-" + strings.ToLower(secret()[:8]),
		Game: m.game.Name, Match: m.id, Started: now.UTC().Truncate(time.Millisecond), Hz: m.game.Hz,
	}}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, rec)
	return rec
}

func (a *archive) joined(rec *recording, name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(rec.info.Players) < 32 && !slices.Contains(rec.info.Players, name) {
		rec.info.Players = append(rec.info.Players, name)
	}
}

// handed is what became of a batch.
type handed uint8

const (
	handTaken   handed = iota
	handWait           // the batch before has not been written yet: come again later
	handStopped        // the log takes no more
)

// take takes a batch, and gives a buffer for the next.
func (a *archive) take(rec *recording, batch []byte, tick uint32) (next []byte, h handed) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case rec.stopped:
		return nil, handStopped
	case rec.pending != nil:
		return nil, handWait
	}
	next, rec.spare = rec.spare, nil
	if next == nil {
		next = make([]byte, 0, cap(batch)) // the second of two
	}
	rec.pending, rec.tick = batch, tick
	a.queueLocked(rec)
	return next[:0], handTaken
}

// end takes the last batch; nil if the log was given up.
func (a *archive) end(rec *recording, batch []byte, tick uint32, reason string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	rec.last, rec.lastAt, rec.reason, rec.ended = batch, tick, reason, true
	if batch == nil || rec.stopped {
		rec.last, rec.info.Reason = nil, replayCut
		rec.stopped = true
	}
	a.kept++
	a.queueLocked(rec)
}

// giveUp ends a log whose match goes on.
func (a *archive) giveUp(rec *recording, slow bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if slow {
		a.lostLocked("the disk does not keep up", nil)
	}
	rec.stopped, rec.info.Reason = true, replayCut
}

const (
	replayCut  = "cut"
	replayKept = "kept"
)

// lostLocked counts a log that could not be kept; the first is worth a warning.
func (a *archive) lostLocked(why string, err error) {
	a.lost++
	if !a.warned {
		a.warned = true
		a.log.Warn().Err(err).Str("reason", why).Msg("the log of a match is lost; further ones are only counted")
	}
}

func (a *archive) queueLocked(rec *recording) {
	if rec.queued {
		return
	}
	rec.queued = true
	a.queue = append(a.queue, rec)
	if !a.writing {
		a.writing = true
		go a.run() // ends when the queue is empty; wait waits for it
	}
}

// wait returns when all that was handed in is written.
func (a *archive) wait() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.writing {
		a.idle.Wait()
	}
}

// write is the goroutine.
func (a *archive) write() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.queue) > 0 {
		rec := a.queue[0]
		a.queue = slices.Delete(a.queue, 0, 1)
		rec.queued = false
		if batch := rec.pending; batch != nil {
			a.appendLocked(rec, batch, rec.tick)
			rec.pending, rec.spare = nil, batch
		}
		if batch := rec.last; batch != nil {
			rec.last = nil
			a.appendLocked(rec, batch, rec.lastAt)
		}
		if rec.ended {
			rec.spare, rec.stopped = nil, true
			rec.info.Reason = cmp.Or(rec.info.Reason, rec.reason)
			a.evictLocked(0)
		}
		a.removeLocked()
	}
	a.writing = false
	a.idle.Broadcast()
}

// appendLocked packs a batch and keeps it, without the lock while it does so:
// the batch is the goroutine's until pending is nil again.
func (a *archive) appendLocked(rec *recording, batch []byte, tick uint32) {
	if rec.deleted || rec.stopped {
		return
	}
	first, id := rec.info.Bytes == 0, rec.info.ID
	a.mu.Unlock()
	a.out = a.out[:0]
	if first {
		a.out = replay.AppendMagic(a.out)
	}
	a.out = a.packer.AppendChunk(a.out, batch, tick)
	n := int64(len(a.out))
	a.mu.Lock()
	if rec.info.Bytes+n > a.opt.MaxBytes || !a.evictLocked(n) {
		rec.stopped, rec.info.Reason = true, replayCut
		return
	}
	rec.info.Bytes += n
	a.total += n
	a.mu.Unlock()
	err := a.store.append(id, a.out)
	a.mu.Lock()
	if err != nil {
		rec.stopped, rec.info.Reason = true, replayCut
		a.lostLocked("it cannot be written", err)
		return
	}
	rec.info.Ticks = tick
}

// evictLocked deletes the oldest logs of matches that are over until there is
// room for n more bytes, and reports whether there is.
func (a *archive) evictLocked(n int64) bool {
	over := func() bool { return a.kept > a.opt.Keep || a.total+n > a.opt.TotalBytes }
	for i := 0; i < len(a.all) && over(); {
		rec := a.all[i]
		if !rec.ended || rec.queued {
			i++
			continue
		}
		rec.deleted = true
		a.kept--
		a.total -= rec.info.Bytes
		a.all = slices.Delete(a.all, i, i+1)
		a.doomed = append(a.doomed, rec.info.ID)
	}
	return a.total+n <= a.opt.TotalBytes
}

func (a *archive) removeLocked() {
	for len(a.doomed) > 0 {
		id := a.doomed[0]
		a.doomed = a.doomed[1:]
		a.mu.Unlock()
		a.store.remove(id)
		a.mu.Lock()
	}
}
