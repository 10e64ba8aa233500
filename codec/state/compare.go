package state

import (
	"fmt"
	"slices"
)

// Difference is one value in which a world and a replica differ.
type Difference struct {
	Type   string
	Slot   int    // the entity's place in its table
	Field  string // "": the entity is on one side alone
	World  string // the value there; "absent" for an entity that is not
	Remote string // the value in the replica, likewise
}

func (d Difference) String() string {
	if d.Field == "" {
		return fmt.Sprintf("%s %d: %s here, %s there", d.Type, d.Slot, d.World, d.Remote)
	}
	return fmt.Sprintf("%s %d %s: %s here, %s there", d.Type, d.Slot, d.Field, d.World, d.Remote)
}

const (
	present = "present"
	absent  = "absent"
)

// Compare returns the differences between what a view shows of its world and a
// replica of the same schema, in the order of types, slots and fields, and at
// most limit of them. It is for tools: it is not fast.
func (v *View) Compare(r *Replica, limit int) (found []Difference) {
	if len(r.types) != len(v.world.stores) {
		return []Difference{{Type: "schema", World: v.world.schema.hash, Remote: r.schema.hash}}
	}
	for i, s := range v.world.stores {
		t, now := r.types[i], v.setOf(s).now
		for slot := range max(len(now), len(t.live)) * 64 {
			here, there := now.has(slot), t.live.has(slot)
			switch {
			case here && there:
				found = s.compareEntity(found, slot, t)
			case here:
				found = append(found, Difference{s.typ.Name, slot, "", present, absent})
			case there:
				found = append(found, Difference{s.typ.Name, slot, "", absent, present})
			}
			if len(found) >= limit {
				return found[:limit]
			}
		}
	}
	return found
}

func (s *store) compareEntity(found []Difference, slot int, t *replicaType) []Difference {
	if len(t.fields) != len(s.fields) {
		return append(found, Difference{Type: s.typ.Name, Slot: slot, World: fmt.Sprint(len(s.fields), " fields"), Remote: fmt.Sprint(len(t.fields), " fields")})
	}
	for i := range s.typ.Fields {
		f := &s.typ.Fields[i]
		if f.Kind.variable() {
			if here, there := s.packedAt(slot, i), t.packedAt(slot, i); here != there {
				found = append(found, Difference{s.typ.Name, slot, f.Name, f.showText(here), f.showText(there)})
			}
			continue
		}
		if here, there := s.storedAt(slot, i), t.storedAt(slot, i); here != there {
			found = append(found, Difference{s.typ.Name, slot, f.Name, fmt.Sprint(f.Value(here)), fmt.Sprint(f.Value(there))})
		}
	}
	return found
}

func (f *Field) showText(s string) string {
	if f.Kind != List {
		return fmt.Sprintf("%q", s)
	}
	size := itemSize(f.Bits)
	var items []uint32
	for i := range len(s) / size {
		items = append(items, itemAt(s, size, i))
	}
	return fmt.Sprint(slices.Clip(items))
}
