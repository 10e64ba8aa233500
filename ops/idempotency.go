package ops

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	idempotencyHeader = "Idempotency-Key"
	idempotencyTTL    = 24 * time.Hour
	maxIdempotency    = 1024 // keys remembered, the latest
	maxIdempotencyKey = 128  // bytes
)

// onceOnly answers a creation that is asked for twice, with the same key by the
// same bearer, as it answered the first time. Refusals are not remembered: they
// created nothing, and may be tried again.
type onceOnly struct {
	mu   sync.Mutex // guards the following
	seen *simplelru.LRU[[sha256.Size]byte, *creation]
}

// creation is what became of a key. The fields below done are set once it is
// closed.
type creation struct {
	body [sha256.Size]byte
	at   time.Time
	done chan struct{}

	answer answer
}

func newOnceOnly() *onceOnly {
	seen, _ := simplelru.NewLRU[[sha256.Size]byte, *creation](maxIdempotency, nil) // fails for sizes below 1
	return &onceOnly{seen: seen}
}

// do serves a call, at most once per key.
func (o *onceOnly) do(c *call, e *endpoint) answer {
	key := c.r.Header.Get(idempotencyHeader)
	if !e.creates || key == "" {
		return serve(c, e)
	}
	if len(key) > maxIdempotencyKey {
		return answerTo(e, nil, badRequest("an Idempotency-Key has at most 128 bytes"))
	}
	body, err := io.ReadAll(c.r.Body) // bounded by MaxBytesReader
	if err != nil {
		return answerTo(e, nil, badBody(err))
	}
	c.r.Body = io.NopCloser(bytes.NewReader(body))
	id := sha256.Sum256([]byte(bearerOf(c.ctx()) + "\n" + c.r.URL.Path + "\n" + key))
	mine, first := o.claim(id, sha256.Sum256(body))
	if first {
		defer o.settle(id, mine)
		mine.answer = serve(c, e)
		return mine.answer
	}
	return o.replay(c, e, mine, sha256.Sum256(body))
}

func serve(c *call, e *endpoint) answer {
	v, err := e.serve(c)
	return answerTo(e, v, err)
}

// claim returns the creation of a key, and whether the caller is to make it.
func (o *onceOnly) claim(id, body [sha256.Size]byte) (it *creation, first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if it, ok := o.seen.Get(id); ok && time.Since(it.at) < idempotencyTTL {
		return it, false
	}
	it = &creation{body: body, at: time.Now(), done: make(chan struct{})}
	o.seen.Add(id, it)
	return it, true
}

func (o *onceOnly) settle(id [sha256.Size]byte, it *creation) {
	if it.answer.status == 0 || it.answer.status >= http.StatusBadRequest {
		o.mu.Lock()
		o.seen.Remove(id)
		o.mu.Unlock()
	}
	close(it.done)
}

// replay waits for the first call, which may still be under way.
func (o *onceOnly) replay(c *call, e *endpoint, it *creation, body [sha256.Size]byte) answer {
	if it.body != body {
		return answerTo(e, nil, &problem{http.StatusUnprocessableEntity, codeKeyReused, "this Idempotency-Key was used for another body: take a new key"})
	}
	select {
	case <-it.done:
	case <-c.ctx().Done():
		return answerTo(e, nil, c.ctx().Err())
	}
	a := it.answer
	a.replayed = true
	return a
}
