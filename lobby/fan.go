package lobby

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// fan brings the frames of a big room to its members on several processors at
// once. Its goroutines live for one send: none is left to be ended.
type fan struct {
	jobs  []job
	next  atomic.Int64 // the next job that nobody has taken
	parts []*part
	wg    sync.WaitGroup
}

// job is one frame to be sent: shared with others or, if bytes is set, of one
// member. Both hold until the next commit.
type job struct {
	conn  Conn
	frame *Frame
	bytes []byte
	ack   uint32
}

// part is one of the goroutines of a send; part 0 is the lobby's.
type part struct {
	fan    *fan
	number int
	single Frame
	states states
	run    func() // part.goroutine; a go statement with it allocates nothing
	fault  any
}

const (
	fanFrom  = 256 // members; below, waking a processor costs more than it brings
	fanParts = 8   // processors at most
	fanChunk = 16  // jobs that a part takes at a time: a busy processor takes fewer
)

// init prepares for a match of at most so many members.
func (f *fan) init(members int) {
	if members < fanFrom {
		return
	}
	for i := range min(runtime.GOMAXPROCS(0), fanParts) {
		p := &part{fan: f, number: i}
		p.run = p.goroutine
		f.parts = append(f.parts, p)
	}
}

// wide tells whether it is worth while for so many members.
func (f *fan) wide(members int) bool { return members >= fanFrom && len(f.parts) > 1 }

func (f *fan) add(c Conn, frame *Frame, ack uint32) {
	for len(frame.copies) < len(f.parts)-1 {
		frame.copies = append(frame.copies, Frame{})
	}
	f.jobs = append(f.jobs, job{conn: c, frame: frame, ack: ack})
}

func (f *fan) addSingle(c Conn, bytes []byte, ack uint32) {
	f.jobs = append(f.jobs, job{conn: c, bytes: bytes, ack: ack})
}

// send does the jobs and returns when all are done.
func (f *fan) send() {
	f.next.Store(0)
	if f.wide(len(f.jobs)) {
		for _, p := range f.parts[1:] {
			f.wg.Add(1) // not Go, which would allocate
			go p.run()  // ends with this send
		}
	}
	f.parts[0].work()
	f.wg.Wait()
	clear(f.jobs)
	f.jobs = f.jobs[:0]
	for _, p := range f.parts {
		if v := p.fault; v != nil {
			p.fault = nil
			panic(v) // where the match's goroutine would have
		}
	}
}

func (p *part) goroutine() {
	defer p.fan.wg.Done()
	defer func() { p.fault = recover() }()
	p.work()
}

func (p *part) work() {
	defer p.states.flush()
	jobs := p.fan.jobs
	for {
		end := int(p.fan.next.Add(fanChunk))
		if end-fanChunk >= len(jobs) {
			return
		}
		for i := range jobs[end-fanChunk : min(end, len(jobs))] {
			p.do(&jobs[end-fanChunk+i])
		}
	}
}

func (p *part) do(j *job) {
	frame := &p.single
	if j.frame != nil {
		frame = j.frame.part(p.number)
	} else {
		frame.Bytes = j.bytes
		frame.Version++
	}
	p.states.send(j.conn, frame, j.ack)
}

// part is the frame for one part of a fan: the same bytes, another Wire.
func (f *Frame) part(number int) *Frame {
	if number == 0 {
		return f
	}
	c := &f.copies[number-1]
	if c.Version != f.Version {
		c.Bytes, c.Version = f.Bytes, f.Version
	}
	return c
}
