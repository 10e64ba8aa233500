package hostile_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tickwire/sio"

	"github.com/gobwas/ws"
)

// Middleware that waits, for a database say, holds what a client sent to get
// in. A client that asks again and again must not make that pile up, whether it
// gives up its last attempt with each or not.
func TestConnectsDuringSlowMiddleware(t *testing.T) {
	auth := `{"x":"` + strings.Repeat("x", 30_000) + `"}`
	for name, packets := range map[string][]string{
		"connects":                 {"40/slow," + auth},
		"connects and disconnects": {"40/slow," + auth, "41/slow,"},
	} {
		t.Run(name, func(t *testing.T) {
			tg := start(t, sio.Options{})
			release := make(chan struct{})
			tg.srv.Of("/slow").Use(func(*sio.Socket) error {
				<-release // does not look at the socket's context
				return nil
			})
			defer close(release)
			tg.attack(5, func() {
				before := runtime.NumGoroutine()
				c := tg.join("/")
				for range 300 {
					for _, p := range packets {
						c.text(p)
					}
				}
				_ = c.echo("all of it has come")
				if n := runtime.NumGoroutine() - before; n > 100 {
					t.Errorf("%d goroutines more", n)
				}
			})
		})
	}
}

// A session without namespace has a deadline.
func TestSessionsThatJoinNothing(t *testing.T) {
	tg := start(t, sio.Options{ConnectTimeout: 200 * time.Millisecond})
	tg.attack(16, func() {
		var all []*client
		for range 100 {
			all = append(all, tg.open(websocket))
			tg.openPolling()
		}
		for _, c := range all {
			if code := c.gone(); code != ws.StatusNormalClosure {
				t.Errorf("closed with %d", code)
			}
		}
		tg.until("sessions end", func() bool { return tg.srv.Engine().Sessions() == 1 })
	})
}

// Clients come and go as fast as they can: nothing of them stays.
func TestFloodOfSessions(t *testing.T) {
	tg := start(t, sio.Options{})
	tg.attack(16, func() {
		var crowd sync.WaitGroup
		for i := range 4 {
			crowd.Go(func() {
				for j := range 60 {
					switch conn := tg.dial(); (i + j) % 4 {
					case 0:
						fmt.Fprintf(conn, "GET /socket.io/?%s HTTP/1.1\r\nHost: x\r\n\r\n", polling)
						conn.Close()
					case 1:
						conn.Close()
						c := tg.open(websocket)
						c.text("40/dyn-" + fmt.Sprint(i, j) + ",")
						c.conn.Close()
					case 2:
						conn.Close()
						c := tg.join("/dyn-shared")
						c.text("41/dyn-shared,")
						c.text("1")
						c.gone()
					case 3:
						conn.Close()
						q := tg.joinPolling()
						tg.request("POST", q, "1")
					}
				}
			})
		}
		crowd.Wait()
		tg.until("namespaces of theirs are gone", func() bool {
			n := 0
			for range tg.srv.Namespaces() {
				n++
			}
			return n == 1
		})
	})
}

// With a bound on sessions the flood is answered 503 and those inside play on.
func TestFloodAgainstABound(t *testing.T) {
	o := sio.Options{}
	o.Engine.MaxSessions = 50
	tg := start(t, o)
	tg.attack(16, func() {
		refused := 0
		for range 100 {
			if r := tg.request("GET", polling, ""); r.status == 503 {
				refused++
			}
		}
		if refused != 51 { // the bystander has a place too
			t.Errorf("%d were refused", refused)
		}
	})
}

// Rooms by the thousand names end at the bound. Asking for the same ones again
// takes no longer in many rooms than in a few: it is done under a lock that the
// others need too.
func TestFloodOfRooms(t *testing.T) {
	tg := start(t, sio.Options{})
	tg.attack(16, func() {
		few, many := tg.join("/"), tg.join("/")
		joinAgain(t, few, 8) // warms up
		base, took := quietest(func() (time.Duration, time.Duration) { return joinAgain(t, few, 8), joinAgain(t, many, 1100) },
			func(base, took time.Duration) bool { return took <= 4*base+20*time.Millisecond })
		if base > 0 {
			t.Errorf("joining rooms again took %v, in few rooms %v", took, base)
		}
	})
}

// joinAgain joins n rooms, and then the last of them 50,000 times.
func joinAgain(t *testing.T, c *client, n int) time.Duration {
	t.Helper()
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("room-%06d", i)
	}
	in := min(n, 1024)
	if err := c.ask("join", names, in+1); err != nil {
		t.Fatal(err)
	}
	names = slices.Repeat([]string{names[in-1]}, 50_000)
	from := time.Now()
	if err := c.ask("join", names, in+1); err != nil {
		t.Fatal(err)
	}
	return time.Since(from)
}
