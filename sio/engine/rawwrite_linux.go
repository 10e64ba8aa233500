package engine

import (
	"syscall"
	"unsafe"
)

// rawWrite offers b, which is not empty, to a non-blocking descriptor once and
// returns how much it took; a full socket takes nothing.
//
// RawSyscall does not tell the scheduler. That is right here: the call never
// waits, it costs less, and above all the goroutine of a tick keeps its
// processor when the kernel takes its time (see BenchmarkWrite).
func rawWrite(fd int, b []byte) (int, error) {
	for {
		n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
			continue
		case syscall.EAGAIN:
			return 0, nil
		}
		return 0, errno
	}
}
