//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The state frame of this benchmark begins with a head that its receiver finds
// in whatever packet it came: magic, path u8, deadline of the tick i64.
var magic = []byte{0xc1, 'T', 'w', 0x9e, 0x3b, 'b', 'c', 0xc1} // c1 is in no MessagePack, and no text

const headSize = 8 + 1 + 8

func putHead(frame []byte, path int, due time.Duration) {
	copy(frame, magic)
	frame[8] = byte(path)
	binary.BigEndian.PutUint64(frame[9:], uint64(due))
}

// findHead returns what putHead wrote and what follows it.
func findHead(b []byte) (path int, due time.Duration, rest []byte, ok bool) {
	at := bytes.Index(b, magic)
	if at < 0 || len(b)-at < headSize {
		return 0, 0, b, false
	}
	h := b[at : at+headSize]
	return int(h[8]), time.Duration(binary.BigEndian.Uint64(h[9:])), b[at+headSize:], true
}

// now is the monotonic clock that all processes of a machine share.
func now() time.Duration { return clock(unix.CLOCK_MONOTONIC) }

// cpu is the CPU time that this process has used, all threads together.
func cpu() time.Duration { return clock(unix.CLOCK_PROCESS_CPUTIME_ID) }

func clock(id int32) time.Duration {
	var ts unix.Timespec
	unix.ClockGettime(id, &ts) // cannot fail for these
	return time.Duration(ts.Nano())
}

// writeRaw is write(2) without telling Go's scheduler.
func writeRaw(fd int, b []byte) int {
	n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	if errno != 0 {
		return -1
	}
	return int(n)
}
