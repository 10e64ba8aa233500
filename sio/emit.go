package sio

import (
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio/engine"
)

// Emit sends an event to the client. It never waits; see the package comment
// for what happens when the client does not read.
func (s *Socket) Emit(event string, args ...any) error {
	return Emitter{s: s}.Emit(event, args...)
}

// Send sends a prepared event to the client.
func (s *Socket) Send(p *Prepared) error { return Emitter{s: s}.Send(p) }

// Volatile makes the next event one that is dropped, with [ErrDropped], if the
// client cannot take it now.
func (s *Socket) Volatile() Emitter { return Emitter{s: s}.Volatile() }

// Compress says whether the next event may be compressed where compression was
// agreed.
func (s *Socket) Compress(on bool) Emitter { return Emitter{s: s}.Compress(on) }

// Hold queues a prepared event; it leaves in the same write as the next Emit,
// Send, SendStamped or Flush.
func (s *Socket) Hold(p *Prepared) error {
	if !s.Connected() {
		return ErrDisconnected
	}
	if s.watched.Load() {
		s.notifyOutgoing(p.name, p.Data())
	}
	if r := s.ns.local.recovery; r != nil {
		r.order.Lock()
		defer r.order.Unlock()
		var err error
		if p, err = r.recordLocked(p, BroadcastOptions{Rooms: []string{s.id}}); err != nil {
			return err
		}
	}
	m, err := p.message(s.ns.name, s.parser, false)
	if err != nil {
		return err
	}
	return s.ses.Hold(m)
}

// Flush sends what is held.
func (s *Socket) Flush() error { return s.ses.Flush() }

// Backlog returns the bytes sent to the client that it has not taken.
func (s *Socket) Backlog() int { return s.ses.Backlog() }

// Emitter sends events to one socket with flags set. It is a value that never
// changes.
type Emitter struct {
	s          *Socket
	volatile   bool
	uncompress bool
}

// Volatile drops events, with [ErrDropped], that the client cannot take now.
func (e Emitter) Volatile() Emitter {
	e.volatile = true
	return e
}

// Compress says whether events may be compressed where that was agreed.
func (e Emitter) Compress(on bool) Emitter {
	e.uncompress = !on
	return e
}

func (e Emitter) options() BroadcastOptions {
	return BroadcastOptions{Rooms: []string{e.s.id}, Volatile: e.volatile, Uncompress: e.uncompress}
}

// Send sends a prepared event.
func (e Emitter) Send(p *Prepared) error {
	s := e.s
	if !s.Connected() {
		return ErrDisconnected
	}
	if s.ns.recovers() && !e.volatile {
		return s.ns.adapter.Broadcast(p, e.options())
	}
	return s.deliver(nil, p, BroadcastOptions{Volatile: e.volatile, Uncompress: e.uncompress})
}

// Emit sends an event.
func (e Emitter) Emit(event string, args ...any) error {
	s := e.s
	if !s.Connected() {
		return ErrDisconnected
	}
	if s.ns.recovers() && !e.volatile {
		p, err := prepareFor(s.ns.name, e.uncompress, event, args)
		if err != nil {
			return err
		}
		return s.ns.adapter.Broadcast(p, e.options())
	}
	return e.emit(socketio.Packet{Type: socketio.Event}, event, args)
}

// emit encodes and sends one event packet for this socket alone.
func (e Emitter) emit(p socketio.Packet, event string, args []any) error {
	s := e.s
	if socketio.IsReserved(event) {
		return reserved(event)
	}
	buf := scratches.Get().(*scratch)
	defer buf.release()
	p.Namespace = s.ns.name
	data := buf.open(p, s.parser)
	at := len(data)
	data, err := socketio.AppendEvent(data, event, args...)
	if err != nil {
		return err
	}
	buf.data, p.Data = data, data[at:]
	if s.watched.Load() {
		s.notifyOutgoing(event, p.Data)
	}
	return e.sendOpened(buf, p)
}

// sendOpened sends a packet whose data is in buf.
func (e Emitter) sendOpened(buf *scratch, p socketio.Packet) error {
	s := e.s
	mayCompress := s.ns.srv.opts.Engine.PerMessageDeflate && !e.uncompress
	if !e.volatile && !mayCompress {
		return buf.send(s, p)
	}
	m, err := encode(p, s.parser)
	if err != nil {
		return err
	}
	if e.uncompress {
		m.WithoutCompression()
	}
	if e.volatile {
		return s.ses.SendVolatile(m)
	}
	return s.ses.Send(m)
}

