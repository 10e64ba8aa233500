package lobby

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Query picks lobbies from the public ones and orders them.
//
// Its form, as a client sends it:
//
//	{
//	  game:  "arena",                       // optional
//	  where: {
//	    phase:    "gathering",              // equal
//	    players:  {gte: 2, lt: 8},          // range
//	    "meta.map": {in: ["hills", "lake"]},
//	    or: [{free: {gt: 0}}, {name: "x"}]  // any of these
//	  },
//	  sort:  ["-players", "name"],          // "-": descending; then by age
//	  limit: 50
//	}
//
// Conditions side by side must all hold. The operators are eq, ne, lt, lte, gt,
// gte and in; a value alone means eq. The fields are id, game, name, phase,
// players, max, free (seats), password, locked and meta.<label>. A label that a
// lobby does not have satisfies ne alone.
type Query struct {
	where condition
	sort  []order
	limit int
	key   string // the same for queries with the same answer
}

const (
	maxConditions = 32
	maxAlternates = 3 // nesting of or
	maxChoices    = 64
	maxSorts      = 4
	maxLimit      = 200
	defaultLimit  = 100
	maxQuery      = 32 << 10 // bytes of its normal form, which is kept while it is followed
)

// condition tells whether a lobby is wanted.
type condition interface {
	holds(s *Summary) bool
}

type (
	allOf []condition
	anyOf []condition
	test  struct {
		field field
		op    string
		value any
		in    []any
	}
	order struct {
		field      field
		descending bool
	}
)

func (c allOf) holds(s *Summary) bool {
	for _, one := range c {
		if !one.holds(s) {
			return false
		}
	}
	return true
}

func (c anyOf) holds(s *Summary) bool {
	return slices.ContainsFunc(c, func(one condition) bool { return one.holds(s) })
}

func (c *test) holds(s *Summary) bool {
	v := c.field.of(s)
	switch c.op {
	case "eq":
		return v == c.value
	case "ne":
		return v != c.value
	case "in":
		return slices.Contains(c.in, v)
	}
	if kindOf(v) != kindOf(c.value) {
		return false // also a label that is not there
	}
	switch n := compare(v, c.value); c.op {
	case "lt":
		return n < 0
	case "lte":
		return n <= 0
	case "gt":
		return n > 0
	default:
		return n >= 0
	}
}

