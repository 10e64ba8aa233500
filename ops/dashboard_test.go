package ops

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	metricName = regexp.MustCompile(`tickwire_[a-z_]+`)
	fqName     = regexp.MustCompile(`fqName: "(\w+)"`)
)

// metricNames are all that /metrics can have of ours.
func metricNames() map[string]bool {
	names := map[string]bool{}
	for _, d := range allMetrics() {
		name := fqName.FindStringSubmatch(d.String())[1]
		names[name] = true
		if strings.HasSuffix(name, "_seconds") {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				names[name+suffix] = true
			}
		}
	}
	return names
}

// TestDashboardAndAlertsKnowTheMetrics: a metric that is renamed leaves no graph
// empty and no alert silent.
func TestDashboardAndAlertsKnowTheMetrics(t *testing.T) {
	names := metricNames()
	for _, file := range []string{"../deploy/grafana-dashboard.json", "../deploy/alerts.yaml", "../deploy/alerts_test.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := metricName.FindAllString(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s has no metric", file)
		}
		for _, name := range found {
			if !names[name] {
				t.Errorf("%s: there is no metric %s", file, name)
			}
		}
	}
}

func TestDashboardIsJSON(t *testing.T) {
	text, err := os.ReadFile("../deploy/grafana-dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			ID      int
			Type    string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	ids := map[int]bool{}
	for _, p := range dashboard.Panels {
		if ids[p.ID] || p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %d is there twice or empty", p.ID)
		}
		ids[p.ID] = true
	}
}
