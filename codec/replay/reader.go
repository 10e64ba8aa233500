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

// Reader reads a log record by record.
type Reader struct {
	in      *bufio.Reader
	begun   bool
	unpack  io.ReadCloser
	packed  bytes.Buffer
	raw     []byte // of the chunk; its records are read from rest
	rest    []byte
	started bool
	steps   uint32
	err     error // what Next answers from now on
}

// NewReader returns a reader of a log. It reads nothing yet.
func NewReader(log io.Reader) *Reader {
	return &Reader{in: bufio.NewReader(log), unpack: flate.NewReader(nil)}
}

// Tick is how many ticks were closed by the records that were read.
func (r *Reader) Tick() uint32 { return r.steps }

// Next reads the next record into rec, whose bytes are good until the next
// call. The error is io.EOF at the end, or wraps [ErrMalformed] or [ErrCut];
// after any, it stays the same.
func (r *Reader) Next(rec *Record) error {
	for len(r.rest) == 0 && r.err == nil {
		r.err = r.chunk()
	}
	if r.err != nil {
		return r.err
	}
	p := parser{b: r.rest}
	*rec = p.record()
	if p.bad || r.started != (rec.Kind != Start) {
		r.err = fmt.Errorf("%w: in the record after tick %d", ErrMalformed, r.steps)
		return r.err
	}
	r.started, r.rest = true, p.b
	if rec.Kind == Step || rec.Kind == Close {
		r.steps++
	}
	return nil
}

// chunk unpacks the next chunk.
func (r *Reader) chunk() error {
	if !r.begun {
		if err := readMagic(r.in); err != nil {
			return err
		}
		r.begun = true
	}
	h, err := readHead(r.in)
	if err != nil {
		return err
	}
	if err := readPacked(&r.packed, r.in, h.packed); err != nil {
		return err
	}
	if crc32.ChecksumIEEE(r.packed.Bytes()) != h.crc {
		return fmt.Errorf("%w: the checksum of the chunk after tick %d is wrong", ErrMalformed, r.steps)
	}
	if err := r.unpack.(flate.Resetter).Reset(&r.packed, nil); err != nil {
		return err
	}
	if r.raw, err = readBounded(r.unpack, r.raw[:0], h.raw); err != nil {
		return err
	}
	r.rest = r.raw
	return nil
}

// readBounded reads exactly n bytes, and no more than a peer really packed.
func readBounded(in io.Reader, dst []byte, n int) ([]byte, error) {
	buf := bytes.NewBuffer(dst)
	got, err := io.Copy(buf, io.LimitReader(in, int64(n)+1))
	if err != nil || got != int64(n) {
		return buf.Bytes(), fmt.Errorf("%w: a chunk does not unpack to %d bytes", ErrMalformed, n)
	}
	return buf.Bytes(), nil
}

// parser reads the fields of a record. Once bad, it stays bad and yields zeros.
type parser struct {
	b   []byte
	bad bool
}

func (p *parser) record() (rec Record) {
	rec.Kind = Kind(p.byte())
	switch rec.Kind {
	case Start:
		rec.Header = p.header()
	case Join:
		rec.Player = p.player()
	case Leave:
		rec.Seat = p.number(maxSeat)
	case Away:
		rec.Seat, rec.Flag = p.number(maxSeat), p.flag()
	case Input:
		rec.Seat, rec.Seq = p.number(maxSeat), uint32(p.number(1<<32-1))
		rec.View = p.uvarint()
		rec.Flag, rec.Data = p.flag(), p.data()
	case Step, Close:
		rec.Sum = binary.LittleEndian.Uint32(p.fixed(4))
		rec.Rand = binary.LittleEndian.Uint16(p.fixed(2))
	case Schema, Tables, Frame, Key:
		rec.Data = p.data()
	case Event:
		rec.Seat = p.number(maxSeat) - 1
		rec.Name, rec.Data = p.text(), p.data()
	case End:
		rec.Name, rec.Data = p.text(), p.data()
	default:
		p.bad = true
	}
	return rec
}

func (p *parser) header() (h Header) {
	h.Build, h.Game, h.Match = p.text(), p.text(), p.text()
	h.Seed = binary.LittleEndian.Uint64(p.fixed(8))
	h.Hz, h.SendHz, h.MaxPlayers = p.number(1024), p.number(1024), p.number(maxSeat)
	h.Started = int64(p.number(1<<53 - 1))
	return h
}

func (p *parser) player() (j Player) {
	j.Seat, j.Team = p.number(maxSeat), p.number(maxSeat)
	j.Bot = p.flag()
	j.ID, j.Name, j.Account = p.text(), p.text(), p.text()
	return j
}

func (p *parser) byte() byte { return p.fixed(1)[0] }

func (p *parser) flag() bool {
	v := p.byte()
	p.bad = p.bad || v > 1
	return v == 1
}

var zeros [8]byte

// fixed returns n ≤ 8 bytes.
func (p *parser) fixed(n int) []byte {
	if p.bad || len(p.b) < n {
		p.bad = true
		return zeros[:n]
	}
	v := p.b[:n]
	p.b = p.b[n:]
	return v
}

func (p *parser) uvarint() uint64 {
	v, n := binary.Uvarint(p.b)
	if p.bad || n <= 0 {
		p.bad = true
		return 0
	}
	p.b = p.b[n:]
	return v
}

func (p *parser) number(most uint64) int {
	v := p.uvarint()
	if v > most {
		p.bad = true
		return 0
	}
	return int(v)
}

func (p *parser) data() []byte {
	n := p.uvarint()
	if p.bad || n > uint64(len(p.b)) {
		p.bad = true
		return nil
	}
	v := p.b[:n:n]
	p.b = p.b[n:]
	return v
}

func (p *parser) text() string {
	v := p.data()
	if len(v) > maxText {
		p.bad = true
		return ""
	}
	return string(v)
}
