package lobby

import (
	"time"

	"golang.org/x/time/rate"
)

// codeLength is that of a lobby's code. With ten thousand lobbies one guess in
// two thousand finds one, so guesses are bounded: see guessing.
const codeLength = 5

func (d *Directory) freeCodeLocked() string {
	for {
		if code := NewCode(codeLength); d.codes[code] == nil {
			return code
		}
	}
}

// setCodeLocked gives a lobby another code, "" for none. What it had until now
// leads nowhere any more.
func (d *Directory) setCodeLocked(l *lobby, code string) {
	delete(d.codes, l.code)
	l.code = code
	if code != "" {
		d.codes[code] = l
	}
	l.note(LogCode, nil, "", code)
}

// NewCode gives the lobby another code, or with off none: then only invitations
// lead into a private lobby. Leader only.
func (m *Member) NewCode(off bool, done func(code string, err error)) {
	var code string
	m.ask(func(err error) { done(code, err) }, func(l *lobby) error {
		if err := l.leads(m, "changes the code"); err != nil {
			return err
		}
		code = l.newCode(off)
		return nil
	})
}

func (l *lobby) newCode(off bool) string {
	d := l.dir
	d.mu.Lock()
	defer d.mu.Unlock()
	code := ""
	if !off {
		code = d.freeCodeLocked()
	}
	d.setCodeLocked(l, code)
	l.ageCode(l.turnBegan)
	l.changed = true
	d.publishLocked(l)
	return code
}

// ageCode sets when the code expires.
func (l *lobby) ageCode(now time.Time) {
	l.due.code = time.Time{}
	if ttl := l.dir.opt.CodeTTL; ttl > 0 && l.code != "" {
		l.due.code = now.Add(ttl)
	}
}

// settleCode renews a code that has expired.
func (l *lobby) settleCode(now time.Time) {
	if c := l.due.code; !c.IsZero() && !now.Before(c) {
		l.newCode(false)
	}
}

// guessing bounds wrong codes: for an account, or the guests of an address, 30
// at once and then one in two seconds.
func guessing() *rate.Limiter { return rate.NewLimiter(0.5, 30) }

// maxGuessers is how many of them are remembered.
const maxGuessers = 10_000

// mayGuess tells whether j may try a code. wrong must be called if it was.
func (d *Directory) mayGuess(j *Joiner) bool {
	limiter, ok := d.guessers.Get(keyOf(j.Account, j.Address))
	return !ok || limiter.Tokens() >= 1
}

// wrong notes a code that led nowhere. Callers of which nothing is known are
// the studio's own.
func (d *Directory) wrong(j *Joiner) {
	key := keyOf(j.Account, j.Address)
	if key == "" {
		return
	}
	limiter := guessing()
	if known, ok, _ := d.guessers.PeekOrAdd(key, limiter); ok {
		limiter = known
	}
	limiter.Allow()
}
