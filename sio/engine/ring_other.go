//go:build !linux

package engine

import "errors"

// Without io_uring every message is a system call of its own.

type uring struct{}

func (*uring) open() error             { return errors.ErrUnsupported }
func (*uring) close()                  {}
func (*uring) submit([]ringSend) error { return errors.ErrUnsupported }
