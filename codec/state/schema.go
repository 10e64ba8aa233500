package state

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// formatVersion is key "v" of the schema map and the upper nibble of a B-frame's class.
const formatVersion = 0

// Type describes the entities of one table.
type Type struct {
	Name   string
	Fields []Field
}

func (t *Type) check() error {
	if t.Name == "" || len(t.Name) > maxName {
		return fmt.Errorf("type %q: name must have 1 to %d bytes", t.Name, maxName)
	}
	if len(t.Fields) == 0 || len(t.Fields) > maxFields {
		return fmt.Errorf("type %q: %d fields, need 1 to %d", t.Name, len(t.Fields), maxFields)
	}
	seen := map[string]bool{}
	for i := range t.Fields {
		f := &t.Fields[i]
		if err := f.check(); err != nil {
			return fmt.Errorf("type %q: %w", t.Name, err)
		}
		if seen[f.Name] {
			return fmt.Errorf("type %q: field %q twice", t.Name, f.Name)
		}
		seen[f.Name] = true
	}
	return nil
}

// Schema is what a client must know before it can read frames.
type Schema struct {
	Hz    int
	Types []Type

	hash string
	book *codebook
}

// Hash is the same for two servers exactly when their types are the same. A
// client that knows it, and the epoch, needs no schema.
func (s *Schema) Hash() string { return s.hash }

func hashTypes(types []Type) string {
	sum := sha256.Sum256(appendTypes(nil, types))
	return hex.EncodeToString(sum[:8])
}

func appendTypes(dst []byte, types []Type) []byte {
	dst = appendArray(dst, len(types))
	for i := range types {
		t := &types[i]
		dst = appendString(appendArray(dst, 2), t.Name)
		dst = appendArray(dst, len(t.Fields))
		for j := range t.Fields {
			dst = appendField(dst, &t.Fields[j], types)
		}
	}
	return dst
}

const flagPred = 1

// appendField writes [name, kind, bits, min, step, flags, extra].
func appendField(dst []byte, f *Field, types []Type) []byte {
	dst = appendString(appendArray(dst, 7), f.Name)
	dst = appendString(dst, f.Kind.String())
	dst = appendUint(dst, uint32(f.Bits))
	dst = appendNumber(dst, f.Min)
	dst = appendNumber(dst, f.Step)
	flags := uint32(0)
	if f.Pred {
		flags |= flagPred
	}
	dst = appendUint(dst, flags)
	switch {
	case f.Kind == Ref:
		return appendString(dst, f.Ref)
	case f.Kind.variable():
		return appendUint(dst, uint32(f.Max))
	}
	return appendUint(dst, 0)
}
