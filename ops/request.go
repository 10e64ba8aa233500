package ops

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const maxBody = 64 << 10

// read decodes the body into v. Fields that v does not have are refused: a
// mistyped name must not be a default.
func (c *call) read(v any) error {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return &problem{http.StatusUnsupportedMediaType, codeWrongType, "the body must be JSON, with Content-Type: application/json"}
	}
	d := json.NewDecoder(c.r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return badBody(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return badRequest("the body must be one JSON object")
	}
	return nil
}

func badBody(err error) *problem {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &problem{http.StatusRequestEntityTooLarge, codeTooLarge, fmt.Sprintf("the body has more than %d bytes", maxBody)}
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return badRequest(fmt.Sprintf("%s must be of type %s", e.Field, e.Type))
	}
	if errors.Is(err, io.EOF) {
		return badRequest("the body is empty: send a JSON object")
	}
	return badRequest("the body: " + strings.TrimPrefix(err.Error(), "json: "))
}

// window reads offset and limit.
func (c *call) window() (offset, limit int, err error) {
	if offset, err = c.integer("offset", 0, 0, math.MaxInt32); err != nil {
		return 0, 0, err
	}
	limit, err = c.integer("limit", 100, 1, 1000)
	return offset, limit, err
}

func (c *call) integer(name string, missing, least, most int) (int, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return missing, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, badRequest(fmt.Sprintf("%s must be a whole number from %d to %d", name, least, most))
	}
	return n, nil
}

func (c *call) flag(name string) (bool, error) {
	switch c.r.URL.Query().Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, badRequest(name + " must be true or false")
}

// seconds turns a field into a duration, without overflow.
func seconds(field string, n int) (time.Duration, error) {
	if n < 0 || n > 366*24*3600 {
		return 0, badRequest(field + " must be 0 to 31622400")
	}
	return time.Duration(n) * time.Second, nil
}

var windowParams = []param{
	{"offset", "integer", "how many to leave out at the beginning; default 0"},
	{"limit", "integer", "how many to answer at most, 1 to 1000; default 100"},
}
