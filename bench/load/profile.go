package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"tickwire/clients/go"
)

// profile is a measurement with a server of its own, in another process, whose
// CPU and memory the operating system tells.
type profile struct {
	about    string
	defaults options
	measure  func(context.Context, *run, *server) (*result, []field, error)
}

var profiles = map[string]profile{
	"broadcast": {
		about:    "rooms of 100 get a frame of 256 bytes 60 times per second",
		defaults: options{Clients: 1000, LobbySize: 100, Game: "blob", TickHz: 60, Hz: 0, Duration: 10 * time.Second},
		measure:  measured,
	},
	"matches": {
		about:    "500 arenas of 8 players at 30 Hz, all playing",
		defaults: options{Clients: 4000, LobbySize: 8, Game: "arena", TickHz: 30, Hz: 30, Duration: 10 * time.Second},
		measure:  measured,
	},
	"idle": {
		about:    "connections that do nothing: memory of each, CPU of all",
		defaults: options{Clients: 10_000, Game: "blob", TickHz: 30, Duration: 10 * time.Second},
		measure:  idle,
	},
	"slow": {
		about:    "a room without and with a tenth of its members on 32 kbit/s links that stall",
		defaults: options{Clients: 100, LobbySize: 1000, Game: "blob", TickHz: 30, Hz: 30, Duration: 20 * time.Second},
		measure:  slow,
	},
}

// runProfile starts the server and measures.
func runProfile(ctx context.Context, o options, progress func(string)) (res *result, more []field, err error) {
	s, err := startServer(o)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	o.URL = s.url
	r, err := newRun(o, progress)
	if err != nil {
		return nil, nil, err
	}
	r.dues = s.dues
	defer r.close()
	return profiles[o.Profile].measure(ctx, r, s)
}

// measured is the plain measurement with the server's side of it.
func measured(ctx context.Context, r *run, s *server) (*result, []field, error) {
	players, err := r.connect(ctx, r.opt.Clients, false)
	if err == nil {
		err = r.join(ctx, players)
	}
	if err != nil {
		return nil, nil, err
	}
	if err := r.play(ctx, players); err != nil {
		return nil, nil, err
	}
	if err := sleep(ctx, r.opt.Warmup); err != nil {
		return nil, nil, err
	}
	return r.watchBoth(ctx, s)
}

// watchBoth watches the clients and the server's process.
func (r *run) watchBoth(ctx context.Context, s *server) (*result, []field, error) {
	before, err := s.usage()
	if err != nil {
		return nil, nil, err
	}
	began, err := s.ask("counts")
	if err != nil {
		return nil, nil, err
	}
	res, err := r.watch(ctx)
	if err != nil {
		return nil, nil, err
	}
	ended, err := s.ask("counts")
	if err != nil {
		return nil, nil, err
	}
	after, err := s.usage()
	cpu := after.cpu - before.cpu
	frames := ended.Frames - began.Frames
	due := float64(len(r.players)*r.opt.TickHz) * res.took.Seconds()
	return res, []field{
		{"server CPU %", "server_cpu_pct", 100 * cpu.Seconds() / after.at.Sub(before.at).Seconds()},
		{"CPU/frame µs", "cpu_us_per_frame", cpu.Seconds() * 1e6 / float64(max(1, frames))},
		{"server RSS MiB", "server_rss_mib", float64(after.rss) / (1 << 20)},
		{"frames sent/due", "sent_ratio", float64(frames) / max(1, due)},
		{"step late p99 ms", "step_late_p99_ms", ended.LateP99},
		{"steps overrun", "overruns", float64(ended.Overruns - began.Overruns)},
		{"steps dropped", "dropped", float64(ended.Dropped - began.Dropped)},
		{"inputs/s", "inputs_per_s", float64(ended.Inputs-began.Inputs) / res.took.Seconds()},
	}, err
}

// idle compares the server's memory without and with connections.
func idle(ctx context.Context, r *run, s *server) (*result, []field, error) {
	warm, err := r.connect(ctx, 100, false) // code and pools are there before the first look
	if err != nil {
		return nil, nil, err
	}
	for _, p := range warm {
		p.conn.Close()
		<-p.conn.Done()
	}
	r.players = nil
	before, err := s.settled(ctx)
	if err != nil {
		return nil, nil, err
	}
	if _, err := r.connect(ctx, r.opt.Clients, false); err != nil {
		return nil, nil, err
	}
	after, err := s.settled(ctx)
	if err != nil {
		return nil, nil, err
	}
	res, err := r.watch(ctx)
	if err != nil {
		return nil, nil, err
	}
	end, err := s.usage()
	n := float64(len(r.players))
	return res, []field{
		{"KiB per connection", "kib_per_connection", float64(after.rss-before.rss) / 1024 / n},
		{"connect CPU µs", "connect_cpu_us", float64(after.cpu-before.cpu) / 1e3 / n},
		{"idle CPU %", "idle_cpu_pct", 100 * (end.cpu - after.cpu).Seconds() / end.at.Sub(after.at).Seconds()},
		{"server RSS MiB", "server_rss_mib", float64(after.rss) / (1 << 20)},
	}, err
}

// settled is the server's usage after its garbage is gone.
func (s *server) settled(ctx context.Context) (usage, error) {
	debug.FreeOSMemory() // ours, so that it takes no CPU while we look
	for range 2 {
		if err := sleep(ctx, time.Second); err != nil {
			return usage{}, err
		}
		if _, err := s.ask("gc"); err != nil {
			return usage{}, err
		}
	}
	return s.usage()
}

// slow measures the same room without and with members on slow links.
func slow(ctx context.Context, r *run, s *server) (*result, []field, error) {
	few := max(1, r.opt.Clients/10)
	players, err := r.connect(ctx, r.opt.Clients-few, false)
	if err != nil {
		return nil, nil, err
	}
	if err := r.join(ctx, players); err != nil {
		return nil, nil, err
	}
	if err := r.play(ctx, players); err != nil {
		return nil, nil, err
	}
	if err := sleep(ctx, r.opt.Warmup); err != nil {
		return nil, nil, err
	}
	r.progress("without slow members")
	without, err := r.watch(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := r.addSlow(ctx, few); err != nil {
		return nil, nil, err
	}
	r.progress("with slow members")
	with, more, err := r.watchBoth(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	behind := r.slow.totals()
	return with, append(more,
		field{"p99 without slow", "p99_without_ms", ms(without.frames, 99)},
		field{"p99 with ÷ without", "p99_ratio", ms(with.frames, 99) / cmp.Or(ms(without.frames, 99), 1)},
		field{"slow: frames/s each", "slow_frames_per_s", float64(behind.frames.TotalCount()) / with.took.Seconds() / float64(few)},
		field{"slow: skipped", "slow_skipped", float64(behind.skipped)},
		field{"slow: p50 ms", "slow_p50_ms", ms(behind.frames, 50)},
		field{"slow: p99 ms", "slow_p99_ms", ms(behind.frames, 99)},
	), nil
}

// addSlow brings slow members into the room of the others.
func (r *run) addSlow(ctx context.Context, n int) error {
	players, err := r.connect(ctx, n, true)
	if err != nil {
		return err
	}
	for _, p := range players {
		if _, err := p.game.Join(ctx, client.Request{ID: r.lobby, Player: p.name()}); err != nil {
			return p.wrap(err)
		}
	}
	if err := r.seeMatch(ctx, players); err != nil {
		return fmt.Errorf("slow members: %w", err)
	}
	if err := r.play(ctx, players); err != nil {
		return err
	}
	return sleep(ctx, 2*r.opt.Warmup)
}
