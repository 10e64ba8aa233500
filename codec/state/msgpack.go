package state

import (
	"encoding/binary"
	"math"
)

// Appending MessagePack, always in the shortest form: equal values, equal bytes.

func appendArray(dst []byte, n int) []byte {
	switch {
	case n < 16:
		return append(dst, 0x90|byte(n))
	case n < 1<<16:
		return append(dst, 0xdc, byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, 0xdd), uint32(n))
}

func appendMap(dst []byte, n int) []byte {
	if n < 16 {
		return append(dst, 0x80|byte(n))
	}
	return append(dst, 0xde, byte(n>>8), byte(n))
}

func appendUint(dst []byte, v uint32) []byte {
	switch {
	case v < 1<<7:
		return append(dst, byte(v))
	case v < 1<<8:
		return append(dst, 0xcc, byte(v))
	case v < 1<<16:
		return append(dst, 0xcd, byte(v>>8), byte(v))
	}
	return binary.BigEndian.AppendUint32(append(dst, 0xce), v)
}

func appendInt(dst []byte, v int32) []byte {
	switch {
	case v >= 0:
		return appendUint(dst, uint32(v))
	case v >= -32:
		return append(dst, byte(v))
	case v >= math.MinInt8:
		return append(dst, 0xd0, byte(v))
	case v >= math.MinInt16:
		return append(dst, 0xd1, byte(v>>8), byte(v))
	}
	return binary.BigEndian.AppendUint32(append(dst, 0xd2), uint32(v))
}

func appendFloat32(dst []byte, bits uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, 0xca), bits)
}

// appendNumber writes a schema constant as an integer where it is one.
func appendNumber(dst []byte, v float64) []byte {
	switch {
	case v == math.Trunc(v) && math.Abs(v) < 1<<31:
		return appendInt(dst, int32(v))
	case float64(float32(v)) == v:
		return appendFloat32(dst, math.Float32bits(float32(v)))
	}
	return binary.BigEndian.AppendUint64(append(dst, 0xcb), math.Float64bits(v))
}

func appendString(dst []byte, s string) []byte {
	switch n := len(s); {
	case n < 32:
		dst = append(dst, 0xa0|byte(n))
	case n < 1<<8:
		dst = append(dst, 0xd9, byte(n))
	default:
		dst = append(dst, 0xda, byte(n>>8), byte(n))
	}
	return append(dst, s...)
}

func appendBinHeader(dst []byte, n int) []byte {
	switch {
	case n < 1<<8:
		return append(dst, 0xc4, byte(n))
	case n < 1<<16:
		return append(dst, 0xc5, byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, 0xc6), uint32(n))
}
