package engineio

import (
	"bytes"
	"encoding/base64"
)

// Payload walks over the packets of a polling payload. The zero value is an
// empty payload; make one with NewPayload.
type Payload struct {
	rest []byte
	done bool
}

// NewPayload returns a walk over b, which Next modifies: binary packets are
// decoded in place.
func NewPayload(b []byte) Payload { return Payload{rest: b} }

// Next returns the next packet; ok is false after the last one. An empty
// payload holds one empty packet, which is an error as everywhere else. After
// an error the walk has ended.
func (p *Payload) Next() (pkt Packet, ok bool, err error) {
	if p.done {
		return Packet{}, false, nil
	}
	part := p.rest
	if i := bytes.IndexByte(part, Separator); i >= 0 {
		part, p.rest = part[:i:i], part[i+1:]
	} else {
		p.rest, p.done = nil, true
	}
	pkt, err = decodePart(part)
	if err != nil {
		p.done = true
		return Packet{}, false, err
	}
	return pkt, true, nil
}

// decodePart decodes one packet of a payload, text or base64.
func decodePart(b []byte) (Packet, error) {
	if len(b) == 0 || b[0] != binaryPrefix {
		return DecodeText(b)
	}
	src := b[1:]
	// Three bytes are written for four that were read before, so the output
	// never overtakes the input (TestPayloadInPlace compares with a copy).
	n, err := base64.StdEncoding.Decode(src, src)
	if err != nil {
		return Packet{}, ErrBase64
	}
	return Packet{Type: Message, Binary: true, Data: src[:n:n]}, nil
}

// AppendSeparator appends the separator if dst already holds a packet, that
// is, if it is longer than start, the length at which the payload began.
func AppendSeparator(dst []byte, start int) []byte {
	if len(dst) > start {
		return append(dst, Separator)
	}
	return dst
}

// AppendBinary appends a binary message in its base64 form, as payloads carry
// it.
func AppendBinary(dst, data []byte) []byte {
	return base64.StdEncoding.AppendEncode(append(dst, binaryPrefix), data)
}
