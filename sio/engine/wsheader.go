package engine

import "encoding/binary"

// Opcodes. Source: RFC 6455, 5.2.
const (
	opContinuation byte = 0x0
	opText         byte = 0x1
	opBinary       byte = 0x2
	opClose        byte = 0x8
	opPing         byte = 0x9
	opPong         byte = 0xa
)

const (
	finBit  = 0x80
	rsv1Bit = 0x40 // permessage-deflate: the message is compressed
	maskBit = 0x80

	maxHeader  = 10 // of a frame that we send: unmasked
	maxControl = 125
)

// appendHeader appends the header of an unmasked, unfragmented frame.
func appendHeader(dst []byte, op byte, size int) []byte {
	dst = append(dst, finBit|op)
	switch {
	case size < 126:
		return append(dst, byte(size))
	case size < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, 126), uint16(size))
	default:
		return binary.BigEndian.AppendUint64(append(dst, 127), uint64(size))
	}
}
