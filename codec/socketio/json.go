package socketio

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// JSONDecoder puts together the packets of one connection that speaks the
// default parser: a text message, followed by the binary messages that it
// announces. The zero value is ready and uses the default limits.
// It belongs to the connection's reader.
type JSONDecoder struct {
	Limits Limits

	pending bool
	packet  Packet // waits for its attachments, without data
	text    []byte // its JSON
	want    int
	size    int
	got     [][]byte
}

// Pending reports whether a packet waits for attachments.
func (d *JSONDecoder) Pending() bool { return d.pending }

// Reset forgets a packet that waits for attachments.
func (d *JSONDecoder) Reset() { *d = JSONDecoder{Limits: d.Limits} }

// Text takes a text message. If it is a whole packet, ok is true and the
// packet's data has been appended to dst; out is the longer dst.
// Otherwise the packet waits for attachments.
func (d *JSONDecoder) Text(dst, b []byte) (p Packet, out []byte, ok bool, err error) {
	if d.pending {
		return Packet{}, dst, false, fmt.Errorf("%w: text instead of an attachment", ErrAttachments)
	}
	lim := d.Limits.withDefaults()
	p, n, payload, err := parseHead(b, lim)
	if err != nil {
		return Packet{}, dst, false, err
	}
	if n > 0 {
		// Checked now, so that attachments of a broken packet are not hoarded.
		s, err := scanJSON(payload, n, lim)
		s.release()
		if err != nil {
			return Packet{}, dst, false, err
		}
		d.pending, d.packet, d.want, d.text = true, p, n, bytes.Clone(payload)
		return Packet{}, dst, false, nil
	}
	out, err = finish(&p, dst, payload, nil, lim)
	return p, out, err == nil, err
}

// Binary takes a binary message, which must have been announced; otherwise
// like [JSONDecoder.Text]. It copies b if it must keep it.
func (d *JSONDecoder) Binary(dst, b []byte) (p Packet, out []byte, ok bool, err error) {
	if !d.pending {
		return Packet{}, dst, false, fmt.Errorf("%w: binary message that was not announced", ErrAttachments)
	}
	lim := d.Limits.withDefaults()
	if d.size += len(b); d.size > lim.MaxAttachmentBytes {
		return Packet{}, dst, false, fmt.Errorf("%w: too many bytes", ErrAttachments)
	}
	if len(d.got)+1 < d.want {
		d.got = append(d.got, bytes.Clone(b))
		return Packet{}, dst, false, nil
	}
	p, text, got := d.packet, d.text, append(d.got, b)
	d.Reset()
	out, err = finish(&p, dst, text, got, lim)
	return p, out, err == nil, err
}

// finish appends the packet's data to dst and checks the whole.
func finish(p *Packet, dst, payload []byte, attachments [][]byte, lim Limits) (out []byte, err error) {
	if len(payload) > 0 {
		out, err = JSONToRaw(dst, payload, attachments, lim)
		if err != nil {
			return dst, err
		}
		p.Data = Raw(out[len(dst):])
	} else {
		out = dst
	}
	if p.Type == Connect && p.Data.IsNil() && len(p.Data) > 0 {
		return out, ErrPacket
	}
	return out, p.check(lim)
}

// parseHead parses what stands before the JSON:
// <type>[<n>-][<namespace>,][<id>]. Source: Socket.IO v5, "Packet encoding".
func parseHead(b []byte, lim Limits) (p Packet, attachments int, payload []byte, err error) {
	if len(b) == 0 || b[0] < '0' || b[0] > '6' {
		return p, 0, nil, fmt.Errorf("%w: unknown type", ErrPacket)
	}
	p.Type, b = Type(b[0]-'0'), b[1:]
	if p.Type == BinaryEvent || p.Type == BinaryAck {
		p.Type -= BinaryEvent - Event
		if attachments, b, err = parseAttachments(b, lim); err != nil {
			return p, 0, nil, err
		}
	}
	p.Namespace = "/"
	if len(b) > 0 && b[0] == '/' {
		end := bytes.IndexByte(b, ',')
		name, rest := b, b[len(b):]
		if end >= 0 {
			name, rest = b[:end], b[end+1:]
		}
		if len(name) > lim.MaxName || !utf8.Valid(name) {
			return p, 0, nil, ErrName
		}
		p.Namespace, b = internNamespace(name), rest
	}
	b, err = parseID(&p, b)
	return p, attachments, b, err
}

// parseAttachments parses "<n>-", n from 1.
func parseAttachments(b []byte, lim Limits) (n int, rest []byte, err error) {
	for i, c := range b[:min(len(b), 3)] {
		switch {
		case c == '-' && n > 0 && n <= min(lim.MaxAttachments, 64):
			return n, b[i+1:], nil
		case c < '0' || c > '9':
			return 0, nil, ErrAttachments
		}
		n = 10*n + int(c-'0')
	}
	return 0, nil, ErrAttachments
}

func parseID(p *Packet, b []byte) (rest []byte, err error) {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	if n == 0 {
		return b, nil
	}
	p.ID, err = strconv.ParseUint(string(b[:n]), 10, 64)
	if err != nil || p.ID > maxID {
		return nil, fmt.Errorf("%w: invalid id", ErrPacket)
	}
	p.HasID = true
	return b[n:], nil
}

// AppendJSON appends p as the default parser writes it. Binary values are
// returned as attachments, to be sent after the text; they alias p.Data.
// More than [MaxAttachments] of them, or any outside of events and
// acknowledgements, are an error.
func AppendJSON(dst []byte, p Packet) (text []byte, attachments [][]byte, err error) {
	return AppendJSONParts(dst, nil, p)
}

// AppendJSONParts is AppendJSON that appends the attachments to parts, which
// must be empty.
func AppendJSONParts(dst []byte, parts [][]byte, p Packet) (text []byte, attachments [][]byte, err error) {
	count := countBin(p.Data)
	typ := p.Type
	if count > 0 {
		if typ != Event && typ != Ack {
			return dst, parts, fmt.Errorf("%w: %s with binary data", ErrAttachments, typ)
		}
		if count > MaxAttachments {
			return dst, parts, fmt.Errorf("%w: %d binary values, clients accept %d", ErrAttachments, count, MaxAttachments)
		}
		typ += BinaryEvent - Event
	}
	text = append(dst, '0'+byte(typ))
	if count > 0 {
		text = append(strconv.AppendInt(text, int64(count), 10), '-')
	}
	if p.Namespace != "/" {
		text = append(append(text, p.Namespace...), ',')
	}
	if p.HasID {
		text = strconv.AppendUint(text, p.ID, 10)
	}
	if len(p.Data) == 0 {
		return text, parts, nil
	}
	w := jsonWriter{dst: text, binary: count > 0, attachments: parts}
	w.value(p.Data)
	return w.dst, w.attachments, nil
}

// countBin counts the binary values in r.
func countBin(r []byte) (n int) {
	for len(r) > 0 {
		h, _ := readHead(r)
		switch h.kind {
		case kindBin:
			n++
			r = r[h.n:]
		case kindStr, kindExt:
			r = r[h.n:]
		}
		r = r[h.size:]
	}
	return n
}

// CountBinary returns the number of binary values in r, at any depth.
func (r Raw) CountBinary() int { return countBin(r) }
