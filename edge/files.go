package edge

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// lookEvery is how often handshakes look whether the files have changed.
const lookEvery = 10 * time.Second

// Files are a certificate in files, read anew when they change: by the next
// handshake, or by [Files.Reload]. While they are broken, as in the moment
// between the writing of one and of the other, the pair before goes on.
type Files struct {
	// Set by LoadFiles, read-only after.
	cert, key string
	log       zerolog.Logger
	began     time.Time

	pair   atomic.Pointer[tls.Certificate]
	looked atomic.Int64                    // when, from began on
	told   atomic.Pointer[tls.Certificate] // that it has expired

	mu    sync.Mutex // guards the following, and reading
	stamp [2]stamp   // of the files that were read last, good or not
}

// stamp tells one state of a file from another.
type stamp struct {
	size    int64
	changed time.Time
}

// LoadFiles reads a certificate with its chain, and its key, both in PEM. The
// error names the file.
func LoadFiles(cert, key string, log zerolog.Logger) (*Files, error) {
	f := &Files{cert: cert, key: key, log: log, began: time.Now()}
	return f, f.Reload()
}

// Reload reads the files. After an error the pair before goes on.
func (f *Files) Reload() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stamp = f.stamps()
	return f.readLocked()
}

func (f *Files) readLocked() error {
	pair, err := tls.LoadX509KeyPair(f.cert, f.key) // an error tells no key
	if err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", f.cert, f.key, err)
	}
	f.pair.Store(&pair)
	return nil
}

func (f *Files) stamps() (s [2]stamp) {
	for i, path := range []string{f.cert, f.key} {
		if info, err := os.Stat(path); err == nil {
			s[i] = stamp{info.Size(), info.ModTime()}
		}
	}
	return s
}

// Certificate is a tls.Config's GetCertificate.
func (f *Files) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	last, now := f.looked.Load(), int64(time.Since(f.began))
	if now-last > int64(lookEvery) && f.looked.CompareAndSwap(last, now) {
		f.look()
	}
	f.WarnIfExpired()
	return f.pair.Load(), nil
}

// WarnIfExpired tells, once for each certificate, that nobody will take it any
// more. It is served all the same: some clients look away, and those who are
// connected need none.
func (f *Files) WarnIfExpired() {
	pair := f.pair.Load()
	if time.Now().After(pair.Leaf.NotAfter) && f.told.Swap(pair) != pair {
		f.log.Error().Time("expired", pair.Leaf.NotAfter).Str("file", f.cert).
			Msg("the certificate has expired: players' programs will refuse it")
	}
}

// look reads the files if they have changed. What is wrong with them is told
// once.
func (f *Files) look() {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.stamps()
	if s == f.stamp {
		return
	}
	f.stamp = s
	if err := f.readLocked(); err != nil {
		f.log.Error().Err(err).Msg("the new certificate is not used")
		return
	}
	f.log.Info().Time("expires", f.Expires()).Msg("new certificate")
}

// Expires is when the certificate in use ends.
func (f *Files) Expires() time.Time { return f.pair.Load().Leaf.NotAfter }

// Names are the hosts that the certificate in use is for.
func (f *Files) Names() []string { return f.pair.Load().Leaf.DNSNames }
