package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// usage is what the operating system says about a process.
type usage struct {
	cpu time.Duration // used since its start, all threads
	rss int64         // resident memory, bytes
	at  time.Time
}

// clockTick is the unit of CPU times in /proc, USER_HZ: 1/100 s on every Linux
// that Go runs on.
const clockTick = 10 * time.Millisecond

// usageOf reads /proc. Source: proc(5), fields 14 and 15 of stat, 2 of statm.
func usageOf(pid int) (u usage, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u, err
	}
	_, after, ok := strings.Cut(string(stat), ") ") // the name may hold anything
	fields := strings.Fields(after)
	if !ok || len(fields) < 13 {
		return u, fmt.Errorf("/proc/%d/stat has another form", pid)
	}
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return u, err
		}
		u.cpu += time.Duration(n) * clockTick
	}
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return u, err
	}
	pages := int64(0)
	if fields := strings.Fields(string(statm)); len(fields) > 1 {
		pages, err = strconv.ParseInt(fields[1], 10, 64)
	}
	u.rss = pages * int64(os.Getpagesize())
	u.at = time.Now()
	return u, err
}
