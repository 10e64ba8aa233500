package tick

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// fdAlarm is a timerfd that the runtime's poller waits for: precise to the
// kernel's high-resolution timers, and no thread sleeps for it.
// Measured beside it at 60 Hz: clock_nanosleep on a locked thread wakes as
// early, but holds a processor of the scheduler while it sleeps, which a
// machine with two of them feels.
type fdAlarm struct {
	fd   int // of file; os.File.Fd would make it blocking
	file *os.File
	buf  [8]byte // owned by wait
}

// preciseAlarm returns nil where the kernel has none to give.
func preciseAlarm() alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil
	}
	return &fdAlarm{fd: fd, file: os.NewFile(uintptr(fd), "timerfd")}
}

func (a *fdAlarm) set(at time.Time) {
	// Relative: a Go time does not tell its reading of CLOCK_MONOTONIC. 0 would
	// disarm the timer.
	in := unix.NsecToTimespec(max(int64(time.Until(at)), 1))
	_ = unix.TimerfdSettime(a.fd, 0, &unix.ItimerSpec{Value: in}, nil) // fails for a wrong fd or time only
}

func (a *fdAlarm) wait() error {
	_, err := a.file.Read(a.buf[:])
	return err
}

func (a *fdAlarm) close() { _ = a.file.Close() }
