package engine

import (
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// uring is an io_uring: two queues in memory that the kernel shares, one for
// what it shall do and one for what came of it. Everything asked of it completes
// within the system call that hands it in: sends do not wait (sendFlags), so
// neither threads of the kernel nor its polling are involved, and nothing is
// under way when submit has returned.
//
// Source: io_uring(7), io_uring_setup(2), io_uring_enter(2).
type uring struct {
	fd     int
	queues []byte // the indices of both queues, and the answers
	slots  []byte // the requests

	sqTail         *uint32
	cqHead, cqTail *uint32
	sqMask, cqMask uint32
	sqes           []uringRequest
	cqes           []uringAnswer
}

// uringParams is struct io_uring_params.
type uringParams struct {
	sqEntries, cqEntries, flags, sqThreadCPU, sqThreadIdle, features, wqFD uint32
	reserved                                                               [3]uint32
	sq                                                                     struct {
		head, tail, mask, entries, flags, dropped, array, reserved uint32
		address                                                    uint64
	}
	cq struct {
		head, tail, mask, entries, overflow, cqes, flags, reserved uint32
		address                                                    uint64
	}
}

// uringRequest is struct io_uring_sqe as a send uses it.
type uringRequest struct {
	opcode, flags uint8
	priority      uint16
	fd            int32
	offset        uint64
	address       uint64
	length        uint32
	sendFlags     uint32
	user          uint64
	_             [3]uint64
}

// uringAnswer is struct io_uring_cqe.
type uringAnswer struct {
	user  uint64
	res   int32
	flags uint32
}

const (
	uringOpSend   = 26         // IORING_OP_SEND, since Linux 5.6
	uringOneMap   = 1          // IORING_FEAT_SINGLE_MMAP
	uringSlotsMap = 0x10000000 // IORING_OFF_SQES
)

// open makes the queues and tries them.
func (u *uring) open() error {
	var p uringParams
	fd, _, errno := syscall.Syscall(unix.SYS_IO_URING_SETUP, ringSends, uintptr(unsafe.Pointer(&p)), 0)
	if errno != 0 {
		return fmt.Errorf("engine: io_uring_setup: %w", errno)
	}
	u.fd = int(fd)
	err := u.share(&p)
	if err == nil {
		err = u.try()
	}
	if err != nil {
		u.close()
	}
	return err
}

// share maps the queues.
func (u *uring) share(p *uringParams) (err error) {
	if p.features&uringOneMap == 0 {
		return errors.New("engine: the kernel's io_uring is too old")
	}
	size := max(p.sq.array+4*p.sqEntries, p.cq.cqes+uint32(unsafe.Sizeof(uringAnswer{}))*p.cqEntries)
	const prot, flags = unix.PROT_READ | unix.PROT_WRITE, unix.MAP_SHARED | unix.MAP_POPULATE
	if u.queues, err = unix.Mmap(u.fd, 0, int(size), prot, flags); err != nil {
		return fmt.Errorf("engine: map the queues of io_uring: %w", err)
	}
	if u.slots, err = unix.Mmap(u.fd, uringSlotsMap, int(unsafe.Sizeof(uringRequest{}))*int(p.sqEntries), prot, flags); err != nil {
		return fmt.Errorf("engine: map the requests of io_uring: %w", err)
	}
	u.sqTail, u.sqMask = u.word(p.sq.tail), *u.word(p.sq.mask)
	u.cqHead, u.cqTail, u.cqMask = u.word(p.cq.head), u.word(p.cq.tail), *u.word(p.cq.mask)
	u.sqes = unsafe.Slice((*uringRequest)(unsafe.Pointer(&u.slots[0])), p.sqEntries)
	u.cqes = unsafe.Slice((*uringAnswer)(unsafe.Pointer(&u.queues[p.cq.cqes])), p.cqEntries)
	order := unsafe.Slice(u.word(p.sq.array), p.sqEntries)
	for i := range order {
		order[i] = uint32(i)
	}
	return nil
}

func (u *uring) word(offset uint32) *uint32 { return (*uint32)(unsafe.Pointer(&u.queues[offset])) }

// try sends over a pair of sockets until the kernel refuses: sends that do not
// complete at once, or wait, are of no use to us.
func (u *uring) try() error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("engine: try io_uring: %w", err)
	}
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	send := []ringSend{{fd: pair[0], frames: make([]byte, 16<<10)}}
	for range 1 << 12 {
		if err := u.submit(send); err != nil {
			return err
		}
		switch res := send[0].res; {
		case res == -int32(unix.EAGAIN):
			return nil
		case res < 0:
			return fmt.Errorf("engine: send by io_uring: %w", syscall.Errno(-res))
		}
	}
	return errors.New("engine: io_uring: a full socket takes more")
}

// submit has the kernel make the sends, at most ringSends, and notes its
// answers. An error tells that the ring must not be used again.
func (u *uring) submit(sends []ringSend) error {
	tail := *u.sqTail
	for i := range sends {
		t := &sends[i]
		t.res = resMissing
		u.sqes[(tail+uint32(i))&u.sqMask] = uringRequest{
			opcode: uringOpSend, fd: int32(t.fd), sendFlags: sendFlags, user: uint64(i),
			// All frames are on the heap, which does not move, and the caller
			// keeps them alive.
			address: uint64(uintptr(unsafe.Pointer(&t.frames[0]))), length: uint32(len(t.frames)),
		}
	}
	atomic.StoreUint32(u.sqTail, tail+uint32(len(sends)))
	taken := u.enter(len(sends))
	err := u.reap(sends)
	for i := taken; i < len(sends); i++ { // never seen by the kernel
		sends[i].res = -int32(unix.EAGAIN)
		err = errRingRefused
	}
	return err
}

// enter hands in n requests and returns how many the kernel took.
func (u *uring) enter(n int) (taken int) {
	for taken < n {
		k, _, errno := syscall.RawSyscall6(unix.SYS_IO_URING_ENTER, uintptr(u.fd), uintptr(n-taken), 0, 0, 0, 0)
		if errno == unix.EINTR {
			continue
		}
		if errno != 0 || k == 0 {
			break
		}
		taken += int(k)
	}
	return taken
}

// reap notes the answers.
func (u *uring) reap(sends []ringSend) (err error) {
	head, tail := *u.cqHead, atomic.LoadUint32(u.cqTail)
	if tail-head != uint32(len(sends)) {
		err = errRingAnswer
	}
	for ; head != tail; head++ {
		c := &u.cqes[head&u.cqMask]
		if c.user >= uint64(len(sends)) || sends[c.user].res != resMissing || int64(c.res) > int64(len(sends[c.user].frames)) {
			err = errRingAnswer
			continue
		}
		sends[c.user].res = c.res
	}
	atomic.StoreUint32(u.cqHead, head)
	return err
}

func (u *uring) close() {
	for _, m := range [...][]byte{u.queues, u.slots} {
		if m != nil {
			_ = unix.Munmap(m)
		}
	}
	_ = unix.Close(u.fd)
	*u = uring{fd: -1}
}
