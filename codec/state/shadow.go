package state

import "unsafe"

// shadow holds the raw words of each entity's struct as they were when it was
// last compared, so that a commit looks only at fields whose words differ. It
// never follows a pointer it holds.
type shadow struct {
	words  int      // whole words per struct
	fields []uint32 // by word: the fields in it
	always uint32   // fields that the words do not tell about
	rows   []uint64 // slot*words + word
}

const wordSize = 8

// field notes where field i lies. What slices point to may change behind their
// back; strings do not.
func (s *shadow) field(i int, f structField, rowSize uintptr) {
	if s.fields == nil {
		s.words = int(rowSize / wordSize)
		s.fields = make([]uint32, s.words)
	}
	first, last := f.offset/wordSize, (f.offset+f.goType.Size()-1)/wordSize
	if f.Kind == Bytes || f.Kind == List || int(last) >= s.words {
		s.always |= 1 << i
		return
	}
	for word := first; word <= last; word++ {
		s.fields[word] |= 1 << i
	}
}

func (s *shadow) grow(slots int) {
	s.rows = append(s.rows, make([]uint64, slots*s.words-len(s.rows))...)
}

// compare returns the fields that may have changed and takes over their words.
func (s *shadow) compare(row unsafe.Pointer, slot int) (suspects uint32) {
	suspects = s.always
	old := s.rows[slot*s.words : (slot+1)*s.words]
	for i := range old {
		if now := *(*uint64)(unsafe.Add(row, i*wordSize)); now != old[i] {
			old[i] = now
			suspects |= s.fields[i]
		}
	}
	return suspects
}
