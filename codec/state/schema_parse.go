package state

import "fmt"

// maxSchema bounds a schema with its tables. Source: docs/state-format.md, "Limits".
const maxSchema = 64 << 10

// parseSchema reads a handshake map. Unknown keys are skipped: a newer server
// may say more.
func parseSchema(b []byte) (*Schema, error) {
	if len(b) > maxSchema {
		return nil, fmt.Errorf("schema of %d bytes, limit %d", len(b), maxSchema)
	}
	s, tables := &Schema{}, bookReader{}
	r := &reader{b: b}
	for n := r.mapLen(); n > 0 && !r.bad; n-- {
		switch key := string(r.str()); key {
		case "v":
			if v := r.uint32(); v != formatVersion {
				return nil, fmt.Errorf("state format %d, this client knows %d", v, formatVersion)
			}
		case "hash":
			s.hash = string(r.str())
		case "hz":
			s.Hz = int(r.uint32())
		case "types":
			s.Types = readTypes(r)
		default:
			if !tables.key(key, r) {
				r.skip(0)
			}
		}
	}
	if r.bad || len(r.b) > 0 {
		return nil, errShape
	}
	err := s.check()
	if err == nil {
		s.book, err = tables.book(s.Types)
	}
	return s, err
}

// parseTables reads the announcement of a new epoch.
func parseTables(b []byte, types []Type) (*codebook, error) {
	if len(b) > maxSchema {
		return nil, fmt.Errorf("tables of %d bytes, limit %d", len(b), maxSchema)
	}
	var tables bookReader
	r := &reader{b: b}
	for n := r.mapLen(); n > 0 && !r.bad; n-- {
		if !tables.key(string(r.str()), r) {
			r.skip(0)
		}
	}
	if r.bad || len(r.b) > 0 {
		return nil, errShape
	}
	return tables.book(types)
}

func (s *Schema) check() error {
	if len(s.Types) == 0 || len(s.Types) > maxTypes {
		return fmt.Errorf("%d types, need 1 to %d", len(s.Types), maxTypes)
	}
	seen := map[string]bool{}
	for i := range s.Types {
		if err := s.Types[i].check(); err != nil {
			return err
		}
		if seen[s.Types[i].Name] {
			return fmt.Errorf("type %q twice", s.Types[i].Name)
		}
		seen[s.Types[i].Name] = true
	}
	return nil
}

func readTypes(r *reader) []Type {
	n := r.array()
	if n > maxTypes {
		r.fail()
	}
	var types []Type
	for ; n > 0 && !r.bad; n-- {
		if r.array() != 2 {
			r.fail()
		}
		t := Type{Name: string(r.str())}
		fields := r.array()
		if fields > maxFields {
			r.fail()
		}
		for ; fields > 0 && !r.bad; fields-- {
			t.Fields = append(t.Fields, readField(r))
		}
		types = append(types, t)
	}
	return types
}

func readField(r *reader) Field {
	elements := r.array()
	f := Field{Name: string(r.str())}
	kind, ok := parseKind(string(r.str()))
	f.Kind = kind
	f.Bits = int(r.integerIn(0, 32))
	f.Min = r.number()
	f.Step = r.number()
	f.Pred = r.uint32()&flagPred != 0
	if f.Kind == Ref {
		f.Ref = string(r.str())
	} else {
		f.Max = int(r.integerIn(0, maxBytes))
	}
	if !ok || elements < 7 {
		r.fail()
	}
	for ; elements > 7 && !r.bad; elements-- {
		r.skip(0)
	}
	return f
}
