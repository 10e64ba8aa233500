// Package lobby decides who plays where, and runs each match.
//
// A studio registers a [Game]: a name, a few numbers and a function that makes
// the [Rules] of one match. A [Directory] holds all lobbies. Clients are handed
// in as a [Conn], which the caller implements, and get a [Member], through which
// they speak from then on: get ready, start, chat, send inputs, leave.
//
// A lobby passes through the phases
//
//	gathering → countdown → playing → finished → gathering …
//
// The countdown begins when everybody is ready, or when the leader says so and
// the others are ready; it aborts when someone leaves. Games with DropIn skip
// all that: the match runs as soon as enough players are in. After a match the
// people stay together, and the first who is ready calls for the next one. A
// lobby that nobody is in any more closes by itself; spectators do not keep it
// open.
//
// Who is in a lobby is a player, with a seat, or a spectator; [Member.Role]
// makes one of the other. One of the players may be the leader, by the rule of
// [Game].Leader: the leader starts the match, removes, bans and mutes people but
// no bots, locks the lobby, changes its [Settings], orders the teams and hands all
// that over. A DropIn lobby that quick join opened has no leader: whoever is
// there longest has no say over strangers.
//
// A lobby is found by its id, by its short code, by an invitation
// ([Member.Invite]), by quick join, or in a list: once with [Directory.List], or
// live with [Directory.Watch] and a [Query]. Lists and quick join know public
// lobbies alone; a private one is found by its code and its invitations alone.
//
// Seats can be reserved, all that are asked for or none: for a match that was
// found with [Directory.Open], for others in any lobby with
// [Directory.Reserve], for a party with Joiner.With. Each has a ticket that takes
// it, once and in time; until then the seat counts as taken, and a countdown
// waits for it.
//
// With [Options.Grace] the seat of a player whose connection broke is held, and
// the token of the place ([Joined].Token) brings the player back on another
// connection, even while the earlier one is still thought alive. So does the
// player's account ([Joiner].Account), which has one seat on the server: taking
// another gives up the first. Guests are known by their address, for bans, and
// by their token.
//
// The operator sees and does more: [Directory.Inspect], [Directory.CloseLobby],
// [Directory.Kick] and their like. [Directory.Events] tells what happened in a
// lobby, [Options].OnResult what its matches came to.
//
// # The match
//
// In each tick the match applies the inputs that have come, player by player in
// the order of their seats, calls Rules.Step, commits the world and encodes its
// state: once, however many clients get it. A client that does not acknowledge
// what it was sent is skipped before it falls behind for good; later it gets one
// coalesced frame, or a keyframe when the journal of 64 ticks does not reach
// back to it. Events are never skipped.
//
// What a player sees is the rules' choice: [Player.See] a view for a team, or
// [Player.NewView] one of the player's own, with what is near and what is private
// to [Player.Owner]. Players of one view share its frames. [Player.Bound] keeps a
// player's frames small. [Match.SpectatorsSee] is for those who only watch. A
// client whose view changes begins anew with a keyframe.
//
// A match with clients of the B-form learns from its first 40 ticks of traffic
// which values are common, and tells those clients with [EventTables], ahead of
// the first frame that needs it. [Directory.Profile] tells which field of which
// type costs the bytes, and [Options.Check] has clients compare their state.
//
// Rules see no clock, no sockets and no other randomness than [Match.Rand]: the
// same seed and the same inputs give the same bytes.
//
// So each match is recorded, unless [Options].Replays or [Game].NoReplay say
// otherwise, and [Rerun] runs it again and names the first value that differs.
//
// [Game].Inputs says how inputs meet ticks: held for a tick without one, only the
// newest of a tick, meant for a tick ahead. What a client showed its player comes
// with the input ([Input].View, bounded); [Match.Rewind] leads back there, to the
// fields that are tagged "history", so that who aims well hits. Spectators may
// see all of it later than it happens ([Game].SpectatorDelay).
//
// A step beyond [Game].StepBudget is counted and told ([Options].Overran). A
// panic in the rules ends their match with the reason "fault", and nothing
// else; the people stay together in the lobby. A call that does not come back
// within [Options.StepLimit] ends the match with the reason "stuck": its players
// are released and its goroutine is left alone.
//
// Studios test their rules with package lobbytest, which runs a lobby on the
// goroutine of the test ([Solo]).
//
// # Who may call what
//
// The methods of Directory and Member may be called by any goroutine, and never
// block: requests go to the bounded inbox of the lobby's goroutine, inputs to
// the bounded queue of the player, and the answer comes through a callback. The
// callback runs on the lobby's goroutine: it must not block, and it may call
// anything here.
//
// Each lobby is owned by one goroutine from its opening to its end. It alone calls
// Rules, Conn and whatever hangs on them; only when it is stuck does the watchdog
// take over what it owned. From 256 members on, goroutines that live for one send
// call Conn.State for it, each for members of its own. Lists are kept by turns on
// a timer, one at a time: lobbies leave word there and never wait for who watches.
// Seats are counted under the directory's lock: a request that
// holds a reservation gets a seat, so that there is never a player too many, and
// simultaneous quick joins never make a lobby too many.
//
// # Bytes
//
// An input's payload is copied when it is handed in. [Frame] and [Event] are
// shared by all members of a lobby and read-only for a Conn, but for their Wire
// field; a frame's bytes may be overwritten once State has returned.
//
// # Limits
//
// 1024 players in a lobby, 1..128 Hz, [Options.MaxLobbies] lobbies, 1024
// requests waiting for a lobby and 16 of one member, four ticks' worth of inputs
// of a player (the oldest make room), [Options.MaxInput] bytes in an input, one
// line of chat per second, 128 different queries watched at a time, 16 of one
// address, with 200 lobbies in each answer.
package lobby
