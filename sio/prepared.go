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
type Prepared struct {
	name  string
	data  Raw // array of name and arguments
	id    uint64
	hasID bool
	forms atomic.Pointer[forms]
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
	data, err := eventData(event, args)
	if err != nil {
		return nil, err
	}
	return newPrepared(event, data)
}

// PrepareRaw makes a Prepared of an array of event name and arguments, as
// [Prepared.Data] gives it. It keeps data, which must not change after.
func PrepareRaw(data Raw) (*Prepared, error) {
	name, _, err := data.Event()
	if err != nil {
		return nil, err
	}
	return newPrepared(name, data)
}

func newPrepared(event string, data Raw) (*Prepared, error) {
	if n := data.CountBinary(); n > socketio.MaxAttachments {
		return nil, fmt.Errorf("%w: %d binary values, clients accept %d", ErrAttachments, n, socketio.MaxAttachments)
	}
	return &Prepared{name: event, data: data}, nil
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
func (p *Prepared) Data() Raw { return p.data }

// ID returns the acknowledgement id, if there is one.
func (p *Prepared) ID() (id uint64, ok bool) { return p.id, p.hasID }

func (p *Prepared) withID(id uint64) *Prepared {
	return &Prepared{name: p.name, data: p.data, id: id, hasID: true}
}

// message returns the wire form for a recipient.
func (p *Prepared) message(ns string, parser Parser, uncompress bool) (*engine.Message, error) {
	f := p.formsFor(ns, uncompress)
	slot := &f.json
	if parser == MsgPack {
		slot = &f.packed
	}
	if m := slot.Load(); m != nil {
		return m, nil
	}
	m, err := encode(socketio.Packet{Type: socketio.Event, Namespace: ns, ID: p.id, HasID: p.hasID, Data: p.data}, parser)
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

func (p *Prepared) formsFor(ns string, uncompress bool) *forms {
	for {
		head := p.forms.Load()
		for f := head; f != nil; f = f.next {
			if f.ns == ns && f.uncompress == uncompress {
				return f
			}
		}
		f := &forms{ns: ns, uncompress: uncompress, next: head}
		if p.forms.CompareAndSwap(head, f) {
			return f
		}
	}
}
