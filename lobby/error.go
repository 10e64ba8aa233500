package lobby

import (
	"errors"
	"fmt"
	"slices"
)

// Code names a reason why a request was refused. The list is closed: clients
// branch on it.
type Code string

// The codes that a player or a studio can see.
const (
	BadRequest     Code = "BAD_REQUEST"      // a field is missing, malformed or out of range
	UnknownGame    Code = "UNKNOWN_GAME"     // no game of that name is registered
	NotFound       Code = "NOT_FOUND"        // no such lobby, or no such player in it
	BadCode        Code = "BAD_CODE"         // the join code is malformed or belongs to no lobby
	RoomFull       Code = "ROOM_FULL"        // every seat is taken or reserved
	AlreadyInLobby Code = "ALREADY_IN_LOBBY" // this connection sits in a lobby already
	NotInLobby     Code = "NOT_IN_LOBBY"     // this connection sits in no lobby
	NotLeader      Code = "NOT_LEADER"       // only the leader may do that
	NotReady       Code = "NOT_READY"        // too few players, or not all of them are ready
	WrongPhase     Code = "WRONG_PHASE"      // not in this phase of the lobby
	RateLimited    Code = "RATE_LIMITED"     // too often
	Kicked         Code = "KICKED"           // the leader removed the player
	Banned         Code = "BANNED"           // the leader or a moderator keeps the person out for a while
	Muted          Code = "MUTED"            // the leader or a moderator lets the person not chat for a while
	NotAllowed     Code = "NOT_ALLOWED"      // the studio's moderation refused the text
	Replaced       Code = "REPLACED"         // the player came back on another connection
	BadPassword    Code = "BAD_PASSWORD"     // the lobby has a password, and it is another one
	Locked         Code = "LOCKED"           // the leader lets nobody in any more
	LobbyClosed    Code = "CLOSED"           // the operator closed the lobby
	Draining       Code = "DRAINING"         // the server is shutting down
	LobbyLimit     Code = "LOBBY_LIMIT"      // the server holds as many lobbies as it may
	BadTicket      Code = "BAD_TICKET"       // the ticket is used, expired, another account's or wrong
	NoShow         Code = "NO_SHOW"          // a reserved seat was not taken in time
	NotInParty     Code = "NOT_IN_PARTY"     // this connection is in no party
	AlreadyInParty Code = "ALREADY_IN_PARTY" // this connection, or its account, is in a party already
	PartyFull      Code = "PARTY_FULL"       // the party has as many members as it may have
	NoQueue        Code = "NO_QUEUE"         // the game has no queue
	AlreadyQueued  Code = "ALREADY_QUEUED"   // this connection, its party or an account waits for a match already
	NotQueued      Code = "NOT_QUEUED"       // waits for no match
	NoRegion       Code = "NO_REGION"        // no region is near enough for the rules
	PartyChanged   Code = "PARTY_CHANGED"    // the party that waited for a match has other members now
	SchemaMismatch Code = "SCHEMA_MISMATCH"  // the client was built for another state schema
	Busy           Code = "BUSY"             // a queue of the server is full; try again
	Internal       Code = "INTERNAL"         // a fault of the server or the game
)

// Codes returns every code, in a stable order.
func Codes() []Code {
	return slices.Clone(codes)
}

var codes = []Code{
	BadRequest, UnknownGame, NotFound, BadCode, RoomFull, AlreadyInLobby, NotInLobby, NotLeader, NotReady,
	WrongPhase, RateLimited, Kicked, Banned, Muted, NotAllowed, Replaced, BadPassword, Locked, LobbyClosed, Draining, LobbyLimit, BadTicket, NoShow,
	NotInParty, AlreadyInParty, PartyFull, NoQueue, AlreadyQueued, NotQueued, NoRegion, PartyChanged, SchemaMismatch, Busy, Internal,
}

// Error is a refusal: a stable code and a sentence that says what to do.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// AsError returns the refusal in err, or an INTERNAL one that does not show
// what went wrong inside. It returns nil for nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: Internal, Message: "internal error"}
}

func refuse(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}