// deliver sends a prepared event to this socket, being one of its recipients.
func (s *Socket) deliver(b *engine.Batch, p *Prepared, o BroadcastOptions) error {
	if !s.Connected() {
		return ErrDisconnected
	}
	if s.watched.Load() {
		b.Flush() // a listener may take its time
		s.notifyOutgoing(p.name, p.Data())
	}
	return s.transmit(b, p, o)
}

func (s *Socket) transmit(b *engine.Batch, p *Prepared, o BroadcastOptions) error {
	m, err := p.message(s.ns.name, s.parser, o.Uncompress)
	if err != nil {
		return err
	}
	if o.Volatile {
		return b.SendVolatile(s.ses, m)
	}
	return b.Send(s.ses, m)
}

// pendingAck waits for a client's acknowledgement.
type pendingAck struct {
	fn    func(Args, error)
	timer *time.Timer // nil without timeout
}

// EmitAck sends an event and calls fn once, in the session's turn: with the
// client's answer (valid until fn returns), with [ErrTimeout], or with
// [ErrDisconnected]. A timeout of 0 waits as long as the socket is connected.
// fn is not called if EmitAck returns an error.
func (s *Socket) EmitAck(timeout time.Duration, fn func(Args, error), event string, args ...any) error {
	return Emitter{s: s}.EmitAck(timeout, fn, event, args...)
}

// EmitAck is [Socket.EmitAck].
func (e Emitter) EmitAck(timeout time.Duration, fn func(Args, error), event string, args ...any) error {
	s := e.s
	id := s.ns.ackIDs.Add(1) // from 1: one Python client cannot answer 0
	pending := pendingAck{fn: fn}
	if timeout > 0 {
		pending.timer = time.AfterFunc(timeout, func() { s.ackTimeout(id) })
	}
	err := s.expect(id, pending)
	if err == nil {
		err = e.emit(socketio.Packet{Type: socketio.Event, ID: id, HasID: true}, event, args)
	}
	if err != nil {
		s.takeAck(id)
		if pending.timer != nil {
			pending.timer.Stop()
		}
	}
	return err
}

// expect notes an acknowledgement that the client owes.
func (s *Socket) expect(id uint64, p pendingAck) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.Connected() {
		return ErrDisconnected
	}
	if len(s.acks) >= s.ns.srv.opts.MaxPendingAcks {
		return ErrTooManyAcks
	}
	if s.acks == nil {
		s.acks = make(map[uint64]pendingAck)
	}
	s.acks[id] = p
	return nil
}

// takeAck takes out what waits for an acknowledgement, so it is called once.
func (s *Socket) takeAck(id uint64) (p pendingAck, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok = s.acks[id]
	delete(s.acks, id)
	if len(s.acks) == 0 {
		s.acks = nil
	}
	if ok && p.timer != nil {
		p.timer.Stop()
	}
	return p, ok
}

// onAck handles a client's acknowledgement, in turn. Ids that nobody waits for
// are ignored: they may be late.
func (s *Socket) onAck(id uint64, args Args) {
	if p, ok := s.takeAck(id); ok {
		s.callAck(p.fn, args, nil)
	}
}

func (s *Socket) ackTimeout(id uint64) {
	if p, ok := s.takeAck(id); ok {
		s.conn.post(func() { s.callAck(p.fn, Args{}, ErrTimeout) })
	}
}

// failAcks tells those who still wait that no answer will come.
func (s *Socket) failAcks() {
	s.mu.Lock()
	acks := s.acks
	s.acks = nil
	s.mu.Unlock()
	for _, p := range acks {
		if p.timer != nil {
			p.timer.Stop()
		}
		s.callAck(p.fn, Args{}, ErrDisconnected)
	}
}

func (s *Socket) callAck(fn func(Args, error), args Args, err error) {
	defer s.contain("acknowledgement")
	fn(args, err)
}

// sendAck answers an event of the client.
func (s *Socket) sendAck(id uint64, args []any) error {
	if !s.Connected() {
		return ErrDisconnected
	}
	buf := scratches.Get().(*scratch)
	defer buf.release()
	p := socketio.Packet{Type: socketio.Ack, Namespace: s.ns.name, ID: id, HasID: true}
	data := buf.open(p, s.parser)
	at := len(data)
	data, err := socketio.AppendArray(data, args...)
	if err != nil {
		return err
	}
	buf.data, p.Data = data, data[at:]
	return Emitter{s: s}.sendOpened(buf, p)
}
