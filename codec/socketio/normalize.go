package socketio

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// Normalize validates the one MessagePack value that b holds and appends its
// canonical form (see the package comment) to dst.
func Normalize(dst, b []byte, lim Limits) ([]byte, error) {
	n, canonical, err := validate(b, lim.withDefaults())
	switch {
	case err != nil:
		return dst, err
	case n != len(b):
		return dst, ErrSyntax
	case canonical:
		return append(dst, b...), nil
	}
	dst, _ = appendCanonical(dst, b)
	return dst, nil
}

// appendCanonical appends the canonical form of the validated value at the
// start of b and returns what follows it.
func appendCanonical(dst, b []byte) (out, rest []byte) {
	h, _ := readHead(b)
	body := b[h.size:]
	switch h.kind {
	case kindStr:
		return appendCanonicalStr(dst, body[:h.n]), body[h.n:]
	case kindExt:
		return appendCanonicalExt(dst, h, b), body[h.n:]
	case kindBin:
		return append(dst, b[:h.size+h.n]...), body[h.n:]
	case kindArray:
		dst = append(dst, b[:h.size]...)
		for range h.n {
			dst, body = appendCanonical(dst, body)
		}
		return dst, body
	case kindMap:
		dst = append(dst, b[:h.size]...)
		for range h.n {
			dst, body = appendCanonicalKey(dst, body)
			dst, body = appendCanonical(dst, body)
		}
		return dst, body
	}
	return append(dst, b[:h.size]...), body
}

func appendCanonicalStr(dst, s []byte) []byte {
	if !utf8.Valid(s) {
		s = bytes.ToValidUTF8(s, []byte("\uFFFD"))
	}
	return append(appendStrHead(dst, len(s)), s...)
}

func appendCanonicalKey(dst, b []byte) (out, rest []byte) {
	h, _ := readHead(b)
	switch h.kind {
	case kindInt, kindUint:
		var buf [20]byte
		return appendCanonicalStr(dst, h.appendInt(buf[:0])), b[h.size:]
	}
	return appendCanonical(dst, b)
}

// appendInt appends the decimal form of an integer.
func (h head) appendInt(dst []byte) []byte {
	if h.kind == kindInt {
		return strconv.AppendInt(dst, int64(h.bits), 10)
	}
	return strconv.AppendUint(dst, h.bits, 10)
}

func appendCanonicalExt(dst []byte, h head, b []byte) []byte {
	body := b[h.size : h.size+h.n]
	switch extForm(h, b[0]) {
	case formUndefined:
		return append(dst, 0xc0)
	case formBuffer:
		return append(appendBinHead(dst, h.n), body...)
	case formTimestamp:
		return appendDate(dst, timestampMillis(body))
	}
	return append(dst, b[:h.size+h.n]...)
}

// timestampMillis reads a MessagePack timestamp extension.
// Source: MessagePack specification, "Timestamp extension type".
func timestampMillis(b []byte) int64 {
	switch len(b) {
	case 4:
		return int64(binary.BigEndian.Uint32(b)) * 1000
	case 8:
		v := binary.BigEndian.Uint64(b)
		return int64(v&(1<<34-1))*1000 + int64(v>>34)/1e6
	}
	nsec := binary.BigEndian.Uint32(b)
	return int64(binary.BigEndian.Uint64(b[4:]))*1000 + int64(nsec)/1e6
}

func appendDate(dst []byte, ms int64) []byte {
	dst = append(dst, 0xd7, extNotepack)
	return binary.BigEndian.AppendUint64(dst, uint64(ms))
}

func appendStrHead(dst []byte, n int) []byte {
	switch {
	case n < 32:
		return append(dst, 0xa0|byte(n))
	case n < 1<<8:
		return append(dst, 0xd9, byte(n))
	case n < 1<<16:
		return append(dst, 0xda, byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, 0xdb), uint32(n))
}

func appendBinHead(dst []byte, n int) []byte {
	switch {
	case n < 1<<8:
		return append(dst, 0xc4, byte(n))
	case n < 1<<16:
		return append(dst, 0xc5, byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, 0xc6), uint32(n))
}

func appendArrayHead(dst []byte, n int) []byte {
	switch {
	case n < 16:
		return append(dst, 0x90|byte(n))
	case n < 1<<16:
		return append(dst, 0xdc, byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, 0xdd), uint32(n))
}

func appendMapHead(dst []byte, n int) []byte {
	switch {
	case n < 16:
		return append(dst, 0x80|byte(n))
	case n < 1<<16:
		return append(dst, 0xde, byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, 0xdf), uint32(n))
}

func appendUint(dst []byte, u uint64) []byte {
	switch {
	case u < 1<<7:
		return append(dst, byte(u))
	case u < 1<<8:
		return append(dst, 0xcc, byte(u))
	case u < 1<<16:
		return append(dst, 0xcd, byte(u>>8), byte(u))
	case u < 1<<32:
		return binary.BigEndian.AppendUint32(append(dst, 0xce), uint32(u))
	}
	return binary.BigEndian.AppendUint64(append(dst, 0xcf), u)
}

func appendInt(dst []byte, v int64) []byte {
	switch {
	case v >= 0:
		return appendUint(dst, uint64(v))
	case v >= -1<<5:
		return append(dst, byte(v))
	case v >= -1<<7:
		return append(dst, 0xd0, byte(v))
	case v >= -1<<15:
		return append(dst, 0xd1, byte(v>>8), byte(v))
	case v >= -1<<31:
		return binary.BigEndian.AppendUint32(append(dst, 0xd2), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(dst, 0xd3), uint64(v))
}
