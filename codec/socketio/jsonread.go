package socketio

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// JSONToRaw validates one JSON text and appends it to dst as canonical
// MessagePack. With attachments, objects of the form
// {"_placeholder":true,"num":i} become the i-th of them.
func JSONToRaw(dst, jsonText []byte, attachments [][]byte, lim Limits) ([]byte, error) {
	s, err := scanJSON(jsonText, len(attachments), lim.withDefaults())
	defer s.release()
	if err != nil {
		return dst, err
	}
	r := jsonReader{text: jsonText, counts: s.counts, attachments: attachments}
	return r.value(dst), nil
}

// scanJSON runs the first pass. The scan must be released.
func scanJSON(text []byte, attachments int, lim Limits) (*jsonScan, error) {
	s := jsonScans.Get().(*jsonScan)
	*s = jsonScan{text: text, budget: lim.MaxElements, counts: s.counts[:0], attachments: attachments, key: s.key}
	return s, s.run(lim.MaxDepth)
}

// jsonReader is the second pass. The text is valid.
type jsonReader struct {
	text        []byte
	pos         int
	counts      []uint32
	attachments [][]byte
}

// next steps over white space, commas and colons, which need no check here.
func (r *jsonReader) next() byte {
	for {
		switch c := r.text[r.pos]; c {
		case ' ', '\t', '\n', '\r', ',', ':':
			r.pos++
		default:
			return c
		}
	}
}

func (r *jsonReader) value(dst []byte) []byte {
	switch r.next() {
	case '"':
		return r.str(dst)
	case '{':
		return r.object(dst)
	case '[':
		return r.array(dst)
	case 't':
		r.pos += len("true")
		return append(dst, 0xc3)
	case 'f':
		r.pos += len("false")
		return append(dst, 0xc2)
	case 'n':
		r.pos += len("null")
		return append(dst, 0xc0)
	}
	return r.number(dst)
}

func (r *jsonReader) shiftCount() uint32 {
	n := r.counts[0]
	r.counts = r.counts[1:]
	return n
}

func (r *jsonReader) array(dst []byte) []byte {
	r.pos++
	n := r.shiftCount()
	dst = appendArrayHead(dst, int(n))
	for range n {
		dst = r.value(dst)
	}
	r.next()
	r.pos++
	return dst
}

func (r *jsonReader) object(dst []byte) []byte {
	n := r.shiftCount()
	if n&placeholderBit != 0 {
		r.pos = objectEnd(r.text, r.pos)
		b := r.attachments[n&^placeholderBit]
		return append(appendBinHead(dst, len(b)), b...)
	}
	r.pos++
	dst = appendMapHead(dst, int(n))
	for range n {
		r.next()
		dst = r.value(r.str(dst))
	}
	r.next()
	r.pos++
	return dst
}

// objectEnd returns the position after the valid object that starts at pos.
func objectEnd(text []byte, pos int) int {
	depth := 0
	for ; ; pos++ {
		switch text[pos] {
		case '"':
			pos += stringLen(text[pos:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return pos + 1
			}
		}
	}
}

// stringLen returns the length of the valid string at the start of b, quotes
// included.
func stringLen(b []byte) int {
	for i := 1; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

func (r *jsonReader) str(dst []byte) []byte {
	n := stringLen(r.text[r.pos:])
	body := r.text[r.pos+1 : r.pos+n-1]
	r.pos += n
	if bytes.IndexByte(body, '\\') < 0 {
		return append(appendStrHead(dst, len(body)), body...)
	}
	// Unescaping never makes a string longer, so the length is known only
	// afterwards: write behind the largest head it may need, then move it up.
	start := len(dst)
	dst = appendStrHead(dst, len(body))
	from := len(dst)
	dst = appendUnquoted(dst, body)
	size := len(dst) - from
	head := appendStrHead(dst[:start], size) // not longer than the one reserved
	copy(dst[len(head):], dst[from:])
	return dst[:len(head)+size]
}

// appendUnquoted appends the content of a valid JSON string. Surrogates that
// stand alone become U+FFFD.
func appendUnquoted(dst, s []byte) []byte {
	for len(s) > 0 {
		i := bytes.IndexByte(s, '\\')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		c := s[i+1]
		s = s[i+2:]
		switch c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			dst, s = appendEscapedRune(dst, s)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// appendEscapedRune reads the digits after \u and, after a high surrogate, the
// escape of the low one.
func appendEscapedRune(dst, s []byte) (out, rest []byte) {
	r := hex4(s)
	s = s[4:]
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(dst, r), s
	}
	if len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
		if both := utf16.DecodeRune(r, hex4(s[2:])); both != utf8.RuneError {
			return utf8.AppendRune(dst, both), s[6:]
		}
	}
	return utf8.AppendRune(dst, utf8.RuneError), s
}

func hex4(s []byte) rune {
	var r rune
	for _, c := range s[:4] {
		switch {
		case c <= '9':
			c -= '0'
		case c <= 'F':
			c -= 'A' - 10
		default:
			c -= 'a' - 10
		}
		r = r<<4 | rune(c)
	}
	return r
}

func (r *jsonReader) number(dst []byte) []byte {
	start := r.pos
	whole := true
	for r.pos < len(r.text) {
		c := r.text[r.pos]
		if c == '.' || c == 'e' || c == 'E' {
			whole = false
		} else if c != '-' && c != '+' && (c < '0' || c > '9') {
			break
		}
		r.pos++
	}
	text := r.text[start:r.pos]
	if whole && len(text) <= 18 { // always fits
		return appendInt(dst, smallInt(text))
	}
	if whole && len(text) <= 20 {
		if u, err := strconv.ParseUint(string(text), 10, 64); err == nil {
			return appendUint(dst, u)
		}
		if i, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return appendInt(dst, i)
		}
	}
	f, _ := strconv.ParseFloat(string(text), 64) // out of range is ±Inf, as in JavaScript
	if math.IsInf(f, 0) {
		return binary.BigEndian.AppendUint64(append(dst, 0xcb), math.Float64bits(f))
	}
	return appendFloat(dst, f)
}

func smallInt(text []byte) int64 {
	var v int64
	for _, c := range text {
		if c != '-' {
			v = v*10 + int64(c-'0')
		}
	}
	if text[0] == '-' {
		return -v
	}
	return v
}
