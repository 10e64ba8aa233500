package socketio

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// RawToJSON appends r as JSON. Binary values become placeholders and are
// returned as attachments, which alias r. Dates become ISO 8601 strings, NaN
// and infinities null, as JavaScript does.
func RawToJSON(dst []byte, r Raw) (text []byte, attachments [][]byte) {
	if len(r) == 0 {
		return append(dst, "null"...), nil
	}
	w := jsonWriter{dst: dst, binary: countBin(r) > 0}
	w.value(r)
	return w.dst, w.attachments
}

// jsonWriter writes trusted MessagePack as JSON.
type jsonWriter struct {
	dst         []byte
	binary      bool // there are attachments, so clients look for placeholders
	attachments [][]byte
}

func (w *jsonWriter) value(b []byte) (rest []byte) {
	h, _ := readHead(b)
	body := b[h.size:]
	switch h.kind {
	case kindBool:
		w.dst = strconv.AppendBool(w.dst, h.bits == 1)
	case kindInt, kindUint:
		w.dst = h.appendInt(w.dst)
	case kindFloat:
		w.dst = appendJSONFloat(w.dst, math.Float64frombits(h.bits))
	case kindStr:
		w.dst = appendQuoted(w.dst, body[:h.n])
		return body[h.n:]
	case kindBin:
		w.placeholder(body[:h.n])
		return body[h.n:]
	case kindExt:
		w.date(dateOf(body))
		return body[h.n:]
	case kindArray:
		return w.array(body, h.n)
	case kindMap:
		return w.object(body, h.n)
	default:
		w.dst = append(w.dst, "null"...)
	}
	return body
}

func (w *jsonWriter) placeholder(b []byte) {
	w.dst = append(w.dst, `{"_placeholder":true,"num":`...)
	w.dst = strconv.AppendInt(w.dst, int64(len(w.attachments)), 10)
	w.dst = append(w.dst, '}')
	w.attachments = append(w.attachments, b)
}

func (w *jsonWriter) array(b []byte, n int) (rest []byte) {
	w.dst = append(w.dst, '[')
	for i := range n {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		b = w.value(b)
	}
	w.dst = append(w.dst, ']')
	return b
}

func (w *jsonWriter) object(b []byte, n int) (rest []byte) {
	w.dst = append(w.dst, '{')
	first := true
	for range n {
		key, _ := Raw(b[:skip(b)]).bytes()
		b = b[skip(b):]
		if w.binary && string(key) == "_placeholder" {
			// A forged placeholder among real ones would make every
			// official client that gets this packet end its connection.
			b = b[skip(b):]
			continue
		}
		if !first {
			w.dst = append(w.dst, ',')
		}
		first = false
		w.dst = append(appendQuoted(w.dst, key), ':')
		b = w.value(b)
	}
	w.dst = append(w.dst, '}')
	return b
}

// date writes what Date.prototype.toISOString gives; years beyond four digits
// have a sign and six. Milliseconds that no JavaScript Date holds give null.
func (w *jsonWriter) date(t time.Time) {
	const limit = 8.64e15 // ECMAScript, "Time Values and Time Range"
	if ms := float64(t.UnixMilli()); math.Abs(ms) > limit {
		w.dst = append(w.dst, "null"...)
		return
	}
	w.dst = append(w.dst, '"')
	year := t.Year()
	switch {
	case year < 0:
		w.dst = appendPadded(append(w.dst, '-'), -year, 6)
	case year > 9999:
		w.dst = appendPadded(append(w.dst, '+'), year, 6)
	default:
		w.dst = appendPadded(w.dst, year, 4)
	}
	w.dst = t.AppendFormat(w.dst, `-01-02T15:04:05.000Z"`)
}

func appendPadded(dst []byte, v, width int) []byte {
	for limit := int(math.Pow10(width - 1)); v < limit && limit > 1; limit /= 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(v), 10)
}

// appendJSONFloat writes f as JavaScript does.
// Source: ECMAScript, "Number::toString": exponents from 1e21 and below 1e-6.
func appendJSONFloat(dst []byte, f float64) []byte {
	abs := math.Abs(f)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return append(dst, "null"...)
	case f == 0:
		return append(dst, '0')
	case abs >= 1e-6 && abs < 1e21:
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); dst[n-4] == 'e' && dst[n-2] == '0' { // e-09 is e-9
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// appendQuoted writes valid UTF-8 as a JSON string.
func appendQuoted(dst, s []byte) []byte {
	dst = append(dst, '"')
	from := 0
	for i, c := range s {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = appendEscape(dst, c)
		from = i + 1
	}
	return append(append(dst, s[from:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&0x0f])
}

// AppendJSONString appends s as a JSON string.
func AppendJSONString(dst []byte, s string) []byte {
	return appendQuoted(dst, []byte(strings.ToValidUTF8(s, "\uFFFD")))
}
