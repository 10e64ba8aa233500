// Package party keeps people together who want to play with each other, across
// lobbies and matches.
//
// A [Book] holds all parties of a server. Somebody creates one and is its
// leader; others join it by the code of an invitation. Who leads it goes into a
// lobby, or into a queue, for all: [Member.Companions] says for whom seats are
// needed, [Member.Follow] tells each of them where their seat is. A party ends
// when its last member has left; no lobby ends it.
//
// The place of a member whose connection broke is held for [Options.Grace], and
// its token brings the person back on another connection.
//
// # Who may call what
//
// All methods may be called by any goroutine and never block. Pushes are sent
// after the change that they tell of, in order, one at a time, by one of the
// goroutines that make changes: they must not block. A Book starts no goroutine
// but for the moment in which a place expires.
//
// # Limits
//
// [Options.Size] members in a party, [Options.Max] parties, one party for each
// account. An invitation's code has 8 characters out of 30, and is good for
// [Options.Invite]. Who calls limits the rate of the calls.
package party
