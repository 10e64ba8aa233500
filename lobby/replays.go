package lobby

import (
	"cmp"
	"io"
	"slices"
	"time"
)

// ReplayOptions say what becomes of the logs of matches. By default the last
// matches are kept in memory.
type ReplayOptions struct {
	// Off: nothing is recorded.
	Off bool

	// Dir is where logs are kept as files, one for each match, that outlast the
	// process. It is made if need be, and must be this process's own. Default:
	// memory.
	Dir string

	// Keep is how many logs of matches that are over are kept; older ones are
	// deleted. Default 1000 files, or 32 in memory.
	Keep int
	// MaxBytes bounds one log; it ends there, the match does not. Default 64 MiB,
	// in memory 4 MiB. The duel makes 1.9 KB a second, an arena of a hundred 18.
	MaxBytes int64
	// TotalBytes bounds all of them, those of running matches included. Default
	// 4 GiB, in memory 32 MiB.
	TotalBytes int64
}

func (o ReplayOptions) withDefaults() ReplayOptions {
	if o.Dir != "" {
		o.Keep = cmp.Or(o.Keep, 1000)
		o.MaxBytes, o.TotalBytes = cmp.Or(o.MaxBytes, 64<<20), cmp.Or(o.TotalBytes, 4<<30)
		return o
	}
	o.Keep = cmp.Or(o.Keep, 32)
	o.MaxBytes, o.TotalBytes = cmp.Or(o.MaxBytes, 4<<20), cmp.Or(o.TotalBytes, 32<<20)
	return o
}

// ReplayInfo describes the log of a match.
type ReplayInfo struct {
	ID      string    `json:"id"`
	Game    string    `json:"game"`
	Match   string    `json:"match"`
	Started time.Time `json:"started"`
	Hz      int       `json:"hz"`
	Ticks   uint32    `json:"ticks"`             // that the log has
	Bytes   int64     `json:"bytes"`             // likewise
	Players []string  `json:"players"`           // who joined, by their display names; at most 32
	Running bool      `json:"running,omitempty"` // the match is: what the log tells is still a secret
	Reason  string    `json:"reason,omitempty"`  // of the end; "" while the match runs, "cut" if the log does not reach it, "kept" by an earlier process
}

// Replays describes the logs that are kept, the oldest first.
func (d *Directory) Replays() []ReplayInfo {
	a := &d.archive
	a.mu.Lock()
	defer a.mu.Unlock()
	infos := make([]ReplayInfo, 0, len(a.all))
	for _, rec := range a.all {
		info := rec.info
		info.Players, info.Running = slices.Clone(info.Players), !rec.ended
		infos = append(infos, info)
	}
	return infos
}

// OpenReplay opens a log for reading, as far as it is written: package
// codec/replay reads it. Close it soon.
func (d *Directory) OpenReplay(id string) (io.ReadCloser, error) {
	a := &d.archive
	a.mu.Lock()
	known := slices.ContainsFunc(a.all, func(rec *recording) bool { return rec.info.ID == id && rec.info.Bytes > 0 })
	a.mu.Unlock()
	if known {
		if log, err := a.store.open(id); err == nil {
			return log, nil
		}
	}
	return nil, refuse(NotFound, "no replay %q", limit(id, 64))
}

// LostReplays counts the logs that could not be written. A log that reached its
// bound is not lost.
func (d *Directory) LostReplays() uint64 {
	d.archive.mu.Lock()
	defer d.archive.mu.Unlock()
	return d.archive.lost
}
