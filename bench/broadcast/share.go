//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"
)

// shareReport tells how much of what was due arrives when many rooms tick at a
// rate that the processor may not keep up with.
type shareReport struct {
	Rooms   int           `json:"rooms"`
	Members int           `json:"members"` // of each
	Hz      int           `json:"hz"`
	Bytes   int           `json:"bytes"`
	CPUs    int           `json:"cpus"` // of the sender
	Paths   []sharePerWay `json:"shares"`
}

type sharePerWay struct {
	Name      string  `json:"path"`
	Delivered float64 `json:"delivered"` // of what was due
	CPU       float64 `json:"cpu"`       // cores that the sender used
	P50       float64 `json:"p50_ms"`    // of what arrived, from the deadline
	P99       float64 `json:"p99_ms"`
	Last      float64 `json:"last_ms"`   // of the last frame of a tick, the median of all ticks
	Reader    float64 `json:"reader_us"` // CPU time of who reads, per frame

	due  int
	used time.Duration
}

// turnsEach is how often each path has its turn: what the machine does meanwhile
// should hit all of them.
const turnsEach = 4

// share lets each path serve all rooms for a while, the paths in turns.
// Ticks that are due while the one before is not yet sent are lost, as matches
// lose them.
func share(ctx context.Context, o options) (*shareReport, error) {
	size := o.Members[0]
	b, err := newBed(ctx, o, o.Rooms*size)
	if err != nil {
		return nil, err
	}
	defer b.close()
	frame := make([]byte, o.Bytes)
	putHead(frame, 0, 0)
	b.prebuild(frame)
	rep := &shareReport{Rooms: o.Rooms, Members: size, Hz: o.Hz, Bytes: o.Bytes, CPUs: runtime.GOMAXPROCS(0)}
	ways := b.roomPaths(size)
	for _, w := range ways {
		rep.Paths = append(rep.Paths, sharePerWay{Name: w.name})
	}
	for range turnsEach {
		for i, w := range ways {
			due, used := b.serveRooms(ctx, o, i, frame, w.send)
			rep.Paths[i].due += due
			rep.Paths[i].used += used
			time.Sleep(settle)
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	late, err := b.report()
	if err != nil {
		return nil, err
	}
	for i := range rep.Paths {
		p := &rep.Paths[i]
		p.Delivered = float64(late[i].Frames) / float64(max(p.due, 1))
		p.CPU = float64(p.used) / float64(o.Time)
		p.P50, p.P99 = late[i].P50, late[i].P99
		p.Last = late[i].Last
		p.Reader = late[i].CPU / float64(max(late[i].Frames, 1))
	}
	return rep, nil
}

// roomPath is one way to bring a frame to the members of one room.
type roomPath struct {
	name string
	send func(room int, frame []byte)
}

// roomPaths are the two floors, the stamped path and, for wide rooms, the fan.
func (b *bed) roomPaths(size int) []roomPath {
	stamped := make([]members, len(b.packed[0].sockets)/size)
	for i := range stamped {
		stamped[i].sockets = b.packed[0].sockets[i*size : (i+1)*size]
	}
	paths := []roomPath{
		{"A net.Conn", func(room int, frame []byte) {
			copy(b.wire[b.wireAt:], frame[:headSize])
			for _, c := range b.floors[0].conns[room*size : (room+1)*size] {
				c.Write(b.wire)
			}
		}},
		{"B write(2)", func(room int, frame []byte) {
			copy(b.wire[b.wireAt:], frame[:headSize])
			for _, fd := range b.floors[1].fds[room*size : (room+1)*size] {
				writeRaw(fd, b.wire)
			}
		}},
		{"stamped", func(room int, frame []byte) { sendStamped(&stamped[room], frame) }},
	}
	if !wide(size) {
		return paths
	}
	var fans []*fan
	for sockets := range slices.Chunk(b.packed[1].sockets, size) {
		fans = append(fans, newFan(sockets))
	}
	return append(paths, roomPath{"fan", func(room int, frame []byte) { fans[room].send(frame) }})
}

// serveRooms sends the ticks of all rooms for one turn and returns how many
// frames were due, and the CPU time.
func (b *bed) serveRooms(ctx context.Context, o options, path int, frame []byte, send func(int, []byte)) (due int, used time.Duration) {
	began, before := now(), cpu()
	end := began + o.Time/turnsEach
	for next := began + o.step(); next < end && ctx.Err() == nil; next += o.step() {
		due += o.Rooms * o.Members[0]
		if now() > next+o.step() {
			continue // this tick is over
		}
		time.Sleep(next - now())
		putHead(frame, path, next)
		for room := range o.Rooms {
			send(room, frame)
		}
	}
	return due, cpu() - before
}

func (r *shareReport) table(w io.Writer) {
	fmt.Fprintf(w, "\n%d rooms × %d members, %d bytes at %d Hz, %d CPUs to send\n", r.Rooms, r.Members, r.Bytes, r.Hz, r.CPUs)
	for _, p := range r.Paths {
		fmt.Fprintf(w, "%-12s %6.3f delivered, %.2f cores, p50 %.2f ms and p99 %.2f ms after the deadline, the last of a tick %.2f; reader %.2f µs a frame\n",
			p.Name, p.Delivered, p.CPU, p.P50, p.P99, p.Last, p.Reader)
	}
}
