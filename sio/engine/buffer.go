package engine

import "sync"

// buffer holds the received part of an incomplete message. The methods of a
// nil buffer treat it as empty. Only small buffers return to the pool: a peer
// that stalls after one byte must not pin a big one.
type buffer struct{ b []byte }

const pooledBuffer = 4 << 10

var buffers = sync.Pool{New: func() any { return &buffer{make([]byte, 0, pooledBuffer)} }}

func (p *buffer) len() int {
	if p == nil {
		return 0
	}
	return len(p.b)
}

// append returns the buffer with data added, taking one from the pool if need
// be. It grows with the bytes that came, never with those that were announced.
func (p *buffer) append(data []byte) *buffer {
	if p == nil {
		p = buffers.Get().(*buffer)
	}
	p.b = append(p.b, data...)
	return p
}

// free returns the buffer to the pool.
func (p *buffer) free() {
	if p == nil || cap(p.b) > pooledBuffer {
		return
	}
	p.b = p.b[:0]
	buffers.Put(p)
}

// chunk is what one read or one gathered write moves. Idle connections hold
// none.
type chunk [4 << 10]byte

// bigChunk serves connections that fill small ones.
type bigChunk [64 << 10]byte

var (
	chunks    = sync.Pool{New: func() any { return new(chunk) }}
	bigChunks = sync.Pool{New: func() any { return new(bigChunk) }}
)

// takeChunk takes a chunk from its pool; putChunk gives it back.
func takeChunk(big bool) []byte {
	if big {
		return bigChunks.Get().(*bigChunk)[:]
	}
	return chunks.Get().(*chunk)[:]
}

func putChunk(b []byte) {
	if len(b) == len(bigChunk{}) {
		bigChunks.Put((*bigChunk)(b))
	} else {
		chunks.Put((*chunk)(b))
	}
}
