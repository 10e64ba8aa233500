//go:build unix && !linux

package engine

import "syscall"

// rawWrite offers b to a non-blocking descriptor once and returns how much it
// took; a full socket takes nothing.
func rawWrite(fd int, b []byte) (int, error) {
	for {
		n, err := syscall.Write(fd, b)
		switch err {
		case syscall.EINTR:
			continue
		case syscall.EAGAIN:
			return 0, nil
		}
		return max(n, 0), err
	}
}
