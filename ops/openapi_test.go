package ops_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tickwire/ops"
)

type object = map[string]any

// document is the OpenAPI document, with what a test has seen of it.
type document struct {
	t    *testing.T
	root object
	seen map[string]map[int]bool // operationId → statuses
}

func readDocument(t *testing.T, s *ops.Server) *document {
	t.Helper()
	status, body := get(s, "/api/openapi.json")
	d := &document{t: t, seen: map[string]map[int]bool{}}
	if status != 200 || json.Unmarshal([]byte(body), &d.root) != nil || d.root["openapi"] != "3.1.0" {
		t.Fatalf("/api/openapi.json: %d %.200s", status, body)
	}
	return d
}

// operations yields path, method and operation.
func (d *document) operations() func(yield func(path string, op object) bool) {
	return func(yield func(string, object) bool) {
		for path, methods := range d.root["paths"].(object) {
			for method, op := range methods.(object) {
				if !yield(strings.ToUpper(method)+" "+path, op.(object)) {
					return
				}
			}
		}
	}
}

// find returns the operation that serves a path.
func (d *document) find(method, path string) object {
	path, _, _ = strings.Cut(path, "?")
	for pattern, op := range d.operations() {
		if matches(pattern, method+" "+path) {
			return op
		}
	}
	d.t.Fatalf("%s %s is not in the document", method, path)
	return nil
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	return len(want) == len(got) && !slices.ContainsFunc(want, func(part string) bool {
		i := slices.Index(want, part)
		return part != got[i] && !strings.HasPrefix(part, "{")
	})
}

// check fails the test if an answer is not as documented.
func (d *document) check(method, path string, status int, body string) {
	d.t.Helper()
	op := d.find(method, path)
	name := op["operationId"].(string)
	if d.seen[name] == nil {
		d.seen[name] = map[int]bool{}
	}
	d.seen[name][status] = true
	response, ok := op["responses"].(object)[strconv.Itoa(status)].(object)
	if !ok {
		d.t.Errorf("%s %s: status %d is not documented: %s", method, path, status, body)
		return
	}
	response = d.resolve(response)
	content, ok := response["content"].(object)
	if !ok {
		if body != "" {
			d.t.Errorf("%s %s: %d has no content, but answers %s", method, path, status, body)
		}
		return
	}
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		d.t.Errorf("%s %s: %v: %s", method, path, err, body)
		return
	}
	if err := d.valid(v, content["application/json"].(object)["schema"].(object), "body"); err != nil {
		d.t.Errorf("%s %s: %d: %v: %s", method, path, status, err, body)
	}
}

func (d *document) resolve(o object) object {
	ref, ok := o["$ref"].(string)
	if !ok {
		return o
	}
	at := d.root
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		next, ok := at[part].(object)
		if !ok {
			d.t.Fatalf("%s leads nowhere", ref)
		}
		at = next
	}
	return at
}

// valid checks a value against a schema.
func (d *document) valid(v any, schema object, at string) error {
	schema = d.resolve(schema)
	if !hasType(v, schema["type"]) {
		return fmt.Errorf("%s is %T, want %v", at, v, schema["type"])
	}
	if list, ok := schema["enum"].([]any); ok && !slices.Contains(list, v) {
		return fmt.Errorf("%s is %v, want one of %v", at, v, list)
	}
	switch v := v.(type) {
	case string:
		if schema["format"] == "date-time" {
			_, err := time.Parse(time.RFC3339, v)
			return err
		}
	case []any:
		for i, item := range v {
			if err := d.valid(item, schema["items"].(object), fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case object:
		return d.validObject(v, schema, at)
	}
	return nil
}

func (d *document) validObject(v, schema object, at string) error {
	properties, _ := schema["properties"].(object)
	for key, item := range v {
		property, ok := properties[key].(object)
		switch {
		case ok:
			if err := d.valid(item, property, at+"."+key); err != nil {
				return err
			}
		case schema["additionalProperties"] != true:
			return fmt.Errorf("%s.%s is not documented", at, key)
		}
	}
	required, _ := schema["required"].([]any)
	for _, key := range required {
		if _, ok := v[key.(string)]; !ok {
			return fmt.Errorf("%s.%v is missing", at, key)
		}
	}
	return nil
}

func hasType(v, want any) bool {
	if list, ok := want.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return hasType(v, one) })
	}
	switch v := v.(type) {
	case nil:
		return want == "null"
	case bool:
		return want == "boolean"
	case string:
		return want == "string"
	case float64:
		return want == "number" || want == "integer" && v == float64(int64(v))
	case []any:
		return want == "array"
	}
	return want == "object"
}
