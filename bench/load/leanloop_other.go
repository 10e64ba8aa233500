//go:build !linux

package main

import (
	"context"
	"errors"
)

type lean struct{}

func (r *run) startLean() error { return errors.New("-lean needs Linux") }

func (*lean) take(*player) {}

func (*lean) await(context.Context, int) error { return nil }
