// Package matchmaker finds matches for players who wait.
//
// A [Queue] holds the [Ticket]s of one game: a player or a party each, with a
// skill and the round trips to the regions where matches can run. [Rules] say
// what a match looks like. The caller calls [Queue.Pass] once a second or so,
// and gets the matches that are possible.
//
// # How a pass chooses
//
// The longest waiting ticket goes first; nobody can be overtaken for ever, since
// its windows are the widest of all. Around it, a pass looks at each region in
// reach for the narrowest stretch of skill that fills a match, divides that into
// teams without splitting a party, and swaps parties of equal size until the
// teams are balanced. Of the regions' proposals it takes the one with the best
// score, by default that with small spread and low latency. What it takes is
// final: a pass is greedy, and does not give up one match for two others.
//
// Windows widen with waiting. In a match, the skills of any two tickets are no
// farther apart than the window of the longest waiting one. So an outlier gets a
// match in the end, and Max bounds what that may cost the others. The limit of
// latency is each ticket's own.
//
// Running matches with open places ask with a [Backfill] and are filled first;
// there the difference to the mean of those who play counts.
//
// # Telling players why they wait
//
// [Queue.Status] gives the wait, the windows as they are now, how many candidates
// fall into them, one [Reason] of a closed list, and how long others like this
// ticket waited lately.
//
// # Bounds
//
// With 10,000 tickets a pass takes a few milliseconds and allocates nothing in
// the steady state. [Rules.Budget] bounds it whatever the rules and tickets are;
// a pass that runs out goes on with the next ticket in the next pass, so that
// hopeless cases at the head of the queue block nobody. For solo tickets without
// custom predicates a pass that stays within its budget leaves no match behind
// that the rules allow. With parties and predicates the search is a heuristic: it
// may need another pass, or miss a match that only an exhaustive search finds.
//
// The package is pure: no goroutine, no clock, no I/O, no randomness. The same
// calls give the same results. A Queue belongs to one goroutine at a time.
package matchmaker
