package sio

import (
	"fmt"
	"sync/atomic"

	"tickwire/codec/socketio"
	"tickwire/sio/engine"
)

// Prepared is an event encoded once for any number of recipients. The bytes of
// each wire form (JSON or MessagePack, per namespace) are made when the first
// recipient needs them and then shared. It is immutable.
//
// The data has room in front, in which the first MessagePack form gets its head:
// that form is made without copying, as a part of this very object. Between two
// ticks the caches forget all this, so what an event costs a small room is mostly
// how many objects it consists of.
type Prepared struct {
	name  string
	buf   []byte // from start on: array of name and arguments
	id    uint64
	start int32
	hasID bool
	taken atomic.Bool // the room in front of start, and packed
	own   forms       // for the namespace that it was made for
	more  atomic.Pointer[forms]

	packed engine.Message // own.packed, if that is made in place
}

// forms are the messages for one namespace.
type forms struct {
	ns         string
	uncompress bool
	next       *forms // for another namespace, rarely
	json       atomic.Pointer[engine.Message]
	packed     atomic.Pointer[engine.Message]
}

// Prepare encodes an event. It fails for reserved names, values without a wire
// form and more binary values than clients accept.
func Prepare(event string, args ...any) (*Prepared, error) {
	return prepareFor("/", false, event, args)
}

// prepareFor is Prepare for recipients that are known to be in a namespace.
func prepareFor(ns string, uncompress bool, event string, args []any) (*Prepared, error) {
	if socketio.IsReserved(event) {
		return nil, reserved(event)
	}
	size, binaries := socketio.EventSize(event, args)
	start := front(ns)
	b, err := socketio.AppendEvent(make([]byte, start, start+size), event, args...)
	if err != nil {
		return nil, err
	}
	if binaries < 0 {
		binaries = Raw(b[start:]).CountBinary()
	}
	if err := checkBinaries(binaries); err != nil {
		return nil, err
	}
	return &Prepared{name: event, buf: b, start: int32(start), own: forms{ns: ns, uncompress: uncompress}}, nil
}

// front is the room for the head of an event's MessagePack form, with an
// acknowledgement id of 32 bits if the whole is not a giant.
func front(ns string) int { return engine.Front + 22 + len(ns) }

// PrepareRaw makes a Prepared of an array of event name and arguments, as
// [Prepared.Data] gives it. It keeps data, which must not change after.
func PrepareRaw(data Raw) (*Prepared, error) {
	name, _, err := data.Event()
	if err != nil {
		return nil, err
	}
	if err := checkBinaries(data.CountBinary()); err != nil {
		return nil, err
	}
	return &Prepared{name: name, buf: data}, nil
}

func checkBinaries(n int) error {
	if n > socketio.MaxAttachments {
		return fmt.Errorf("%w: %d binary values, clients accept %d", ErrAttachments, n, socketio.MaxAttachments)
	}
	return nil
}

// eventData encodes the array of event name and arguments.
func eventData(event string, args []any) (Raw, error) {
	if socketio.IsReserved(event) {
		return nil, reserved(event)
	}
	return socketio.AppendEvent(nil, event, args...)
}

// Event returns the name of the event.
func (p *Prepared) Event() string { return p.name }

// Data returns the array of event name and arguments. It must not be changed.
func (p *Prepared) Data() Raw { return Raw(p.buf[p.start:len(p.buf):len(p.buf)]) }

// ID returns the acknowledgement id, if there is one.
func (p *Prepared) ID() (id uint64, ok bool) { return p.id, p.hasID }

// withID returns p with an acknowledgement id. It takes over the room in front.
func (p *Prepared) withID(id uint64) *Prepared {
	q := &Prepared{name: p.name, buf: p.buf, start: p.start, id: id, hasID: true}
	q.own.ns, q.own.uncompress = p.own.ns, p.own.uncompress
	q.taken.Store(p.taken.Swap(true))
	return q
}

// withOffset returns p with an offset as its last argument.
func (p *Prepared) withOffset(offset string) (*Prepared, error) {
	start := front(p.own.ns)
	b := make([]byte, start, start+len(p.buf)+len(offset)+8)
	b, err := socketio.AppendToArray(b, p.Data(), offset)
	if err != nil {
		return nil, err
	}
	return &Prepared{name: p.name, buf: b, start: int32(start), own: forms{ns: p.own.ns, uncompress: p.own.uncompress}}, nil
}

// message returns the wire form for a recipient.
func (p *Prepared) message(ns string, parser Parser, uncompress bool) (*engine.Message, error) {
	f := &p.own
	if f.ns != ns || f.uncompress != uncompress {
		f = p.formsFor(ns, uncompress)
	}
	slot := &f.json
	if parser == MsgPack {
		slot = &f.packed
	}
	if m := slot.Load(); m != nil {
		return m, nil
	}
	m, err := p.encode(f, parser)
	if err != nil {
		return nil, err
	}
	if uncompress {
		m.WithoutCompression()
	}
	if !slot.CompareAndSwap(nil, m) { // another goroutine was faster
		m = slot.Load()
	}
	return m, nil
}

func (p *Prepared) encode(f *forms, parser Parser) (*engine.Message, error) {
	packet := socketio.Packet{Type: socketio.Event, Namespace: f.ns, ID: p.id, HasID: p.hasID, Data: p.Data()}
	if parser == MsgPack && f == &p.own && !p.taken.Swap(true) && p.encodeInPlace(packet) {
		return &p.packed, nil
	}
	return encode(packet, parser)
}

// encodeInPlace writes the packet's head before its data. It reports false if
// there is not the room.
func (p *Prepared) encodeInPlace(packet socketio.Packet) bool {
	var buf [64]byte
	head := socketio.AppendMsgPackHead(buf[:0], packet, true)
	from := int(p.start) - len(head)
	if from < engine.Front {
		return false
	}
	copy(p.buf[from:], head)
	p.packed.SetBinary(p.buf, from)
	return true
}

func (p *Prepared) formsFor(ns string, uncompress bool) *forms {
	for {
		head := p.more.Load()
		for f := head; f != nil; f = f.next {
			if f.ns == ns && f.uncompress == uncompress {
				return f
			}
		}
		f := &forms{ns: ns, uncompress: uncompress, next: head}
		if p.more.CompareAndSwap(head, f) {
			return f
		}
	}
}
