package lobby

import (
	"bytes"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
)

// Input is what a player sent for the simulation.
type Input struct {
	Seq uint32 // grows with each input of a player; the first is 1
	// Raw is one validated MessagePack value. It is valid only during
	// Rules.Input.
	Raw []byte

	decoder *decoder // of the match; nil takes one from the pool
}

// Decode decodes the payload. Struct fields are named by their json tags; a
// type with MessagePack's own methods (DecodeMsgpack) is read without
// reflection.
func (in Input) Decode(into any) error {
	d := in.decoder
	if d == nil {
		d = decoders.Get().(*decoder)
		defer decoders.Put(d)
	}
	d.src.Reset(in.Raw)
	d.dec.Reset(&d.src)
	d.dec.SetCustomStructTag("json")
	err := d.dec.Decode(into)
	d.src.Reset(nil)
	return err
}

// decoder keeps a MessagePack decoder and its source together.
type decoder struct {
	src bytes.Reader
	dec *msgpack.Decoder
}

func newDecoder() *decoder {
	d := &decoder{}
	d.dec = msgpack.NewDecoder(&d.src)
	return d
}

var decoders = sync.Pool{New: func() any { return newDecoder() }}
