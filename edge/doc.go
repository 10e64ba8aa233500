// Package edge is what stands between the network and a game server: whose
// address a request comes from ([Proxies]), how often and with how many
// connections an address may come ([Rates], [Conns]), whose pages may ([CORS]),
// how long a request may take ([Deadlines]), and the certificates ([Files],
// [ACME], [Redirect]).
//
// Addresses are counted by [engine.Block]: an IPv4 address or an IPv6 /64;
// those of this machine are not counted. All that is kept of peers is bounded.
//
// Everything here may be used by any goroutine at once.
package edge
