package config

import (
	"fmt"
	"slices"
	"strings"
)

// DidYouMean names what somebody may have wanted to write, for the end of an
// error; "" if nothing is like it.
func DidYouMean(wrong string, names []string) string {
	best, distance := "", len(wrong)/3+2 // more differences are another word
	for _, name := range names {
		if len(wrong) > 2 && strings.HasPrefix(name, wrong+"-") { // tls-key for tls-key-file
			best = name
			break
		}
		if d := editDistance(wrong, name); d < distance {
			best, distance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// editDistance counts the letters to insert, delete or replace.
func editDistance(a, b string) int {
	if len(a) > 100 || len(b) > 100 {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = slices.Min([]int{replace, row[j] + 1, row[j+1] + 1})
		}
	}
	return row[len(b)]
}
