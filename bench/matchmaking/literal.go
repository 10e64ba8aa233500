package main

import (
	"fmt"
	"strings"
	"time"

	"tickwire/lobby/matchmaker"
)

// literal is the rules as a studio gives them to lobby.Game.Queue. Numbers that
// are 0 are left to their defaults.
func literal(r matchmaker.Rules) string {
	var b strings.Builder
	b.WriteString("&matchmaker.Rules{\n")
	for _, f := range []struct {
		name string
		n    int
	}{{"Teams", r.Teams}, {"MinTeams", r.MinTeams}, {"TeamSize", r.TeamSize}, {"MinTeamSize", r.MinTeamSize}} {
		if f.n != 0 {
			fmt.Fprintf(&b, "\t%s: %d,\n", f.name, f.n)
		}
	}
	if r.FullFor != 0 {
		fmt.Fprintf(&b, "\tFullFor: %d * time.Millisecond,\n", r.FullFor/time.Millisecond)
	}
	for _, f := range []struct {
		name string
		w    matchmaker.Window
	}{{"Skill", r.Skill}, {"Balance", r.Balance}, {"Latency", r.Latency}} {
		if f.w != (matchmaker.Window{}) {
			fmt.Fprintf(&b, "\t%s: matchmaker.Window{Start: %v, PerSecond: %v, Max: %v},\n", f.name, f.w.Start, f.w.PerSecond, f.w.Max)
		}
	}
	if len(r.Regions) > 0 {
		fmt.Fprintf(&b, "\tRegions: %#v,\n", r.Regions)
	}
	b.WriteString("}")
	return b.String()
}
