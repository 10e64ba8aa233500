package socketio

import "unicode/utf8"

// Validate walks over the one MessagePack value at the start of b without
// allocating and returns its length in bytes. After it, decoding b[:n] can
// neither run over the end, nor recurse deeper than lim.MaxDepth, nor be made
// to allocate for more elements than there are bytes.
//
// A value that passed may still not be canonical; see [Normalize].
func Validate(b []byte, lim Limits) (n int, err error) {
	n, _, err = validate(b, lim.withDefaults())
	return n, err
}

func validate(b []byte, lim Limits) (n int, canonical bool, err error) {
	w := walker{b: b, owed: 1, budget: lim.MaxElements, canonical: true}
	if err := w.value(lim.MaxDepth); err != nil {
		return 0, false, err
	}
	return w.pos, w.canonical, nil
}

type walker struct {
	b         []byte
	pos       int
	owed      int // elements announced and not seen yet, over all open containers
	budget    int
	canonical bool
}

func (w *walker) value(depth int) error {
	h, ok := readHead(w.b[w.pos:])
	if !ok {
		return w.badHead()
	}
	w.pos += h.size
	w.owed--
	if w.budget--; w.budget < 0 {
		return ErrTooMany
	}
	switch h.kind {
	case kindStr, kindBin, kindExt:
		return w.payload(h)
	case kindArray, kindMap:
		return w.container(h, depth)
	}
	return nil
}

func (w *walker) badHead() error {
	if w.pos < len(w.b) && w.b[w.pos] == 0xc1 {
		return ErrSyntax
	}
	return ErrTruncated
}

func (w *walker) payload(h head) error {
	if h.n > len(w.b)-w.pos {
		return ErrTruncated
	}
	body := w.b[w.pos : w.pos+h.n]
	switch h.kind {
	case kindStr:
		if !utf8.Valid(body) {
			w.canonical = false
		}
	case kindExt:
		switch form := extForm(h, w.b[w.pos-h.size]); form {
		case formUnknown:
			return ErrExt
		case formDate:
		default:
			w.canonical = false
		}
	}
	w.pos += h.n
	return nil
}

func (w *walker) container(h head, depth int) error {
	if depth == 0 {
		return ErrTooDeep
	}
	count := h.n
	if h.kind == kindMap {
		count *= 2
	}
	// Every element takes a byte at least. Checked over all open containers
	// together: 9 KB of nested array16 headers announce 200 million elements.
	w.owed += count
	if w.owed > len(w.b)-w.pos {
		return ErrTruncated
	}
	if w.owed > w.budget {
		return ErrTooMany
	}
	for i := range count {
		if h.kind == kindMap && i%2 == 0 {
			if err := w.key(); err != nil {
				return err
			}
		}
		if err := w.value(depth - 1); err != nil {
			return err
		}
	}
	return nil
}

// key looks at the map key ahead: strings pass, integers pass and are later
// made strings as JavaScript does, others have no meaning on this wire.
func (w *walker) key() error {
	h, ok := readHead(w.b[w.pos:])
	if !ok {
		return w.badHead()
	}
	switch h.kind {
	case kindStr:
		return nil
	case kindInt, kindUint:
		w.canonical = false
		return nil
	}
	return ErrSyntax
}

// form is what an extension means.
type form uint8

const (
	formUnknown form = iota
	formUndefined
	formDate
	formBuffer
	formTimestamp
)

// extForm tells the meaning of an extension that starts with the byte code.
// The code matters: c7 08 00 is a buffer of 8 bytes, d7 00 a Date.
func extForm(h head, code byte) form {
	switch {
	case h.ext == extNotepack && code == 0xd4:
		return formUndefined
	case h.ext == extNotepack && code == 0xd7:
		return formDate
	case h.ext == extNotepack && code >= 0xc7 && code <= 0xc9:
		return formBuffer
	case h.ext == extTimestamp && (h.n == 4 || h.n == 8 || h.n == 12):
		return formTimestamp
	}
	return formUnknown
}
