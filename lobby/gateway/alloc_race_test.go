//go:build race

package gateway

const perInput = 1.8 // allocations: the event, and of two pools the quarter that the detector loses on purpose
