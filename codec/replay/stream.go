package replay

import (
	"io"

	"tickwire/codec/socketio"
)

// head is the first value of a stream.
type head struct {
	V       int      `json:"v"`
	Game    string   `json:"game"`
	Match   string   `json:"match"`
	Hz      int      `json:"hz"`
	Started int64    `json:"started"`
	Schema  []byte   `json:"schema"`
	Players []player `json:"players"`
}

type player struct {
	Seat int    `json:"seat"`
	Team int    `json:"team,omitempty"`
	Name string `json:"name"`
	Bot  bool   `json:"bot,omitempty"`
}

// tail is the last value of a stream.
type tail struct {
	Reason string       `json:"reason"`
	Result socketio.Raw `json:"result,omitempty"`
}

const maxPlayers = 1024 // in the head

// limits of a payload inside a log: as those of an event.
var limits = socketio.Limits{}

// Stream writes a log as a viewer plays it: a sequence of MessagePack values.
// The first is a map {v, game, match, hz, started, schema, players}, the last a
// map {reason, result}, and between them stands an array for each tick:
//
//	[tick, frame, key, tables, events]
//
// frame (binary, B-form) takes a replica from the tick before to this one and
// is nil in the first; key, where it is not nil, is the same state from
// nothing; tables, where not nil, belong to this frame and those that follow;
// events are [seat, name, payload], seat -1 for everybody. A log that is cut off
// ends with the reason "cut". The error is that of w, or of the log.
func Stream(w io.Writer, log io.Reader) error {
	s := streamer{out: w, in: NewReader(log)}
	for s.err == nil {
		if err := s.in.Next(&s.rec); err != nil {
			if !s.begun {
				return err
			}
			return s.end("cut", nil)
		}
		if s.rec.Kind == End {
			return s.end(s.rec.Name, s.rec.Data)
		}
		s.take()
	}
	return s.err
}

// streamer gathers what belongs to one tick.
type streamer struct {
	out io.Writer
	in  *Reader
	rec Record
	err error

	head  head
	begun bool // the head is out

	tick               uint32 // that is gathered; 0: none yet
	frame, key, tables []byte
	events             []byte // their arrays, one after the other
	count              int    // of events
	buf                []byte
}

func (s *streamer) take() {
	switch s.rec.Kind {
	case Start:
		h := &s.rec.Header
		s.head = head{V: Version, Game: h.Game, Match: h.Match, Hz: h.Hz, Started: h.Started}
	case Schema:
		s.head.Schema = append([]byte(nil), s.rec.Data...)
	case Join:
		p := &s.rec.Player
		if !s.begun && len(s.head.Players) < maxPlayers {
			s.head.Players = append(s.head.Players, player{p.Seat, p.Team, p.Name, p.Bot})
		}
	case Step, Close:
		s.flush()
		s.begin()
		s.tick = s.in.Tick()
	case Frame:
		s.frame = append(s.frame[:0], s.rec.Data...)
	case Key:
		s.key = append(s.key[:0], s.rec.Data...)
	case Tables:
		s.tables = append(s.tables[:0], s.rec.Data...)
	case Event:
		s.event()
	}
}

// begin writes the head, once.
func (s *streamer) begin() {
	if !s.begun {
		s.begun = true
		s.value(s.head)
	}
}

func (s *streamer) event() {
	payload := s.rec.Data
	if len(s.events) > maxChunk {
		return // no match says that much in a tick
	}
	if n, err := socketio.Validate(payload, limits); err != nil || n != len(payload) {
		payload = []byte{0xc0}
	}
	var err error
	s.events, err = socketio.AppendArray(s.events, s.rec.Seat, s.rec.Name, socketio.Raw(payload))
	if err != nil {
		s.err = err
	}
	s.count++
}

// flush writes the tick that was gathered.
func (s *streamer) flush() {
	if s.tick == 0 || s.err != nil {
		return
	}
	b := append(s.buf[:0], 0x95)
	for _, v := range [...]any{s.tick, orNil(s.frame), orNil(s.key), orNil(s.tables)} {
		if b, s.err = socketio.AppendValue(b, v); s.err != nil {
			return
		}
	}
	b = append(b, 0xdd, byte(s.count>>24), byte(s.count>>16), byte(s.count>>8), byte(s.count))
	b = append(b, s.events...)
	s.buf = b
	_, s.err = s.out.Write(b)
	s.frame, s.key, s.tables, s.events, s.count = s.frame[:0], s.key[:0], s.tables[:0], s.events[:0], 0
	s.tick = 0
}

// orNil makes nil of nothing.
func orNil(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

func (s *streamer) end(reason string, result []byte) error {
	s.flush()
	s.begin()
	if n, err := socketio.Validate(result, limits); err != nil || n != len(result) {
		result = nil
	}
	s.value(tail{reason, result})
	return s.err
}

func (s *streamer) value(v any) {
	if s.err != nil {
		return
	}
	if s.buf, s.err = socketio.AppendValue(s.buf[:0], v); s.err == nil {
		_, s.err = s.out.Write(s.buf)
	}
}
