package lobby

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestRushLastsForAWhileAfterALateStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const step = 50 * time.Millisecond
		r := rush{epoch: time.Now()}
		if r.on(step/2, step) {
			t.Error("half a step late is no rush")
		}
		if !r.on(step/2+1, step) || !r.on(0, step) {
			t.Error("no rush after a late step")
		}
		time.Sleep(rushFor - time.Nanosecond)
		if !r.on(0, step) {
			t.Error("the rush ended early")
		}
		time.Sleep(time.Nanosecond)
		if r.on(0, step) {
			t.Error("the rush does not end")
		}
	})
}
