package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// group is the figures of one heading of the page.
type group struct {
	Name string
	Rows []row
}

// row is a figure of the last record, with what it was in those before.
type row struct {
	figure
	Shown, Goal string
	Verdict     string // "met", "missed" or ""
	Bar         template.HTML
	History     template.HTML
}

// drawAll draws the page from all records in dir.
func drawAll(dir string) error {
	records, err := readRecords(dir)
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "index.html"))
	if err != nil {
		return err
	}
	defer f.Close()
	last := records[len(records)-1]
	met, judged := 0, 0
	for _, fig := range last.Figures {
		if fig.Target != nil {
			judged++
			if fig.met() {
				met++
			}
		}
	}
	return pageTemplate.Execute(f, map[string]any{
		"Record": last, "Groups": groups(records), "Met": met, "Judged": judged, "Runs": len(records),
	})
}

// readRecords returns the records of dir, the oldest first.
func readRecords(dir string) (list []record, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "2*.json"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var r record
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, r)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no record in %s", dir)
	}
	return list, nil
}

func groups(records []record) (list []group) {
	last := records[len(records)-1]
	for _, f := range last.Figures {
		if len(list) == 0 || list[len(list)-1].Name != f.Group {
			list = append(list, group{Name: f.Group})
		}
		r := row{figure: f, Shown: number(f.Value), History: sparkline(history(records, f))}
		if f.Target != nil {
			r.Goal, r.Verdict, r.Bar = f.target(), "missed", bar(f)
			if f.met() {
				r.Verdict = "met"
			}
		}
		g := &list[len(list)-1]
		g.Rows = append(g.Rows, r)
	}
	return list
}

// history is a figure over the records that have it.
func history(records []record, f figure) (values []float64) {
	for _, r := range records {
		for _, old := range r.Figures {
			if old.Group == f.Group && old.Name == f.Name {
				values = append(values, old.Value)
			}
		}
	}
	return values
}

// The drawings, in units of SVG.
const (
	barWidth, barHeight     = 150, 14
	sparkWidth, sparkHeight = 90, 18
)

// bar draws a value against its target, which is the line in the middle.
func bar(f figure) template.HTML {
	share := 2.0 // of the target
	if *f.Target > 0 {
		share = min(f.Value / *f.Target, 2)
	} else if f.Value == 0 {
		share = 0
	}
	class := "missed"
	if f.met() {
		class = "met"
	}
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %d %d" width="%d" height="%d" aria-hidden="true"><rect class="back" width="%d" height="%d" rx="3"/><rect class="%s" width="%.1f" height="%d" rx="3"/><path class="goal" d="M%d 0V%d"/></svg>`,
		barWidth, barHeight, barWidth, barHeight, barWidth, barHeight, class, share*barWidth/2, barHeight, barWidth/2, barHeight))
}

// sparkline draws a figure over time.
func sparkline(values []float64) template.HTML {
	if len(values) < 2 {
		return ""
	}
	low, high := slices.Min(values), slices.Max(values)
	var path strings.Builder
	for i, v := range values {
		x := float64(sparkWidth-4)*float64(i)/float64(len(values)-1) + 2
		y := float64(sparkHeight) / 2
		if high > low {
			y = 2 + (sparkHeight-4)*(high-v)/(high-low)
		}
		fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], x, y)
	}
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %d %d" width="%d" height="%d" aria-hidden="true"><path class="spark" d="%s"/></svg>`,
		sparkWidth, sparkHeight, sparkWidth, sparkHeight, path.String()))
}
