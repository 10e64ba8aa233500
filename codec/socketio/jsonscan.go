package socketio

import (
	"strconv"
	"sync"
	"unicode/utf8"
)

// JSON becomes MessagePack in two passes. The first (this file) checks the
// grammar and the limits and notes how many elements each container has, as
// MessagePack wants that before the elements. The second (jsonread.go) writes
// and can trust the text.

// jsonScan is the first pass.
type jsonScan struct {
	text   []byte
	pos    int
	budget int

	// One entry per array or object, in the order in which they open: the
	// number of elements, or placeholderBit | index of the attachment.
	counts []uint32

	attachments int    // how many placeholders may refer to, 0: placeholders are plain objects
	used        uint64 // attachments already referred to
	key         []byte // scratch for keys with escapes
}

const placeholderBit = 1 << 31

var jsonScans = sync.Pool{New: func() any { return new(jsonScan) }}

// run scans the one JSON text in s.text.
func (s *jsonScan) run(depth int) error {
	if !utf8.Valid(s.text) {
		return ErrSyntax
	}
	s.space()
	if err := s.value(depth); err != nil {
		return err
	}
	s.space()
	if s.pos != len(s.text) {
		return ErrSyntax
	}
	return nil
}

func (s *jsonScan) release() {
	s.text = nil
	if cap(s.counts) > 16<<10 {
		s.counts = nil // refuse giants
	}
	jsonScans.Put(s)
}

func (s *jsonScan) space() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// peek returns the next byte, 0 at the end (which no rule accepts).
func (s *jsonScan) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *jsonScan) value(depth int) error {
	if s.budget--; s.budget < 0 {
		return ErrTooMany
	}
	switch c := s.peek(); {
	case c == '"':
		return s.str()
	case c == '{':
		return s.object(depth)
	case c == '[':
		return s.array(depth)
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	default:
		return s.number()
	}
}

func (s *jsonScan) word(w string) error {
	if end := s.pos + len(w); end <= len(s.text) && string(s.text[s.pos:end]) == w {
		s.pos = end
		return nil
	}
	return ErrSyntax
}

// digits skips decimal digits and reports whether there was one.
func (s *jsonScan) digits() bool {
	start := s.pos
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.pos++
	}
	return s.pos > start
}

func (s *jsonScan) number() error {
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return ErrSyntax
	}
	if s.peek() == '.' {
		s.pos++
		if !s.digits() {
			return ErrSyntax
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		if !s.digits() {
			return ErrSyntax
		}
	}
	return nil
}

// str skips a string; the opening quote is ahead.
func (s *jsonScan) str() error {
	s.pos++
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			return nil
		case c < ' ':
			return ErrSyntax
		case c == '\\':
			if err := s.escape(); err != nil {
				return err
			}
		default:
			s.pos++
		}
	}
	return ErrTruncated
}

func (s *jsonScan) escape() error {
	s.pos++
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return nil
	case 'u':
		s.pos++
		for range 4 {
			c := s.peek()
			if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
				return ErrSyntax
			}
			s.pos++
		}
		return nil
	}
	return ErrSyntax
}

func (s *jsonScan) array(depth int) error {
	if depth == 0 {
		return ErrTooDeep
	}
	entry := s.open()
	for n := uint32(0); ; n++ {
		s.space()
		if s.peek() == ']' && n == 0 {
			s.pos++
			return nil
		}
		if err := s.value(depth - 1); err != nil {
			return err
		}
		s.counts[entry]++
		if done, err := s.next(']'); done || err != nil {
			return err
		}
	}
}

// open notes a container and steps over its bracket.
func (s *jsonScan) open() (entry int) {
	s.pos++
	s.counts = append(s.counts, 0)
	return len(s.counts) - 1
}

// next steps over a comma or the closing bracket.
func (s *jsonScan) next(closing byte) (done bool, err error) {
	s.space()
	switch s.peek() {
	case ',':
		s.pos++
		return false, nil
	case closing:
		s.pos++
		return true, nil
	}
	return false, ErrSyntax
}

func (s *jsonScan) object(depth int) error {
	if depth == 0 {
		return ErrTooDeep
	}
	entry := s.open()
	var ph placeholder
	for n := 0; ; n++ {
		s.space()
		if s.peek() == '}' && n == 0 {
			s.pos++
			return nil
		}
		if err := s.member(depth-1, &ph); err != nil {
			return err
		}
		s.counts[entry]++
		done, err := s.next('}')
		if err != nil {
			return err
		}
		if done {
			return s.closeObject(entry, ph)
		}
	}
}

// placeholder is what an object said that stands for an attachment.
// Source: Socket.IO v5, "Binary event": {"_placeholder":true,"num":0}.
type placeholder struct {
	is  bool
	num []byte // text of the value of num
}

func (s *jsonScan) member(depth int, ph *placeholder) error {
	if s.peek() != '"' {
		return ErrSyntax
	}
	if s.budget--; s.budget < 0 {
		return ErrTooMany
	}
	keyStart := s.pos
	if err := s.str(); err != nil {
		return err
	}
	key := s.text[keyStart+1 : s.pos-1]
	s.space()
	if s.peek() != ':' {
		return ErrSyntax
	}
	s.pos++
	s.space()
	start := s.pos
	if err := s.value(depth); err != nil {
		return err
	}
	if s.attachments > 0 {
		s.note(ph, key, s.text[start:s.pos])
	}
	return nil
}

func (s *jsonScan) note(ph *placeholder, key, value []byte) {
	if len(key) > 6*len("_placeholder") {
		return
	}
	s.key = appendUnquoted(s.key[:0], key)
	switch string(s.key) {
	case "_placeholder":
		ph.is = string(value) == "true"
	case "num":
		ph.num = value
	}
}

// closeObject turns the entry of a placeholder into a reference. Each
// attachment may be referred to once: a megabyte of references to one
// attachment of a megabyte would be 30 gigabytes of values.
func (s *jsonScan) closeObject(entry int, ph placeholder) error {
	if !ph.is {
		return nil
	}
	num, err := strconv.ParseUint(string(ph.num), 10, 16)
	if err != nil || num >= uint64(s.attachments) || s.used&(1<<num) != 0 {
		return ErrAttachments
	}
	s.used |= 1 << num
	s.counts = append(s.counts[:entry], placeholderBit|uint32(num))
	return nil
}