// ParseQuery reads a query from the generic values of a MessagePack or JSON
// object. nil and the empty object are the query for everything.
func ParseQuery(object map[string]any) (*Query, error) {
	p := queryParser{}
	q := &Query{limit: defaultLimit}
	var all allOf
	for _, key := range slices.Sorted(maps.Keys(object)) {
		switch value := object[key]; key {
		case "game":
			name, ok := value.(string)
			if !ok {
				return nil, refuse(BadRequest, "query: game must be a string")
			}
			all = append(all, &test{field: field{name: "game"}, op: "eq", value: limit(name, 64)})
		case "where":
			where, ok := value.(map[string]any)
			if !ok {
				return nil, refuse(BadRequest, "query: where must be an object")
			}
			all = append(all, p.where(where, 0))
		case "sort":
			q.sort = p.sorts(value)
		case "limit":
			n, ok := number(value)
			if !ok || n < 1 || n > maxLimit {
				return nil, refuse(BadRequest, "query: limit must be 1 to %d", maxLimit)
			}
			q.limit = int(n)
		default:
			return nil, refuse(BadRequest, "query: unknown key %q", limit(key, 32))
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	q.where = all
	if q.key = q.String(); len(q.key) > maxQuery {
		return nil, refuse(BadRequest, "query: it is too long")
	}
	return q, nil
}

// Match tells whether the query wants a lobby.
func (q *Query) Match(s *Summary) bool { return q.where.holds(s) }

// compare orders two lobbies; 0 leaves it to their age.
func (q *Query) compare(a, b *Summary) int {
	for _, o := range q.sort {
		n := compare(o.field.of(a), o.field.of(b))
		if o.descending {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return 0
}

// String returns the query in a normal form.
func (q *Query) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v sort", q.where)
	for _, o := range q.sort {
		fmt.Fprintf(&b, " %q %v", o.field.name+o.field.label, o.descending)
	}
	fmt.Fprintf(&b, " limit %d", q.limit)
	return b.String()
}

func (c *test) String() string {
	return fmt.Sprintf("%q %q %s %#v %#v", c.field.name, c.field.label, c.op, c.value, c.in)
}

func (c allOf) String() string { return "all" + fmt.Sprint([]condition(c)) }
func (c anyOf) String() string { return "any" + fmt.Sprint([]condition(c)) }

// queryParser keeps the first mistake and what was used up of the limits.
type queryParser struct {
	conditions int
	err        error
}

func (p *queryParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = refuse(BadRequest, "query: "+format, args...)
	}
}

func (p *queryParser) where(object map[string]any, depth int) condition {
	var all allOf
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if p.err != nil {
			return nil
		}
		if key == "or" {
			all = append(all, p.or(object[key], depth))
			continue
		}
		f, ok := fieldOf(key)
		if !ok {
			p.fail("no field is called %q", limit(key, 40))
			return nil
		}
		all = append(all, p.tests(f, object[key])...)
	}
	return all
}

func (p *queryParser) or(value any, depth int) condition {
	list, ok := value.([]any)
	if !ok || len(list) == 0 || depth >= maxAlternates {
		p.fail("or must be a list of conditions, nested at most %d times", maxAlternates)
		return nil
	}
	var some anyOf
	for _, one := range list {
		object, ok := one.(map[string]any)
		if !ok {
			p.fail("or must be a list of objects")
			return nil
		}
		if p.count(); p.err != nil {
			return nil
		}
		some = append(some, p.where(object, depth+1))
	}
	return some
}

func (p *queryParser) tests(f field, value any) []condition {
	operators, ok := value.(map[string]any)
	if !ok {
		operators = map[string]any{"eq": value}
	}
	var tests []condition
	for _, op := range slices.Sorted(maps.Keys(operators)) {
		if p.count(); p.err != nil {
			return nil
		}
		c := &test{field: f, op: op}
		switch op {
		case "in":
			c.in = p.choices(operators[op])
		case "eq", "ne", "lt", "lte", "gt", "gte":
			c.value = p.value(operators[op])
		default:
			p.fail("no operator is called %q", limit(op, 32))
		}
		tests = append(tests, c)
	}
	return tests
}

func (p *queryParser) count() {
	if p.conditions++; p.conditions > maxConditions {
		p.fail("more than %d conditions", maxConditions)
	}
}

func (p *queryParser) choices(value any) []any {
	list, ok := value.([]any)
	if !ok || len(list) > maxChoices {
		p.fail("in must be a list of at most %d values", maxChoices)
		return nil
	}
	choices := make([]any, len(list))
	for i, v := range list {
		choices[i] = p.value(v)
	}
	return choices
}

func (p *queryParser) value(v any) any {
	v = plain(v)
	if s, ok := v.(string); ok && len(s) > 256 {
		p.fail("a string is longer than 256 bytes")
	}
	if v == nil {
		p.fail("values must be strings, numbers or booleans")
	}
	return v
}

func (p *queryParser) sorts(value any) []order {
	list, ok := value.([]any)
	if s, one := value.(string); one {
		list, ok = []any{s}, true
	}
	if !ok || len(list) > maxSorts {
		p.fail("sort must be at most %d names of fields", maxSorts)
		return nil
	}
	orders := make([]order, 0, len(list))
	for _, v := range list {
		s, _ := v.(string)
		name, descending := strings.CutPrefix(s, "-")
		f, ok := fieldOf(name)
		if !ok {
			p.fail("sort: no field is called %q", limit(name, 40))
			return nil
		}
		orders = append(orders, order{f, descending})
	}
	return orders
}

// compare orders two values: numbers, then strings, then booleans, then what
// is not there.
func compare(a, b any) int {
	if n := cmp.Compare(kindOf(a), kindOf(b)); n != 0 {
		return n
	}
	switch a := a.(type) {
	case float64:
		return cmp.Compare(a, b.(float64))
	case string:
		return strings.Compare(a, b.(string))
	case bool:
		switch {
		case a == b:
			return 0
		case a:
			return 1
		}
		return -1
	}
	return 0
}
