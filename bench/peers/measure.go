package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sys/unix"

	client "tickwire/clients/go"
	"tickwire/codec/socketio"
)

// result is one server in one round.
type result struct {
	cpu       time.Duration // of the server process while measuring
	messages  int64
	delivered float64
	p50, p99  float64 // ms
	rss       float64 // MiB
}

func (r result) cpuPerMessage() float64 {
	return float64(r.cpu.Microseconds()) / float64(max(r.messages, 1))
}

// member is one client; its reader alone touches late.
type member struct {
	conn *client.Conn
	late []int32 // µs from the deadline to the arrival
}

func measure(ctx context.Context, p peer, o options) (r result, err error) {
	url, process, stop, err := p.start(ctx)
	if err != nil {
		return r, err
	}
	defer stop()
	var counting atomic.Bool
	members, err := connect(ctx, url, p.parser, o, &counting)
	defer disconnect(members)
	if err != nil {
		return r, err
	}
	control := members[0].conn
	load := map[string]any{"prefix": "r", "rooms": o.rooms, "hz": o.hz, "bytes": o.bytes, "kind": "bin"}
	if _, err := control.Call(ctx, "start-tick", load); err != nil {
		return r, err
	}
	if err := sleep(ctx, time.Second); err != nil { // warm up
		return r, err
	}
	counting.Store(true)
	begin, err := usageOf(process.Pid)
	if err != nil {
		return r, err
	}
	start := time.Now()
	if err := sleep(ctx, o.duration); err != nil {
		return r, err
	}
	counting.Store(false)
	took := time.Since(start)
	end, err := usageOf(process.Pid)
	if err != nil {
		return r, err
	}
	stop()
	disconnect(members)
	r.cpu, r.rss = end.cpu-begin.cpu, end.rss
	r.sum(members, took.Seconds()*o.hz*float64(len(members)))
	return r, nil
}

// sum collects what the members saw, once their readers have ended.
func (r *result) sum(members []*member, due float64) {
	late := hdrhistogram.New(1, 60_000_000, 3)
	for _, m := range members {
		r.messages += int64(len(m.late))
		for _, us := range m.late {
			_ = late.RecordValue(int64(max(us, 1))) // within a minute, or the run is worth nothing
		}
	}
	r.delivered = float64(r.messages) / due
	r.p50 = float64(late.ValueAtQuantile(50)) / 1000
	r.p99 = float64(late.ValueAtQuantile(99)) / 1000
}

func connect(ctx context.Context, url, parser string, o options, counting *atomic.Bool) (members []*member, err error) {
	for i := range o.rooms * o.members {
		m := &member{conn: client.New(client.Options{URL: url, Parser: parser})}
		m.conn.On("state", func(args socketio.Args) {
			if !counting.Load() {
				return
			}
			if body := payload(args.At(0)); len(body) >= 24 {
				deadline := int64(binary.LittleEndian.Uint64(body[8:]))
				m.late = append(m.late, int32((monotonic()-deadline)/1000))
			}
		})
		if err := m.conn.Connect(ctx); err != nil {
			return members, fmt.Errorf("client %d: %w", i, err)
		}
		members = append(members, m)
		if _, err := m.conn.Call(ctx, "join", "r"+strconv.Itoa(i%o.rooms)); err != nil {
			return members, fmt.Errorf("client %d: join: %w", i, err)
		}
	}
	return members, nil
}

func disconnect(members []*member) {
	for _, m := range members {
		m.conn.Close()
		<-m.conn.Done()
	}
}

// payload is the content of a MessagePack bin, without a copy.
func payload(r socketio.Raw) []byte {
	if len(r) < 3 {
		return nil
	}
	switch r[0] {
	case 0xc4:
		return r[2:]
	case 0xc5:
		return r[3:]
	case 0xc6:
		return r[min(5, len(r)):]
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// monotonic reads the clock that all processes of a machine share.
func monotonic() int64 {
	var ts unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
	return ts.Nano()
}

// usage is what the operating system says about a process.
type usage struct {
	cpu time.Duration
	rss float64 // MiB
}

// usageOf reads /proc. Source: proc(5), fields 14 and 15 of stat, 2 of statm.
func usageOf(pid int) (u usage, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u, err
	}
	_, after, _ := strings.Cut(string(stat), ") ") // the name may hold anything
	for i, field := range strings.Fields(after) {
		if i == 11 || i == 12 {
			n, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				return u, err
			}
			u.cpu += time.Duration(n) * 10 * time.Millisecond // USER_HZ is 100 wherever Go runs on Linux
		}
	}
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return u, err
	}
	if fields := strings.Fields(string(statm)); len(fields) > 1 {
		pages, err := strconv.ParseFloat(fields[1], 64)
		if err != nil {
			return u, err
		}
		u.rss = pages * float64(os.Getpagesize()) / (1 << 20)
	}
	return u, nil
}
