package engine

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"sync"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

// Compression of websocket messages, permessage-deflate, always without
// context takeover: a message is then the same for all its recipients, so it
// is compressed once, and no session keeps a window. Source: RFC 7692.

// agreed is what we answer to an offer.
var agreed = wsflate.Parameters{ServerNoContextTakeover: true, ClientNoContextTakeover: true}

// negotiator takes the first acceptable offer of permessage-deflate.
type negotiator struct{ accepted bool }

func (n *negotiator) negotiate(offer httphead.Option) (httphead.Option, error) {
	var p wsflate.Parameters
	if n.accepted || string(offer.Name) != wsflate.ExtensionName || p.Parse(offer) != nil {
		return httphead.Option{}, nil
	}
	// A smaller window for us is declined: compress/flate has no such setting.
	if p.ServerMaxWindowBits.Defined() && p.ServerMaxWindowBits < 15 {
		return httphead.Option{}, nil
	}
	n.accepted = true
	answer := agreed
	if p.ServerMaxWindowBits.Defined() {
		answer.ServerMaxWindowBits = p.ServerMaxWindowBits
	}
	return answer.Option(), nil
}

// flateTail ends what Flush of a compressor writes, and is not sent.
// Source: RFC 7692, 7.2.1.
var flateTail = []byte{0x00, 0x00, 0xff, 0xff}

// inflateTail is flateTail and an empty last block, so that a reader ends.
var inflateTail = []byte{0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff}

var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is valid
	}
	return w
}}

var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// compressed returns m with its parts from threshold bytes on compressed, for
// connections that agreed on it. It is made on first use and shared.
func (m *Message) compressed(threshold int) *Message {
	if m.plain {
		return m
	}
	if c := m.deflated.Load(); c != nil {
		return c
	}
	c := &Message{plain: true}
	worth := false
	for op, data := range frames(m.frames) {
		if packed := deflate(data, threshold); packed != nil {
			c.frames = appendHeader(c.frames, op|rsv1Bit, len(packed))
			c.frames = append(c.frames, packed...)
			worth = true
		} else {
			c.frames = append(appendHeader(c.frames, op, len(data)), data...)
		}
	}
	if !worth {
		c = m
	}
	m.deflated.Store(c)
	return c
}

// deflate compresses data, or returns nil if that is not worth it.
func deflate(data []byte, threshold int) []byte {
	if len(data) < threshold {
		return nil
	}
	var out bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&out)
	// A bytes.Buffer takes everything: neither call can fail.
	_, _ = w.Write(data)
	_ = w.Flush()
	packed := bytes.TrimSuffix(out.Bytes(), flateTail)
	if len(packed) >= len(data) {
		return nil
	}
	return packed
}

var errInflate = &closeError{ws.StatusInvalidFramePayloadData, "invalid compressed data"}

// inflate decompresses a message of at most limit bytes. It grows with what
// comes out and stops at the limit: a bomb costs no more than a message.
func inflate(data []byte, limit int) ([]byte, error) {
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	in := io.MultiReader(bytes.NewReader(data), bytes.NewReader(inflateTail))
	if err := r.(flate.Resetter).Reset(in, nil); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(r, int64(limit)+1))
	switch {
	case n > int64(limit):
		return nil, errTooBig
	case err != nil && !errors.Is(err, io.EOF):
		return nil, errInflate
	}
	return out.Bytes(), nil
}
