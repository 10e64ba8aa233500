package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"tickwire/lobby"
	"tickwire/lobby/gateway"
	"tickwire/lobby/party"
	"tickwire/lobby/queue"
	"tickwire/sio"
	"tickwire/tick"
)

// house is a server with everything that players meet.
type house struct {
	url     string
	counts  gameCounts
	lobbies *lobby.Directory
	queue   *queue.Service
	gateway *gateway.Gateway
	io      *sio.Server
	web     *httptest.Server

	stopQueue func()
	stopAlarm func()

	mu      sync.Mutex // guards the following
	results map[string]uint64
}

func open(o options) (*house, error) {
	h := &house{results: map[string]uint64{}}
	alarm := new(tick.Driver)
	var err error
	h.lobbies, err = lobby.New(lobby.Options{
		Games: h.counts.games(o.stepLimit), Grace: o.grace, StepLimit: o.stepLimit, Timers: alarm, MaxLobbies: 20 * o.matches,
		OnResult: h.result,
	})
	if err != nil {
		return nil, err
	}
	h.counts.ready()
	if h.queue, err = queue.New(queue.Options{Lobbies: h.lobbies, Hold: o.hold}); err != nil {
		return nil, err
	}
	h.io = sio.New(sio.Options{})
	h.gateway = gateway.Attach(h.io, gateway.Options{Lobbies: h.lobbies, Queue: h.queue, Identify: identify, Parties: party.Options{Grace: o.grace}})
	h.stopAlarm = background(func(ctx context.Context) { _ = alarm.Run(ctx) })
	h.stopQueue = background(h.queue.Run)
	h.web = httptest.NewServer(http.Handler(h.io))
	h.url = h.web.URL
	return h, nil
}

// identify lets each player have an address, and some an account.
func identify(s *sio.Socket) gateway.Identity {
	address, _ := s.Auth().Get("address").Text()
	account, _ := s.Auth().Get("account").Text()
	return gateway.Identity{Address: string(address), Account: string(account)}
}

// background runs something until stop is called.
func background(run func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { run(ctx) })
	return func() { cancel(); wg.Wait() }
}

func (h *house) result(r lobby.MatchResult) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.results[r.Reason]++
}

// ended is how many matches came to an end, by reason.
func (h *house) ended() (reasons map[string]uint64, total uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	reasons = map[string]uint64{}
	for reason, n := range h.results {
		reasons[reason] = n
		total += n
	}
	return reasons, total
}

func (h *house) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	h.stopQueue()
	err := h.lobbies.Drain(ctx)
	if closed := h.io.Close(ctx); err == nil {
		err = closed
	}
	h.web.Close()
	h.stopAlarm()
	return err
}
