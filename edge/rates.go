package edge

import (
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"tickwire/sio/engine"
)

// maxAddresses bounds the addresses whose rates are remembered: some 10 MB. One
// that is forgotten begins with a full allowance.
const maxAddresses = 1 << 16

// Rates bound how often something happens: all in all, and for one address.
type Rates struct {
	all       *rate.Limiter // nil: no bound
	perSecond rate.Limit
	burst     int
	byAddress *lru.Cache[netip.Prefix, *rate.Limiter] // nil: no bound

	verdicts [Busy + 1]atomic.Uint64 // how many of each
}

// NewRates makes limiters. Rates are per second; what burst seconds allow may
// come at once. Zero or less is no bound.
func NewRates(all, perAddress int, burst int) *Rates {
	r := &Rates{perSecond: rate.Limit(perAddress), burst: perAddress * burst}
	if all > 0 {
		r.all = rate.NewLimiter(rate.Limit(all), all*burst)
	}
	if perAddress > 0 {
		r.byAddress, _ = lru.New[netip.Prefix, *rate.Limiter](maxAddresses) // fails for sizes below 1 alone
	}
	return r
}

// Verdict is what Rates say.
type Verdict int

// The verdicts.
const (
	Allowed     Verdict = iota
	AddressBusy         // this address came too often
	Busy                // all came too often together
)

// Allow counts one more from an address, at a time. What an address is refused
// does not count against the others.
func (r *Rates) Allow(address string, now time.Time) Verdict {
	v := r.judge(address, now)
	r.verdicts[v].Add(1)
	return v
}

// Handler turns away with 429, or 503, whoever asks next for more than r allows.
func (r *Rates) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		status := http.StatusTooManyRequests
		switch r.Allow(req.RemoteAddr, time.Now()) {
		case Allowed:
			next.ServeHTTP(w, req)
			return
		case Busy:
			status = http.StatusServiceUnavailable
		}
		w.Header().Set("Retry-After", "1")
		http.Error(w, "too many requests: wait a little", status)
	})
}

// Count is how often there was a verdict.
func (r *Rates) Count(v Verdict) uint64 { return r.verdicts[v].Load() }

func (r *Rates) judge(address string, now time.Time) Verdict {
	if r.byAddress != nil {
		if block, ok := engine.Block(address); ok && !r.limiter(block).AllowN(now, 1) {
			return AddressBusy
		}
	}
	if r.all != nil && !r.all.AllowN(now, 1) {
		return Busy
	}
	return Allowed
}

func (r *Rates) limiter(block netip.Prefix) *rate.Limiter {
	if l, ok := r.byAddress.Get(block); ok {
		return l
	}
	fresh := rate.NewLimiter(r.perSecond, r.burst)
	if first, ok, _ := r.byAddress.PeekOrAdd(block, fresh); ok {
		return first // somebody else's came before
	}
	return fresh
}
