package lobby_test

import (
	"tickwire/codec/state"
	"tickwire/lobby"
)

type scout struct {
	X, Y float32 `sync:"min=0,max=4096,step=0.125,pred"`
}

type card struct {
	Rank uint8 `sync:"bits=4"`
}

// fog is a game in which players see what is near them, and their own cards.
type fog struct {
	scouts *state.Table[scout]
	cards  *state.Private[card]
	ids    map[*lobby.Player]state.ID
	views  map[*lobby.Player]*state.View
}

func (f *fog) Join(p *lobby.Player) {
	f.ids[p] = f.scouts.Spawn(scout{X: 2000, Y: 2000})
	f.cards.Spawn(p.Owner(), card{Rank: 7})
	f.views[p] = p.NewView(state.ViewOptions{
		Near: []state.Near{{Table: f.scouts, X: "x", Y: "y", Enter: 500}},
	})
}

func (f *fog) Leave(p *lobby.Player) {
	f.scouts.Despawn(f.ids[p])
	delete(f.ids, p)
	delete(f.views, p) // closed by the match
}

func (f *fog) Input(*lobby.Player, lobby.Input) {}

func (f *fog) Step(uint32) {
	for p, v := range f.views {
		s := f.scouts.Get(f.ids[p])
		v.Look(float64(s.X), float64(s.Y))
	}
}

func ExamplePlayer_NewView() {
	_ = lobby.Game{Name: "fog", DropIn: true, New: func(m *lobby.Match) lobby.Rules {
		return &fog{
			scouts: state.Register[scout](m.World(), "Scout"),
			cards:  state.RegisterPrivate[card](m.World(), "Card"),
			ids:    map[*lobby.Player]state.ID{},
			views:  map[*lobby.Player]*state.View{},
		}
	}}
}
