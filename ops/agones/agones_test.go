package agones_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tickwire/ops/agones"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 20 * time.Second

// sidecar is a fake of Agones' own: it knows the paths and methods of the
// documentation and refuses everything else.
type sidecar struct {
	*httptest.Server
	broken atomic.Bool // answers 500 to everything

	mu   sync.Mutex // guards the following
	said []string   // in turn, but for health
	beat int
	wake chan struct{} // a value after each request
}

func newSidecar(t *testing.T) *sidecar {
	s := &sidecar{wake: make(chan struct{}, 1000)}
	mux := http.NewServeMux()
	for _, pattern := range []string{"POST /ready", "POST /health", "POST /allocate", "POST /shutdown", "PATCH /v1beta1/counters/rooms"} {
		mux.HandleFunc(pattern, s.hear)
	}
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *sidecar) hear(w http.ResponseWriter, r *http.Request) {
	defer func() { s.wake <- struct{}{} }()
	body, _ := io.ReadAll(r.Body)
	switch {
	case s.broken.Load():
		http.Error(w, "broken", http.StatusInternalServerError)
		return
	case r.Header.Get("Content-Type") != "application/json":
		http.Error(w, "content type", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/health" {
		s.beat++
	} else {
		s.said = append(s.said, r.URL.Path+" "+string(body))
	}
	io.WriteString(w, "{}")
}

// until waits for what the reporter says.
func (s *sidecar) until(t *testing.T, what string, cond func(said []string, beats int) bool) {
	t.Helper()
	timeout := time.After(patience)
	for {
		s.mu.Lock()
		ok, said := cond(s.said, s.beat), slices.Clone(s.said)
		s.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-s.wake:
		case <-timeout:
			t.Fatalf("waited too long for %s; said so far: %q", what, said)
		}
	}
}

func saidLast(want string) func([]string, int) bool {
	return func(said []string, _ int) bool { return len(said) > 0 && said[len(said)-1] == want }
}

func TestLifeOfAServer(t *testing.T) {
	s := newSidecar(t)
	s.broken.Store(true) // is not up yet
	var rooms atomic.Int64
	var sick atomic.Bool
	r := &agones.Reporter{
		URL: s.URL, Every: 5 * time.Millisecond,
		Healthy: func() error {
			if sick.Load() {
				return errors.New("a match hangs")
			}
			return nil
		},
		Rooms: func() (int, int) { return int(rooms.Load()), 100 },
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	<-s.wake
	s.broken.Store(false)

	s.until(t, "health", func(_ []string, beats int) bool { return beats >= 3 })
	rooms.Store(2)
	s.until(t, "two rooms", saidLast(`/v1beta1/counters/rooms {"count":2,"capacity":100}`))
	rooms.Store(0)
	s.until(t, "no room", saidLast(`/v1beta1/counters/rooms {"count":0,"capacity":100}`))

	sick.Store(true)
	s.mu.Lock()
	before := s.beat
	s.mu.Unlock()
	rooms.Store(1) // is not told either
	for range 5 {
		<-time.After(5 * time.Millisecond)
	}
	s.mu.Lock()
	if s.beat > before+1 { // one may have been on its way
		t.Errorf("%d reports of health while a match hung", s.beat-before)
	}
	s.mu.Unlock()
	sick.Store(false)
	s.until(t, "one room", saidLast(`/v1beta1/counters/rooms {"count":1,"capacity":100}`))

	cancel()
	<-done
	want := []string{
		"/ready {}",
		`/v1beta1/counters/rooms {"count":0,"capacity":100}`,
		"/allocate {}", `/v1beta1/counters/rooms {"count":2,"capacity":100}`,
		"/ready {}", `/v1beta1/counters/rooms {"count":0,"capacity":100}`,
		"/allocate {}", `/v1beta1/counters/rooms {"count":1,"capacity":100}`,
		"/shutdown {}",
	}
	if !slices.Equal(s.said, want) {
		t.Errorf("said %q,\nwant %q", s.said, want)
	}
}

// TestNoSidecar ends when its context does.
func TestNoSidecar(t *testing.T) {
	s := newSidecar(t)
	s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	r := &agones.Reporter{URL: s.URL, Healthy: func() error { return nil }, Rooms: func() (int, int) { return 0, 1 }}
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	cancel()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("Run does not return")
	}
}
