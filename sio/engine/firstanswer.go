package engine

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"time"
)

// firstAnswer is the http.ResponseWriter of an upgrade request that net/http has
// not read. What is written is a refusal, so it is small: it leaves as a whole, and
// the connection is closed behind it.
type firstAnswer struct {
	c      *newcomer
	header http.Header
	status int // 0: not said yet
	body   bytes.Buffer
}

func (w *firstAnswer) Header() http.Header { return w.header }

func (w *firstAnswer) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
}

func (w *firstAnswer) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// Hijack hands the connection over. Nothing was read beyond the request, and the
// answer to it is short.
func (w *firstAnswer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.c.taken.Swap(true) {
		return nil, nil, http.ErrHijacked
	}
	conn := w.c.TCPConn
	_ = conn.SetDeadline(time.Time{})
	return conn, bufio.NewReadWriter(bufio.NewReaderSize(conn, 16), bufio.NewWriterSize(conn, 256)), nil
}

func (w *firstAnswer) send() {
	w.WriteHeader(http.StatusOK)
	w.header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	answer := http.Response{
		StatusCode: w.status, ProtoMajor: 1, ProtoMinor: 1, Header: w.header,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Close: true,
	}
	_ = w.c.SetWriteDeadline(time.Now().Add(replyTimeout))
	_ = answer.Write(w.c.TCPConn) // who is gone does not hear it
}
