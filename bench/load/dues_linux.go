package main

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// newDues makes a file for dues; the pages that nobody touches take no room.
func newDues() (d *dues, path string, err error) {
	f, err := os.CreateTemp("", "tickwire-dues-")
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	if err := f.Truncate(duesBytes); err != nil {
		os.Remove(f.Name())
		return nil, "", err
	}
	d, err = openDues(f.Name())
	return d, f.Name(), err
}

// openDues maps the file until the process ends.
func openDues(path string) (*dues, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	mem, err := unix.Mmap(int(f.Fd()), 0, duesBytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	return &dues{words: unsafe.Slice((*atomic.Int64)(unsafe.Pointer(&mem[0])), duesBytes/8)}, nil
}

// monotonic is the clock that all processes of a machine share.
func monotonic() time.Duration {
	var ts unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) // cannot fail for this one
	return time.Duration(ts.Nano())
}
