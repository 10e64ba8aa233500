//go:build !linux

package tick

func preciseAlarm() alarm { return nil }
