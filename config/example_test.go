package config_test

import (
	"flag"
	"fmt"

	"tickwire/config"
)

func Example() {
	bots := 20
	set := config.New("game", "GAME_")
	set.Group("Matches", func(flags *flag.FlagSet) {
		flags.Var((*config.Count)(&bots), "bots", "`number` of bots")
	})
	err := set.Read([]string{"--bots=3"}, []string{"GAME_BOTS=7"})
	fmt.Println(bots, set.Origin("bots"), err)
	// Output: 3 --bots <nil>
}
