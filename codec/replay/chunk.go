package replay

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// AppendMagic begins a log.
func AppendMagic(dst []byte) []byte { return append(append(dst, magic...), Version) }

// Packer seals batches of records as chunks. The zero value is ready. It
// belongs to one goroutine and is worth keeping: it holds 600 KB.
type Packer struct {
	flate *flate.Writer
	out   bytes.Buffer
}

// AppendChunk appends whole records as a chunk:
//
//	raw varint · packed varint · tick varint · CRC-32 of packed, u32 LE · packed
//
// raw and packed are lengths, packed is raw DEFLATE, and tick is that of the
// last step in the log so far, so that a log's length is known without
// unpacking it.
func (p *Packer) AppendChunk(dst, records []byte, tick uint32) []byte {
	p.out.Reset()
	if p.flate == nil {
		p.flate, _ = flate.NewWriter(&p.out, flate.BestSpeed) // fails for a wrong level only
	} else {
		p.flate.Reset(&p.out)
	}
	_, _ = p.flate.Write(records) // to memory
	_ = p.flate.Close()
	packed := p.out.Bytes()
	dst = binary.AppendUvarint(dst, uint64(len(records)))
	dst = binary.AppendUvarint(dst, uint64(len(packed)))
	dst = binary.AppendUvarint(dst, uint64(tick))
	dst = binary.LittleEndian.AppendUint32(dst, crc32.ChecksumIEEE(packed))
	return append(dst, packed...)
}

// chunkHead is what stands before the packed records.
type chunkHead struct {
	raw, packed int
	tick        uint32
	crc         uint32
}

// readMagic checks the beginning of a file.
func readMagic(r io.Reader) error {
	var head [len(magic) + 1]byte
	switch _, err := io.ReadFull(r, head[:]); {
	case err != nil || string(head[:len(magic)]) != magic:
		return fmt.Errorf("%w: it does not begin with %q", ErrMalformed, magic)
	case head[len(magic)] != Version:
		return fmt.Errorf("%w: version %d, this program reads %d", ErrMalformed, head[len(magic)], Version)
	}
	return nil
}

// readHead returns io.EOF at the end of a whole log.
func readHead(r *bufio.Reader) (h chunkHead, err error) {
	if _, err := r.Peek(1); err == io.EOF {
		return h, io.EOF
	}
	var v [3]uint64
	for i := range v {
		if v[i], err = binary.ReadUvarint(r); err != nil {
			return h, ErrCut
		}
	}
	var crc [4]byte
	if _, err := io.ReadFull(r, crc[:]); err != nil {
		return h, ErrCut
	}
	if v[0] > maxChunk || v[1] > maxChunk || v[2] > 1<<32-1 {
		return h, fmt.Errorf("%w: a chunk of %d bytes", ErrMalformed, max(v[0], v[1]))
	}
	return chunkHead{int(v[0]), int(v[1]), uint32(v[2]), binary.LittleEndian.Uint32(crc[:])}, nil
}

// readPacked reads n bytes without believing n: memory grows with what comes.
func readPacked(dst *bytes.Buffer, r io.Reader, n int) error {
	dst.Reset()
	if got, _ := io.CopyN(dst, r, int64(n)); got < int64(n) {
		return ErrCut
	}
	return nil
}

// LastTick returns the tick that a log reaches, by the heads of its chunks. The
// error is that of what follows.
func LastTick(file io.Reader) (tick uint32, err error) {
	r := bufio.NewReader(file)
	if err := readMagic(r); err != nil {
		return 0, err
	}
	for {
		h, err := readHead(r)
		if err == io.EOF {
			return tick, nil
		}
		if err != nil {
			return tick, err
		}
		if n, _ := r.Discard(h.packed); n < h.packed {
			return tick, ErrCut
		}
		tick = h.tick
	}
}
