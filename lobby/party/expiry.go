package party

import "time"

// expiry knows whose places are held. All are held for the same time, so the
// first who went is the first to be given up.
type expiry struct {
	away  []*Member // some of them gone meanwhile
	timer *time.Timer
}

// holdLocked keeps the place of a member whose connection broke.
func (b *Book) holdLocked(m *Member) {
	m.push = nil
	m.awayUntil = time.Now().Add(b.opt.Grace)
	e := &b.expiry
	e.away = append(e.away, m)
	if len(e.away) == 1 {
		b.wakeLocked(b.opt.Grace)
	}
}

func (b *Book) wakeLocked(after time.Duration) {
	if b.expiry.timer == nil {
		b.expiry.timer = time.AfterFunc(after, b.expire)
		return
	}
	b.expiry.timer.Reset(after)
}

// expire gives up the places that were held long enough.
func (b *Book) expire() {
	defer b.flush()
	b.mu.Lock()
	defer b.mu.Unlock()
	e, now := &b.expiry, time.Now()
	for len(e.away) > 0 {
		m := e.away[0]
		if !m.gone && now.Before(m.awayUntil) {
			b.wakeLocked(m.awayUntil.Sub(now))
			return
		}
		e.away[0] = nil
		e.away = e.away[1:]
		if !m.gone {
			b.removeLocked(m)
		}
	}
	e.away = nil
}
