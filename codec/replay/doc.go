// Package replay is the log of a match: what it takes to run it again, and to
// watch it without running it.
//
// A log holds who came and went, every input as the rules saw it, a sum of the
// state after every step, the state itself as frames of codec/state, and the
// events that the rules sent. Rules that take their randomness from the match
// alone do the same again for the same log.
//
// The Append functions write records; [AppendChunk] seals a batch of them, and
// [AppendMagic] begins a file. [Reader] reads a file and [Stream] turns it into
// what a viewer plays. docs/replay.md describes every byte.
//
// # Concurrency and bytes
//
// A Reader belongs to one goroutine. What a [Record] refers to is good until
// the next call of Next. Nothing here starts a goroutine, reads a clock or opens
// a file; the Append functions allocate nothing but what their slice needs.
//
// # Limits
//
// A file may be hostile: a chunk has at most 8 MiB before and after it was
// packed, and a Reader holds one of each; a text has at most 256 bytes.
package replay
