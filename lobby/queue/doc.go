// Package queue brings players who wait into matches: it runs the queues of
// package matchmaker for the games of a directory, and opens a lobby with
// reserved seats for each match that they find.
//
// A [Service] has one goroutine, [Service.Run], which does everything: it takes
// what callers have left in a bounded inbox, and once a second makes a pass over
// each queue. Matches and lobbies run on, however long a pass takes.
//
// # A ticket's way
//
//	waiting → matched → playing
//	   ↑_________|
//
// A ticket is a player or a whole party. While it waits it is told how it fares
// ([EventStatus]). When a match is found each player gets the ticket of a seat
// ([EventMatched]). A match begins once everybody is in. When somebody does not
// come in time, or leaves before the beginning, the match is off where the rules
// do not allow a smaller one: those who came go back to the queue, with the time
// that they have waited, ahead of those who came later. Who did not come is out
// of it, with all of that party ([EventClosed]).
//
// Running matches of games that players may join late are filled up.
//
// # Ratings
//
// The skill of a ticket is the mean of its players' ratings, which a [Store]
// keeps. They change with the rankings ([lobby.Match.Rank]) of matches that the
// queue has made; those of other lobbies count with [Options.RateAll] only, lest
// friends play each other up.
//
// # Who may call what
//
// All methods may be called by any goroutine and never block; answers and pushes
// come on the service's goroutine, which they must not block either.
//
// # Limits
//
// [Options.Max] tickets in the queue of one game, one ticket for each
// connection, party and account, as many requests in the inbox as that.
package queue
