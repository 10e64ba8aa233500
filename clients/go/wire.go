package client

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"

	"github.com/gobwas/ws"
)

// readBuffer holds a typical burst of state frames; longer messages are
// gathered in a buffer that grows as their bytes arrive.
const readBuffer = 4 << 10

var (
	errTooLong  = errors.New("message is longer than MaxMessage")
	errProtocol = errors.New("peer broke the websocket protocol")
)

// wire is a client's websocket connection, message by message.
type wire struct {
	conn  net.Conn
	limit int

	// Owned by the reader.
	r      *bufio.Reader
	head   [ws.MaxHeaderSize]byte
	peeked int    // bytes of r that the last message aliases
	long   []byte // a message that is fragmented or longer than r

	received atomic.Uint64 // bytes, websocket headers included

	mu     sync.Mutex // guards the following
	out    []byte     // frames to be written
	packet []byte     // scratch of the codecs
}

func newWire(conn net.Conn, early *bufio.Reader, limit int) *wire {
	var src io.Reader = conn
	if early != nil && early.Buffered() > 0 { // sent together with the 101 response
		first := make([]byte, early.Buffered())
		io.ReadFull(early, first)
		src = &prefixed{first: first, Conn: conn}
	}
	return &wire{conn: conn, limit: limit, r: bufio.NewReaderSize(src, readBuffer)}
}

// prefixed is a connection some of whose bytes have been read already.
type prefixed struct {
	first []byte
	net.Conn
}

func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.first) == 0 {
		return p.Conn.Read(b)
	}
	n := copy(b, p.first)
	p.first = p.first[n:]
	return n, nil
}

// read returns the next text or binary message. The data is valid until the
// next call.
func (w *wire) read() (data []byte, op ws.OpCode, err error) {
	w.long = w.long[:0]
	for {
		h, err := w.header()
		if err != nil {
			return nil, 0, err
		}
		if h.OpCode.IsControl() {
			if err := w.control(h); err != nil {
				return nil, 0, err
			}
			continue
		}
		if (h.OpCode == ws.OpContinuation) == (op == 0) {
			return nil, 0, errProtocol
		}
		if op == 0 {
			op = h.OpCode
			if h.Fin && h.Length <= readBuffer {
				data, err = w.peek(int(h.Length))
				return data, op, err
			}
		}
		if err := w.gather(h.Length); err != nil {
			return nil, 0, err
		}
		if h.Fin {
			return w.long, op, nil
		}
	}
}

func (w *wire) header() (ws.Header, error) {
	if _, err := w.r.Discard(w.peeked); err != nil {
		return ws.Header{}, err
	}
	w.peeked = 0
	h, err := ws.ReadHeaderBuffer(w.r, w.head[:])
	if err == nil && (h.Masked || h.Rsv != 0 || h.OpCode.IsReserved()) {
		err = errProtocol
	}
	w.received.Add(uint64(ws.HeaderSize(h)) + uint64(h.Length))
	return h, err
}

func (w *wire) peek(n int) ([]byte, error) {
	data, err := w.r.Peek(n)
	if err != nil {
		return nil, err
	}
	w.peeked = n
	return data, nil
}

// gather appends n bytes to the long message, making room as they arrive.
func (w *wire) gather(n int64) error {
	if n > int64(w.limit-len(w.long)) {
		return errTooLong
	}
	for n > 0 {
		step := int(min(n, readBuffer))
		at := len(w.long)
		w.long = append(w.long, make([]byte, step)...)
		if _, err := io.ReadFull(w.r, w.long[at:]); err != nil {
			return err
		}
		n -= int64(step)
	}
	return nil
}

// control answers pings and turns a close frame into an error.
func (w *wire) control(h ws.Header) error {
	if h.Length > ws.MaxControlFramePayloadSize || !h.Fin {
		return errProtocol
	}
	payload, err := w.peek(int(h.Length))
	if err != nil {
		return err
	}
	switch h.OpCode {
	case ws.OpPing:
		return w.write(ws.OpPong, payload)
	case ws.OpClose:
		code, reason := ws.ParseCloseFrameData(payload)
		return &CloseError{Code: int(code), Reason: reason}
	}
	return nil
}

// CloseError is a close frame from the server.
type CloseError struct {
	Code   int // 1009: a message was too big; see RFC 6455 section 7.4
	Reason string
}

func (e *CloseError) Error() string {
	return fmt.Sprintf("server closed the connection (%d %s)", e.Code, e.Reason)
}

// write sends one frame.
func (w *wire) write(op ws.OpCode, payload []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = appendFrame(w.out[:0], op, payload)
	return w.flushLocked()
}

func (w *wire) flushLocked() error {
	_, err := w.conn.Write(w.out)
	if cap(w.out) > 64<<10 {
		w.out, w.packet = nil, nil
	}
	return err
}

// appendFrame appends a masked websocket frame.
// Source: RFC 6455 section 5.2.
func appendFrame(dst []byte, op ws.OpCode, payload []byte) []byte {
	const fin, masked = 0x80, 0x80
	dst = append(dst, fin|byte(op))
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, masked|byte(n))
	case n < 1<<16:
		dst = append(dst, masked|126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(n))
	default:
		dst = append(dst, masked|127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	var mask [4]byte
	binary.BigEndian.PutUint32(mask[:], rand.Uint32())
	dst = append(dst, mask[:]...)
	at := len(dst)
	dst = append(dst, payload...)
	ws.Cipher(dst[at:], mask, 0)
	return dst
}
