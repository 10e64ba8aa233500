package state

// ID names an entity of one table. The zero ID is no entity.
//
// The low 16 bits are the slot + 1, which is also how a reference travels; the
// high 16 bits are the slot's generation, so an ID kept past its entity's life
// finds nothing. In a [Replica] the generation is 0.
type ID uint32

const maxSlots = 1<<16 - 2

func makeID(slot int, generation uint16) ID {
	return ID(uint32(generation)<<16 | uint32(slot+1))
}

// Slot is the entity's place in its table, -1 for the zero ID.
func (id ID) Slot() int { return int(id&0xffff) - 1 }

func (id ID) generation() uint16 { return uint16(id >> 16) }
