// Package rating turns match results into ratings of players.
//
// A [System] takes the teams of a finished match with their ranks and returns
// the same teams with new ratings. Two systems are here, both published and
// free to use:
//
//   - [WengLin], the default: Bayesian, any number of teams of any sizes, ties
//     included. It is the Plackett–Luce model of Ruby C. Weng and Chih-Jen Lin,
//     "A Bayesian Approximation Method for Online Ranking", Journal of Machine
//     Learning Research 12 (2011), algorithm 4.
//   - [Glicko2]: one against one, with a volatility per player and a deviation
//     that grows while a player rests. It is Mark E. Glickman, "Example of the
//     Glicko-2 system" (2022).
//
// A matchmaker compares players by [Rating.Mean]; a leaderboard shows
// [Rating.Floor], which a newcomer cannot top by one lucky win.
//
// The package is pure: no goroutine, no clock, no I/O, no state. A System may be
// used from many goroutines. What goes in is never changed; what comes out
// belongs to the caller.
package rating
