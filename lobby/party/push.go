package party

import (
	"time"

	"tickwire/lobby"
)

// outbox holds what is still to be told. Who has changed something flushes it
// once the lock is released; when somebody is at it already, that one goes on.
// So pushes are in order, and no lock is held while they are sent.
type outbox struct {
	waiting []push
	sending bool
}

// push is an event for one member, or the news of a changed party.
type push struct {
	to    func(*lobby.Event)
	event *lobby.Event
	party string // for Options.Changed
}

func (b *Book) tellLocked(m *Member, name string, arg any) {
	b.sendLocked(m, &lobby.Event{Name: name, Args: []any{arg}}, time.Time{})
}

// updateLocked tells all members what the party is like now. They share the
// event.
func (b *Book) updateLocked(p *party) {
	p.rev++
	if len(p.members) == 0 {
		return
	}
	ev := &lobby.Event{Name: EventUpdate, Args: []any{p.viewLocked(nil)}}
	for _, m := range p.members {
		if m.push != nil {
			b.outbox.waiting = append(b.outbox.waiting, push{to: m.push, event: ev})
		}
	}
}

// changedLocked is updateLocked for when people came or went.
func (b *Book) changedLocked(p *party) {
	b.updateLocked(p)
	if b.opt.Changed != nil {
		b.outbox.waiting = append(b.outbox.waiting, push{party: p.id})
	}
}

// flush sends what waits.
func (b *Book) flush() {
	var batch []push
	for {
		b.mu.Lock()
		if len(b.outbox.waiting) == 0 || b.outbox.sending && batch == nil {
			if batch != nil {
				b.outbox.sending = false
			}
			b.mu.Unlock()
			return
		}
		b.outbox.sending = true
		batch, b.outbox.waiting = b.outbox.waiting, nil
		b.mu.Unlock()
		for _, p := range batch {
			if p.party != "" {
				b.opt.Changed(p.party)
			} else {
				p.to(p.event)
			}
		}
	}
}
