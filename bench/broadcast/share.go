//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
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
}

// share lets each path serve all rooms for a while, one path after the other.
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
	var due []int
	for i, send := range b.roomPaths(size) {
		n, used := b.serveRooms(ctx, o, i, frame, send)
		due = append(due, n)
		rep.Paths = append(rep.Paths, sharePerWay{Name: b.paths()[i].name, CPU: used})
		time.Sleep(settle)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	late, err := b.report()
	if err != nil {
		return nil, err
	}
	for i := range rep.Paths {
		rep.Paths[i].Delivered = float64(late[i].Frames) / float64(due[i])
	}
	return rep, nil
}

// roomPaths are the two floors and the stamped path, each sending to one room.
func (b *bed) roomPaths(size int) []func(room int, frame []byte) {
	stamped := make([]members, len(b.packed[0].sockets)/size)
	for i := range stamped {
		stamped[i].sockets = b.packed[0].sockets[i*size : (i+1)*size]
	}
	return []func(int, []byte){
		func(room int, frame []byte) {
			copy(b.wire[b.wireAt:], frame[:headSize])
			for _, c := range b.floors[0].conns[room*size : (room+1)*size] {
				c.Write(b.wire)
			}
		},
		func(room int, frame []byte) {
			copy(b.wire[b.wireAt:], frame[:headSize])
			for _, fd := range b.floors[1].fds[room*size : (room+1)*size] {
				writeRaw(fd, b.wire)
			}
		},
		func(room int, frame []byte) { sendStamped(&stamped[room], frame) },
	}
}

// serveRooms sends the ticks of all rooms for the time of a run and returns how
// many frames were due.
func (b *bed) serveRooms(ctx context.Context, o options, path int, frame []byte, send func(int, []byte)) (due int, cores float64) {
	began, used := now(), cpu()
	end := began + o.Time
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
	return max(due, 1), float64(cpu()-used) / float64(now()-began)
}

func (r *shareReport) table(w io.Writer) {
	fmt.Fprintf(w, "\n%d rooms × %d members, %d bytes at %d Hz, %d CPUs to send\n", r.Rooms, r.Members, r.Bytes, r.Hz, r.CPUs)
	for _, p := range r.Paths {
		fmt.Fprintf(w, "%-12s %6.3f delivered, %.2f cores\n", p.Name, p.Delivered, p.CPU)
	}
}
