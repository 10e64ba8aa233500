package main

import (
	"fmt"
	"html"
	"html/template"
	"strings"
)

// plot is a chart in the making: SVG whose colours come from the page, so that
// it follows light and dark.
type plot struct {
	strings.Builder
	x, y axis
}

// The paper, in units of SVG.
const (
	paperWidth, paperHeight = 560, 344
	marginLeft, marginRight = 62, 26
	marginTop, marginBottom = 50, 46
	plotWidth               = paperWidth - marginLeft - marginRight
	plotHeight              = paperHeight - marginTop - marginBottom
	plotRight, plotBottom   = paperWidth - marginRight, paperHeight - marginBottom
	legendBase              = 36
)

// newPlot draws the axes.
func newPlot(title string, x, y axis) *plot {
	p := &plot{x: x, y: y}
	fmt.Fprintf(p, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, paperWidth, paperHeight, html.EscapeString(title))
	for _, t := range y.ticks {
		at := p.top(t)
		fmt.Fprintf(p, `<path class="grid" d="M%d %.1fH%d"/>`, marginLeft, at, plotRight)
		p.text(marginLeft-8, at+4, "end", "tick", y.format(t))
	}
	last := -100.0
	for _, t := range x.ticks {
		at := p.left(t)
		fmt.Fprintf(p, `<path class="grid" d="M%.1f %dV%d"/>`, at, marginTop, plotBottom)
		if at-last >= 46 { // else the labels run into each other
			p.text(at, plotBottom+18, "middle", "tick", x.format(t))
			last = at
		}
	}
	fmt.Fprintf(p, `<path class="axis" d="M%d %dH%d"/>`, marginLeft, plotBottom, plotRight)
	p.text(8, 14, "start", "label", "↑ "+y.label)
	p.text(plotRight, paperHeight-8, "end", "label", x.label+" →")
	return p
}

func (p *plot) left(v float64) float64 { return marginLeft + plotWidth*p.x.at(v) }
func (p *plot) top(v float64) float64  { return plotBottom - plotHeight*p.y.at(v) }

func (p *plot) text(x, y float64, anchor, class, text string) {
	fmt.Fprintf(p, `<text x="%.1f" y="%.1f" text-anchor="%s" class="%s">%s</text>`, x, y, anchor, class, html.EscapeString(text))
}

// xy is a point in the units of the axes.
type xy struct{ x, y float64 }

func (p *plot) line(class string, points []xy) {
	p.WriteString(`<path class="line ` + class + `" d="`)
	for i, at := range points {
		command := 'L'
		if i == 0 {
			command = 'M'
		}
		fmt.Fprintf(p, "%c%.1f %.1f", command, p.left(at.x), p.top(at.y))
	}
	p.WriteString(`"/>`)
}

func (p *plot) dot(class string, at xy, radius float64, title string) {
	fmt.Fprintf(p, `<circle class="%s" cx="%.1f" cy="%.1f" r="%g"`, class, p.left(at.x), p.top(at.y), radius)
	if title == "" {
		p.WriteString("/>")
		return
	}
	fmt.Fprintf(p, `><title>%s</title></circle>`, html.EscapeString(title))
}

// bar stands on the bottom, from x to right.
func (p *plot) bar(class string, x, right, top float64, title string) {
	from, to, y := p.left(x), p.left(right), p.top(top)
	fmt.Fprintf(p, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2"><title>%s</title></rect>`,
		class, from, y, max(0, to-from), max(0, plotBottom-y), html.EscapeString(title))
}

// legend names the lines, in one row above the chart.
func (p *plot) legend(names []string, class func(i int) string) {
	x := float64(marginLeft)
	for i, name := range names {
		fmt.Fprintf(p, `<path class="line %s" d="M%.1f %dh16"/>`, class(i), x, legendBase-4)
		p.text(x+21, legendBase, "start", "tick", name)
		x += 21 + 7.4*float64(len([]rune(name))) + 14
	}
}

func (p *plot) end() template.HTML {
	p.WriteString("</svg>")
	return template.HTML(p.String()) // all texts were escaped above
}

// colour is the class of the nth line.
func colour(i int) string { return fmt.Sprintf("c%d", i%5+1) }
