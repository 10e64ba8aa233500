package main

import (
	"context"
	"runtime"
	"time"

	"tickwire/lobby"
)

// inspector looks at every lobby again and again.
type inspector struct {
	house *house
	tally *tally
	limit time.Duration // for a player to be away, or a lobby to be empty

	away, empty map[string]time.Time // since when; by player, by lobby
	running     []int                // matches, at each look
	heap        []uint64             // bytes in use after a collection
	lobbies     int                  // most at a time
	starved     int                  // times that this process stood still: what is said about times then means nothing
}

func (i *inspector) run(ctx context.Context, every time.Duration) {
	i.away, i.empty = map[string]time.Time{}, map[string]time.Time{}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	due := time.Now().Add(every)
	for {
		select {
		case <-ticker.C:
			if time.Since(due) > time.Second {
				i.starved++
				clear(i.away)
				clear(i.empty)
			}
			i.look(ctx)
			due = time.Now().Add(every) // or sooner
		case <-ctx.Done():
			return
		}
	}
}

func (i *inspector) look(ctx context.Context) {
	playing := 0
	for _, g := range i.house.lobbies.GameStats() {
		playing += g.Lobbies[lobby.Playing]
	}
	i.running = append(i.running, playing)
	list, total := i.house.lobbies.Overview(0, 100_000)
	i.lobbies = max(i.lobbies, total)
	now := time.Now()
	seenAway, seenEmpty := map[string]bool{}, map[string]bool{}
	for _, s := range list {
		info, err := i.house.lobbies.Inspect(ctx, s.ID)
		if err != nil {
			continue // closed meanwhile, or hangs: then the watchdog has it
		}
		i.lobby(&info, now, seenAway, seenEmpty)
	}
	keep(i.away, seenAway)
	keep(i.empty, seenEmpty)
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	i.heap = append(i.heap, m.HeapAlloc+m.StackInuse)
}

// lobby checks one.
func (i *inspector) lobby(info *lobby.LobbyInfo, now time.Time, seenAway, seenEmpty map[string]bool) {
	v := &info.View
	if n := len(info.Players) + v.Reserved; n > v.Max {
		i.tally.wrong("lobby %s has %d players and %d reserved seats of %d", v.ID, len(info.Players), v.Reserved, v.Max)
	}
	seats := map[int]bool{}
	for _, p := range info.Players {
		if seats[p.Seat] || p.Seat < 0 || p.Seat >= v.Max {
			i.tally.wrong("lobby %s: seat %d is taken twice, or is none", v.ID, p.Seat)
		}
		seats[p.Seat] = true
		if p.Away {
			seenAway[p.ID] = true
			if since := first(i.away, p.ID, now); now.Sub(since) > i.limit {
				i.tally.wrong("player %s is away in lobby %s for %v: a stuck seat", p.ID, v.ID, now.Sub(since))
			}
		}
	}
	if len(info.Players) == 0 && v.Reserved == 0 {
		seenEmpty[v.ID] = true
		if since := first(i.empty, v.ID, now); now.Sub(since) > i.limit {
			i.tally.wrong("lobby %s is empty for %v: a lost lobby", v.ID, now.Sub(since))
		}
	}
}

func first(since map[string]time.Time, id string, now time.Time) time.Time {
	if t, ok := since[id]; ok {
		return t
	}
	since[id] = now
	return now
}

func keep(since map[string]time.Time, seen map[string]bool) {
	for id := range since {
		if !seen[id] {
			delete(since, id)
		}
	}
}

// left is what is on the server though everybody is gone.
type left struct {
	lobbies, parties, tickets, sockets int
}

func (h *house) left() (l left) {
	l.lobbies, l.parties = h.lobbies.Lobbies(), h.gateway.Parties().Len()
	for _, s := range h.queue.Stats() {
		l.tickets += s.Tickets
	}
	for range h.io.Of("/").Sockets() {
		l.sockets++
	}
	return l
}

// until waits for something to become true.
func until(limit time.Duration, ok func() bool) bool {
	deadline := time.Now().Add(limit)
	for !ok() {
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(50 * time.Millisecond)
	}
	return true
}
