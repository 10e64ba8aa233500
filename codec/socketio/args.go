package socketio

import (
	"fmt"
	"iter"
)

// Args are the arguments of an event or acknowledgement. The zero value has
// none. Args alias the packet that they came in.
type Args struct {
	body []byte // n values one after another
	n    int
}

// ArgsOf returns the elements of an array as arguments.
func ArgsOf(array Raw) Args { return array.array() }

// Len returns the number of arguments.
func (a Args) Len() int { return a.n }

// At returns the i-th argument, empty if there are not so many.
func (a Args) At(i int) Raw {
	if i < 0 || i >= a.n {
		return nil
	}
	for range i {
		_, a = a.shift()
	}
	first, _ := a.shift()
	return first
}

// shift splits off the first argument; a must have one.
func (a Args) shift() (first Raw, rest Args) {
	n := skip(a.body)
	return Raw(a.body[:n]), Args{body: a.body[n:], n: a.n - 1}
}

// All yields the arguments in order.
func (a Args) All() iter.Seq[Raw] {
	return func(yield func(Raw) bool) {
		for rest := a; rest.n > 0; {
			var first Raw
			first, rest = rest.shift()
			if !yield(first) {
				return
			}
		}
	}
}

// Decode stores the arguments in the values that the pointers point to, by the
// rules of [Raw.Decode]. Missing arguments leave their target untouched,
// surplus arguments are ignored.
func (a Args) Decode(into ...any) error {
	for i, target := range into {
		if a.n == 0 {
			return nil
		}
		var first Raw
		first, a = a.shift()
		if err := first.Decode(target); err != nil {
			return fmt.Errorf("argument %d: %w", i, err)
		}
	}
	return nil
}

// Spread returns the arguments as a list to be passed on, each still a Raw:
// Emit("again", args.Spread()...).
func (a Args) Spread() []any {
	list := make([]any, 0, a.n)
	for r := range a.All() {
		list = append(list, r)
	}
	return list
}

// AppendArray appends the arguments as one MessagePack array.
func (a Args) AppendArray(dst []byte) []byte {
	return append(appendArrayHead(dst, a.n), a.body...)
}

// Clone returns a copy that stays valid when the packet's bytes are reused.
func (a Args) Clone() Args {
	return Args{body: append([]byte(nil), a.body...), n: a.n}
}
