package matchmaker_test

import (
	"fmt"
	"time"

	"tickwire/lobby/matchmaker"
)

// Two against two: the trio of friends is too large, the duo stays together,
// and who waits longer gets a wider window.
func Example() {
	queue, err := matchmaker.New(matchmaker.Rules{
		Teams:    2,
		TeamSize: 2,
		Skill:    matchmaker.Window{Start: 50, PerSecond: 10, Max: 400},
		Regions:  []string{"eu", "us"},
		Latency:  matchmaker.Window{Start: 60, PerSecond: 2, Max: 150},
	})
	if err != nil {
		panic(err)
	}
	europe := map[string]float64{"eu": 25, "us": 110}
	for _, t := range []matchmaker.Ticket{
		{ID: "ann+bob", Size: 2, Skill: 1520, Latency: europe},
		{ID: "cid", Skill: 1480, Latency: europe},
		{ID: "dan", Skill: 1610, Latency: europe},
		{ID: "eve", Skill: 1500, Latency: map[string]float64{"eu": 120, "us": 30}},
		{ID: "trio", Size: 3, Skill: 1500, Latency: europe},
	} {
		if err := queue.Add(t, 0); err != nil {
			fmt.Println(t.ID, "cannot queue:", err)
		}
	}
	for now := time.Duration(0); now < time.Minute; now += time.Second {
		for _, m := range queue.Pass(now) {
			fmt.Printf("after %v in %s:", m.Waited, m.Region)
			for _, team := range m.Teams {
				fmt.Print(" [")
				for i, t := range team {
					if i > 0 {
						fmt.Print(" ")
					}
					fmt.Print(t.ID)
				}
				fmt.Print("]")
			}
			fmt.Printf(", spread %.0f of %.0f\n", m.Spread, m.Window)
		}
	}
	eve, _ := queue.Status("eve", time.Minute)
	fmt.Println("eve still waits:", eve.Reason)
	// Output:
	// trio cannot queue: party is too large: 3 players, at most 2
	// after 8s in eu: [ann+bob] [cid dan], spread 130 of 130
	// eve still waits: too_few_players
}
