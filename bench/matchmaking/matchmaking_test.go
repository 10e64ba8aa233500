package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"go/parser"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tickwire/lobby"
)

// small is a population that simulates in a moment.
func small(t *testing.T, args ...string) options {
	t.Helper()
	o, err := parse(append([]string{"-players-per-second=2", "-duration=4m", "-out="}, args...), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestSameSeedSameFigures(t *testing.T) {
	figures := func(o options) string {
		r := simulate(o)
		r.Pass = quantiles{} // the only ones that a clock measures
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	o := small(t)
	if a, b := figures(o), figures(o); a != b {
		t.Errorf("two runs differ:\n%s\n%s", a, b)
	}
	if figures(o) == figures(small(t, "-seed=2")) {
		t.Error("another seed gives the same figures")
	}
}

func TestCountsAddUp(t *testing.T) {
	for name, args := range map[string][]string{
		"default":       nil,
		"impatient":     {"-patience=40s"},
		"never give up": {"-patience=0"},
		"solo":          {"-team-size=1", "-regions=none", "-skill-window=none"},
		"free for all":  {"-teams=1", "-team-size=10", "-min-team-size=4"},
	} {
		t.Run(name, func(t *testing.T) {
			r := simulate(small(t, args...))
			sizes, skills := 0, 0
			for _, g := range r.BySize {
				sizes += g.Parties
			}
			for _, g := range r.BySkill {
				skills += g.Parties
			}
			if r.Parties == 0 || sizes != r.Parties || skills != r.Parties {
				t.Errorf("%d parties, by size %d, by skill %d", r.Parties, sizes, skills)
			}
			// Two players a second for four minutes.
			if r.Players < 380 || r.Players > 580 {
				t.Errorf("%d players came, about 480 should", r.Players)
			}
			total := 0.0
			for _, v := range r.Reasons {
				total += v
			}
			if math.Abs(total-1) > 1e-9 {
				t.Errorf("reasons %v add up to %v", r.Reasons, total)
			}
			if r.Matches == 0 || r.GaveUp < 0 || r.GaveUp > 1 || r.Favourite.P50 < 0.5 || r.Favourite.Max > 1 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// What the trade-off is about: wider windows, shorter waits, worse matches.
func TestWiderWindowsTradeQualityForTime(t *testing.T) {
	o := small(t, "-patience=0")
	narrow, wide := o, o
	narrow.rules.Skill, wide.rules.Skill = scaled(o.rules.Skill, 0.25), scaled(o.rules.Skill, 4)
	a, b := simulate(narrow), simulate(wide)
	if a.Players != b.Players {
		t.Errorf("%d and %d players: the variations do not meet the same population", a.Players, b.Players)
	}
	if a.Wait.P50 <= b.Wait.P50 || a.Spread.P50 >= b.Spread.P50 {
		t.Errorf("narrow: wait %v, spread %v; wide: wait %v, spread %v", a.Wait.P50, a.Spread.P50, b.Wait.P50, b.Spread.P50)
	}
}

func TestPageIsWholeAndAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.html")
	var stdout, stderr bytes.Buffer
	args := []string{"-players-per-second=2", "-duration=2m", "-out=" + path, "-parties=1:80,2:20"}
	if code := run(args, &stdout, &stderr); code != 0 {
		t.Fatalf("exit status %d: %s", code, &stderr)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`(?i)https?:|src=|<link|@import|url\(|<script`).Find(text); found != nil {
		t.Errorf("the page asks for another resource: %q", found)
	}
	checkCharts(t, text, 6)
	for _, want := range []string{"time in the queue", "skill_window", "page: " + path} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, &stdout)
		}
	}
}

func checkCharts(t *testing.T, page []byte, n int) {
	t.Helper()
	charts := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAll(page, -1)
	if len(charts) != n {
		t.Errorf("%d charts, want %d", len(charts), n)
	}
	for _, c := range charts {
		checkChart(t, c)
	}
}

// checkChart reads it as XML and looks for what a division by zero leaves.
func checkChart(t *testing.T, chart []byte) {
	t.Helper()
	if strings.Contains(string(chart), "NaN") || strings.Contains(string(chart), "Inf") {
		t.Errorf("no number in %.80s", chart)
	}
	for d := xml.NewDecoder(bytes.NewReader(chart)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%v in %.80s", err, chart)
			return
		}
	}
}

func TestPageWithoutAnyMatch(t *testing.T) {
	o := small(t, "-patience=5s", "-skill-window=1,0,1", "-teams=5")
	r := simulate(o)
	if r.Matches != 0 || r.GaveUp != 1 {
		t.Fatalf("%d matches", r.Matches)
	}
	text, err := renderPage(o, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkCharts(t, text, 5)
}

func TestJSONForMachines(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-players-per-second=2", "-duration=2m", "-out=", "-json"}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit status %d: %s", code, &stderr)
	}
	var got struct {
		Result struct {
			Matches     int                `json:"matches"`
			WaitSeconds map[string]float64 `json:"waitSeconds"`
		} `json:"result"`
		TradeOff []struct {
			Points []struct {
				WaitP90Seconds float64 `json:"waitP90Seconds"`
			} `json:"points"`
		} `json:"tradeOff"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Result.Matches == 0 || got.Result.WaitSeconds["p90"] == 0 || len(got.TradeOff) != 3 || len(got.TradeOff[0].Points) != 5 {
		t.Errorf("%+v", got)
	}
}

func TestSenselessOptionsAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{"-players-per-second=0"}, {"-players-per-second=NaN"}, {"-parties=x:1"}, {"-parties=1"}, {"-parties=9:1"},
		{"-skill-window=1,2"}, {"-skill-window=a,b,c"}, {"-skill-window=9,1,3"}, {"-duration=1s"}, {"-every=0"}, {"more"},
		{"-regions=eu:-1"}, {"-teams=-1"}, {"-nonsense"}, {"-patience=-1s"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(append(args, "-trade-off=false"), &stdout, &stderr); code != 2 || stderr.Len() == 0 {
			t.Errorf("%v: exit status %d, %q", args, code, &stderr)
		}
	}
	if code := run([]string{"-h"}, io.Discard, io.Discard); code != 0 {
		t.Errorf("help: exit status %d", code)
	}
}

func TestTicksAreRound(t *testing.T) {
	if a := linear("", 0, 473, whole); a.high != 500 || !slices.Equal(a.ticks, []float64{0, 100, 200, 300, 400, 500}) {
		t.Errorf("%+v", a)
	}
	if a := waits("", 3, 70); a.low != 2 || a.high != 120 {
		t.Errorf("waits of 3 to 70 s: %v to %v", a.low, a.high)
	}
	for v, want := range map[float64]string{
		0.5: "0.5 s", 30: "30 s", 75: "75 s", 60: "1 min", 150: "2.5 min", 3600: "1 h", 5400: "1.5 h",
	} {
		if got := strings.ReplaceAll(seconds(v), space, " "); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
	if got := whole(-1234567.2); got != "−1,234,567" {
		t.Errorf("whole: %q", got)
	}
}

// An hour of a large game simulates in little more than its matches take.
func BenchmarkSimulate(b *testing.B) {
	o, err := parse([]string{"-players-per-second=20"}, io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	o.duration = 5 * time.Minute
	for b.Loop() {
		simulate(o)
	}
}

// The rules that were tried are those that a game takes.
func TestRulesFitAGame(t *testing.T) {
	for _, args := range [][]string{
		nil, {"-team-size=1", "-regions=none", "-skill-window=none"}, {"-teams=1", "-team-size=10", "-min-team-size=4", "-full-for=20s"},
	} {
		o := small(t, args...)
		game := lobby.Game{
			Name: "game", MinPlayers: 2, MaxPlayers: o.rules.Teams * o.rules.TeamSize, Queue: &o.rules,
			New: func(*lobby.Match) lobby.Rules { return nothing{} },
		}
		if _, err := lobby.New(lobby.Options{Games: []lobby.Game{game}}); err != nil {
			t.Errorf("%v: %v", args, err)
		}
		text := literal(o.rules)
		if _, err := parser.ParseExpr(text); err != nil {
			t.Errorf("%v: %v\n%s", args, err, text)
		}
	}
	got := literal(small(t, "-team-size=2", "-regions=eu:1", "-full-for=20s").rules)
	want := "&matchmaker.Rules{\n\tTeams: 2,\n\tTeamSize: 2,\n\tFullFor: 20000 * time.Millisecond,\n" +
		"\tSkill: matchmaker.Window{Start: 60, PerSecond: 6, Max: 600},\n" +
		"\tLatency: matchmaker.Window{Start: 60, PerSecond: 2, Max: 160},\n\tRegions: []string{\"eu\"},\n}"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

type nothing struct{}

func (nothing) Join(*lobby.Player)               {}
func (nothing) Leave(*lobby.Player)              {}
func (nothing) Input(*lobby.Player, lobby.Input) {}
func (nothing) Step(uint32)                      {}
