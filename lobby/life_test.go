package lobby_test

import (
	"testing"

	"tickwire/lobby"
)

// BenchmarkLife is the life of a lobby: created, watched by a list, joined,
// left, disposed of.
func BenchmarkLife(b *testing.B) {
	b.ReportAllocs()
	d, err := lobby.New(lobby.Options{Games: []lobby.Game{gather}})
	if err != nil {
		b.Fatal(err)
	}
	q, _ := lobby.ParseQuery(nil)
	w := d.Watch("", q, func(*lobby.Event) {}, func(lobby.List, error) {})
	defer w.Stop()
	placed := make(chan lobby.Joined, 1)
	left := make(chan error, 1)
	take := func(j lobby.Joined, err error) {
		if err != nil {
			b.Error(err)
		}
		placed <- j
	}
	for b.Loop() {
		d.Create(lobby.CreateRequest{Game: "gather", Joiner: lobby.Joiner{Conn: mute{}}}, take)
		ann := <-placed
		d.Join(lobby.JoinRequest{Code: ann.Lobby.Code, Joiner: lobby.Joiner{Conn: mute{}}}, take)
		bob := <-placed
		for _, m := range []*lobby.Member{ann.Member, bob.Member} {
			m.Leave(func(err error) { left <- err })
			<-left
		}
	}
}
