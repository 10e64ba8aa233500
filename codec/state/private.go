package state

// Private holds entities that only their owner's views show: a hand of cards, an
// inventory.
type Private[T any] struct {
	table *Table[T]
}

// RegisterPrivate adds a type like [Register] whose entities have an owner.
func RegisterPrivate[T any](w *World, name string) *Private[T] {
	t := Register[T](w, name)
	t.store.owned = map[Owner]*bitset{}
	return &Private[T]{t}
}

// Spawn adds an entity for an owner. The zero ID says that the table is full.
func (p *Private[T]) Spawn(owner Owner, v T) ID {
	id := p.table.Spawn(v)
	if id != 0 {
		p.table.store.own(id.Slot(), owner)
	}
	return id
}

func (s *store) own(slot int, owner Owner) {
	for len(s.owners) <= slot {
		s.owners = append(s.owners, 0)
	}
	s.owners[slot] = owner
	b := s.owned[owner]
	if b == nil {
		b = new(bitset)
		s.owned[owner] = b
	}
	*b = b.resized(slot>>6 + 1)
	b.set(slot)
}

func (s *store) disown(slot int) {
	owner := s.owners[slot]
	b := s.owned[owner]
	b.unset(slot)
	if b.count() == 0 {
		delete(s.owned, owner)
	}
}

// Owner of an entity; 0 if there is none such.
func (p *Private[T]) Owner(id ID) Owner {
	slot, ok := p.table.store.find(id)
	if !ok {
		return 0
	}
	return p.table.store.owners[slot]
}

// Edit is like [Table.Edit].
func (p *Private[T]) Edit(id ID) *T { return p.table.Edit(id) }

// Get is like [Table.Get].
func (p *Private[T]) Get(id ID) *T { return p.table.Get(id) }

// Despawn is like [Table.Despawn].
func (p *Private[T]) Despawn(id ID) bool { return p.table.Despawn(id) }

// Len is the number of entities.
func (p *Private[T]) Len() int { return p.table.Len() }

func (p *Private[T]) base() *store { return p.table.store }
func (t *Table[T]) base() *store   { return t.store }
func (d *Dynamic) base() *store    { return d.store }
