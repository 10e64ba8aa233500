package ops_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/ops"
	"tickwire/tick"
)

// running runs what s watches with until the test ends.
func running(t *testing.T, s *ops.Server) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	synctest.Wait()
}

func TestLiveWhileTheAlarmRings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alarm := &tick.Driver{Portable: true}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		go alarm.Run(ctx) // ends with the test
		synctest.Wait()
		s := newServer(t, ops.Options{Alarm: alarm})
		if status, body := get(s, "/livez"); status != 503 || !strings.Contains(body, "does not run") {
			t.Errorf("before Run: %d %s", status, body)
		}
		running(t, s)
		for range 100 {
			time.Sleep(10 * time.Second)
			if status, body := get(s, "/livez"); status != 200 || body != "ok\n" {
				t.Fatalf("%d %s", status, body)
			}
		}
	})
}

// TestAnAlarmThatEndsIsNoHarm: its timers are the runtime's, too.
func TestAnAlarmThatEndsIsNoHarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alarm := &tick.Driver{Portable: true}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		go alarm.Run(ctx)
		synctest.Wait()
		s := newServer(t, ops.Options{Alarm: alarm})
		running(t, s)
		time.Sleep(1500 * time.Millisecond)
		synctest.Wait()
		cancel()
		time.Sleep(time.Minute)
		if status, body := get(s, "/livez"); status != 200 {
			t.Errorf("%d %s", status, body)
		}
	})
}

func TestReadyTellsWhyNot(t *testing.T) {
	why := errors.New("draining")
	s := newServer(t, ops.Options{Ready: func() error { return why }})
	if status, body := get(s, "/readyz"); status != 503 || body != "draining\n" {
		t.Errorf("%d %s", status, body)
	}
	why = nil
	if status, body := get(s, "/readyz"); status != 200 || body != "ok\n" {
		t.Errorf("%d %s", status, body)
	}
}
