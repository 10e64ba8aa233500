package flight_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tickwire/tick/flight"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recording runs a recorder for the time of a test.
func recording(t *testing.T, o flight.Options) *flight.Recorder {
	t.Helper()
	r, err := flight.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != context.Canceled {
			t.Error(err)
		}
	})
	return r
}

// settled waits until as many asks were answered, one way or the other.
func settled(t *testing.T, r *flight.Recorder, asks uint64) (written, missed uint64, err error) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		written, missed, err = r.Counts()
		if written+missed >= asks {
			return written, missed, err
		}
		select {
		case <-deadline:
			t.Fatalf("%d written, %d missed of %d", written, missed, asks)
		case <-time.After(time.Millisecond):
		}
	}
}

func TestTracesAreWrittenAndBounded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "traces")
	r := recording(t, flight.Options{Dir: dir, Keep: 2, Every: 1})
	for i := range uint64(4) {
		r.Dump("../m" + string(rune('a'+i)) + " slow/step")
		settled(t, r, i+1)
	}
	written, missed, err := r.Counts()
	files, _ := filepath.Glob(dir + "/*")
	if written != 4 || missed != 0 || err != nil || len(files) != 2 {
		t.Fatalf("%d written, %d missed, %v, files %q", written, missed, err, files)
	}
	if !strings.HasSuffix(files[1], "----md-slow-step.trace") {
		t.Errorf("files %q", files)
	}
	content, err := os.ReadFile(files[1])
	if err != nil || !bytes.HasPrefix(content, []byte("go 1.")) || len(content) > 16<<20 {
		t.Errorf("%d bytes, %v", len(content), err)
	}
}

func TestTracesAreRare(t *testing.T) {
	dir := t.TempDir()
	r := recording(t, flight.Options{Dir: dir, Every: time.Hour})
	for range 10 {
		r.Dump("slow")
	}
	written, missed, _ := settled(t, r, 10)
	if written != 1 || missed != 9 {
		t.Errorf("%d written, %d missed", written, missed)
	}
}

func TestFolderThatGoesAwayCostsTheTraceAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "traces")
	r := recording(t, flight.Options{Dir: dir, Every: 1})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	r.Dump("slow")
	if written, missed, err := settled(t, r, 1); written != 0 || missed != 1 || err == nil {
		t.Errorf("%d written, %d missed, %v", written, missed, err)
	}
	if _, err := flight.New(flight.Options{Dir: os.Args[0]}); err == nil {
		t.Error("a file was taken for a folder")
	}
}
