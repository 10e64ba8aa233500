package engine

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sendFlags are those of every send of ours: it never waits, and a broken
// connection is an error, not a signal.
const sendFlags = unix.MSG_DONTWAIT | unix.MSG_NOSIGNAL

// rawWrite offers b, which is not empty, to the descriptor of a socket once and
// returns how much it took; a full socket takes nothing.
//
// It is send(2), which goes to the socket by a shorter way than write(2).
// RawSyscall does not tell the scheduler. That is right here: the call never
// waits, it costs less, and above all the goroutine of a tick keeps its
// processor when the kernel takes its time (see BenchmarkWrite).
func rawWrite(fd int, b []byte) (int, error) {
	for {
		n, _, errno := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), sendFlags, 0, 0)
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
