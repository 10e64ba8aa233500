package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// maxFileBytes bounds a settings file; a real one has a few thousand.
const maxFileBytes = 1 << 20

// readFile takes the settings of a file.
func (s *Set) readFile(path string) error {
	text, err := readBounded(path, maxFileBytes)
	if err != nil {
		return err
	}
	seen := map[string]int{}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		name, value, err := ParseLine(line)
		if name == "" && err == nil {
			continue
		}
		if err == nil {
			err = s.setLine(name, value, fmt.Sprintf("%s:%d", path, number), seen[name])
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", path, number, err)
		}
		seen[name] = number
	}
	return nil
}

func (s *Set) setLine(name, value, place string, before int) error {
	switch {
	case s.flags.Lookup(name) == nil:
		return fmt.Errorf("no setting %q%s", name, DidYouMean(name, s.Names()))
	case name == fileFlag:
		return errors.New("a file cannot name another")
	case before > 0:
		return fmt.Errorf("%s was set before in line %d", name, before)
	}
	if err := s.set(name, value, place); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// ParseLine reads "name = value". The value is text up to the end of the line
// or a comment, which begins with a # behind a space, or text in double quotes
// with the escapes of Go. The name is empty where the line says nothing.
func ParseLine(line string) (name, value string, err error) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return "", "", nil
	}
	name, value, found := strings.Cut(line, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !found || name == "" || strings.ContainsAny(name, " \t#\"") {
		return "", "", errors.New(`not of the form "name = value"`)
	}
	if !strings.HasPrefix(value, `"`) {
		return name, withoutComment(value), nil
	}
	quoted, err := strconv.QuotedPrefix(value)
	if err != nil {
		return "", "", errors.New("quotes that do not close, or a wrong escape in them")
	}
	if rest := strings.TrimSpace(value[len(quoted):]); rest != "" && rest[0] != '#' {
		return "", "", errors.New("text behind the closing quotes")
	}
	value, err = strconv.Unquote(quoted)
	return name, value, err
}

func withoutComment(value string) string {
	for i := range len(value) {
		if value[i] == '#' && (i == 0 || value[i-1] == ' ' || value[i-1] == '\t') {
			return strings.TrimSpace(value[:i])
		}
	}
	return value
}

// AppendLine is the inverse of ParseLine.
func AppendLine(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), " = "...)
	if value == "" || withoutComment(value) != strings.TrimSpace(value) || strings.TrimSpace(value) != value ||
		strconv.Quote(value) != `"`+value+`"` {
		return strconv.AppendQuote(dst, value)
	}
	return append(dst, value...)
}

// readBounded reads a file that somebody may have named by mistake: a device
// or a huge one is an error.
func readBounded(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("%s: more than %d bytes", path, limit)
	}
	return text, err
}
