package queue

import (
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// credits remember for a while how long accounts had waited whose connection
// broke.
type credits struct {
	byAccount *simplelru.LRU[creditKey, credit]
}

type creditKey struct{ game, account string }

type credit struct {
	waited time.Duration
	until  time.Duration // after the service's epoch
}

const (
	maxCredits = 10_000
	creditFor  = time.Minute
)

func newCredits() credits {
	cache, _ := simplelru.NewLRU[creditKey, credit](maxCredits, nil) // fails for sizes below 1 only
	return credits{cache}
}

func (c *credits) keep(game, account string, now, waited time.Duration) {
	c.byAccount.Add(creditKey{game, account}, credit{waited: waited, until: now + creditFor})
}

// take returns the credit of an account, once.
func (c *credits) take(game, account string, now time.Duration) time.Duration {
	key := creditKey{game, account}
	found, ok := c.byAccount.Peek(key)
	if !ok {
		return 0
	}
	c.byAccount.Remove(key)
	if now > found.until {
		return 0
	}
	return found.waited
}
