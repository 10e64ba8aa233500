package sio

import (
	"crypto/sha256"
	"iter"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// recovers reports whether clients may come back to their state.
func (ns *Namespace) recovers() bool { return ns.srv.opts.Recovery.MaxDisconnection > 0 }

// recovery keeps, for one namespace, the states of sockets that lost their
// connection and the events of the last minutes. Sessions and events are
// bounded in number, bytes and age; memory is given back when they expire.
type recovery struct {
	o         Recovery
	maxReplay int // bytes of missed events that one client may get

	// order is held while an event is recorded and sent, so that clients see
	// events in the order of their offsets.
	order sync.Mutex

	mu       sync.Mutex // guards the following
	sessions *simplelru.LRU[[sha256.Size]byte, savedEntry]
	held     int          // bytes of the sessions, about
	events   []savedEvent // by seq, without gaps
	bytes    int          // of the events
	last     uint64       // seq of the last event
	expiry   *time.Timer
}

type savedEntry struct {
	session SavedSession
	at      time.Time // when the connection was lost
	size    int
}

// size returns about what a session takes. Clients may have chosen the names
// of its rooms.
func (s *SavedSession) size() int {
	n := 256
	for _, room := range s.Rooms {
		n += 16 + len(room)
	}
	return n
}

type savedEvent struct {
	seq           uint64
	at            time.Time
	data          Raw
	rooms, except []string
}

func newRecovery(o Recovery, maxQueue int) *recovery {
	// What is sent at once must fit the queue, or the client that comes back
	// would lose its session to that, again and again.
	r := &recovery{o: o, maxReplay: maxQueue / 2}
	var err error
	r.sessions, err = simplelru.NewLRU(o.MaxSessions, func(_ [sha256.Size]byte, e savedEntry) { r.held -= e.size })
	if err != nil {
		panic("sio: Recovery.MaxSessions must not be negative")
	}
	return r
}

func (r *recovery) size() (sessions, packets int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sessions.Len(), len(r.events)
}

func (r *recovery) lastSeq() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// recordLocked gives an event an offset, appended as its last argument, and
// keeps it. r.order is held.
// Source: socket.io-adapter 2.5, SessionAwareAdapter.
func (r *recovery) recordLocked(p *Prepared, o BroadcastOptions) (*Prepared, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	p, err := p.withOffset(formatOffset(r.last))
	if err != nil {
		r.last--
		return nil, err
	}
	now := time.Now()
	r.events = append(r.events, savedEvent{seq: r.last, at: now, data: p.Data(), rooms: o.Rooms, except: o.Except})
	r.bytes += len(p.Data())
	r.expireLocked(now)
	r.scheduleLocked(now)
	return p, nil
}

func formatOffset(seq uint64) string { return strconv.FormatUint(seq, 36) }

// persist keeps a session. The private id is kept as a hash: looking it up
// takes no time that would tell something about other ids.
func (r *recovery) persist(s SavedSession) {
	now := time.Now()
	key, size := sha256.Sum256([]byte(s.PID)), s.size()
	r.mu.Lock()
	r.sessions.Remove(key) // Add would replace it without telling
	r.held += size
	r.sessions.Add(key, savedEntry{session: s, at: now, size: size})
	r.expireLocked(now)
	r.scheduleLocked(now)
	r.mu.Unlock()
}

// restore takes a session out. It fails if the session is unknown or expired,
// or if events after offset are gone or too many to be sent at once.
func (r *recovery) restore(pid, offset string) (SavedSession, bool) {
	key := sha256.Sum256([]byte(pid))
	r.mu.Lock()
	defer r.mu.Unlock()
	entry, ok := r.sessions.Get(key)
	if !ok {
		return SavedSession{}, false
	}
	r.sessions.Remove(key)
	s := entry.session
	if time.Since(entry.at) > r.o.MaxDisconnection {
		return SavedSession{}, false
	}
	if offset != "" {
		seq, err := strconv.ParseUint(offset, 36, 64)
		if err != nil || seq < s.since || seq > r.last {
			return SavedSession{}, false
		}
		s.since = seq
	}
	if s.since < r.last && (len(r.events) == 0 || r.events[0].seq > s.since+1) {
		return SavedSession{}, false // some of what it missed is gone
	}
	size := 0
	for e := range r.missed(&s) {
		size += len(e.data)
	}
	return s, size <= r.maxReplay
}

// missed yields the events for s after its offset.
func (r *recovery) missed(s *SavedSession) iter.Seq[*savedEvent] {
	return func(yield func(*savedEvent) bool) {
		if len(r.events) == 0 {
			return
		}
		from := s.since + 1 - min(s.since+1, r.events[0].seq)
		for i := int(from); i < len(r.events); i++ {
			if e := &r.events[i]; e.concerns(s) && !yield(e) {
				return
			}
		}
	}
}

// missedLocked returns the events for s after its offset. r.order is held, so
// that none comes between them and what is sent next.
func (r *recovery) missedLocked(s *SavedSession) (list []Raw) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for e := range r.missed(s) {
		list = append(list, e.data)
	}
	return list
}

// concerns reports whether the event was meant for s.
func (e *savedEvent) concerns(s *SavedSession) bool {
	for _, room := range e.except {
		if s.in(room) {
			return false
		}
	}
	for _, room := range e.rooms {
		if s.in(room) {
			return true
		}
	}
	return len(e.rooms) == 0
}

func (s *SavedSession) in(room string) bool {
	if room == s.ID {
		return true
	}
	for _, r := range s.Rooms {
		if r == room {
			return true
		}
	}
	return false
}

// expireLocked drops what is too old or too much.
func (r *recovery) expireLocked(now time.Time) {
	limit := now.Add(-r.o.MaxDisconnection)
	for {
		key, entry, ok := r.sessions.GetOldest()
		if !ok || !entry.at.Before(limit) && r.held <= r.o.MaxBytes {
			break
		}
		r.sessions.Remove(key)
	}
	n := 0
	for n < len(r.events) && (r.events[n].at.Before(limit) || len(r.events)-n > r.o.MaxPackets || r.bytes > r.o.MaxBytes) {
		r.bytes -= len(r.events[n].data)
		r.events[n] = savedEvent{}
		n++
	}
	if r.events = r.events[n:]; len(r.events) == 0 {
		r.events = nil
	}
}

// scheduleLocked makes sure that expireLocked runs while anything is kept.
func (r *recovery) scheduleLocked(now time.Time) {
	if r.expiry != nil || len(r.events) == 0 && r.sessions.Len() == 0 {
		return
	}
	r.expiry = time.AfterFunc(r.o.MaxDisconnection/2+time.Millisecond, func() {
		now := time.Now()
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.expiry == nil {
			return // closed
		}
		r.expiry = nil
		r.expireLocked(now)
		r.scheduleLocked(now)
	})
}

func (r *recovery) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.expiry != nil {
		r.expiry.Stop()
		r.expiry = nil
	}
	r.sessions.Purge()
	r.events, r.bytes = nil, 0
}
