package ops

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestADirectoryThatDoesNotAnswerIsNotLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		p := newPulse(nil, func() { <-hang })
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() { p.run(ctx) })
		time.Sleep(4 * time.Second)
		if err := p.err(); err != nil {
			t.Errorf("too early: %v", err)
		}
		time.Sleep(4 * time.Second)
		if err := p.err(); err == nil || !strings.Contains(err.Error(), "directory") {
			t.Errorf("got %v", err)
		}
		close(hang)
		synctest.Wait()
		if err := p.err(); err != nil {
			t.Errorf("it answers again: %v", err)
		}
		cancel()
		wg.Wait()
	})
}
