package replay

import "encoding/binary"

// A record is its kind, then its fields: numbers as varints, texts and data as
// length and bytes.

// AppendStart appends the record that begins every log.
func AppendStart(dst []byte, h *Header) []byte {
	dst = append(dst, byte(Start))
	dst = appendText(dst, h.Build)
	dst = appendText(dst, h.Game)
	dst = appendText(dst, h.Match)
	dst = binary.LittleEndian.AppendUint64(dst, h.Seed)
	dst = binary.AppendUvarint(dst, uint64(h.Hz))
	dst = binary.AppendUvarint(dst, uint64(h.SendHz))
	dst = binary.AppendUvarint(dst, uint64(h.MaxPlayers))
	return binary.AppendUvarint(dst, uint64(h.Started))
}

// AppendJoin appends who joins.
func AppendJoin(dst []byte, p *Player) []byte {
	dst = append(dst, byte(Join))
	dst = binary.AppendUvarint(dst, uint64(p.Seat))
	dst = binary.AppendUvarint(dst, uint64(p.Team))
	dst = appendFlag(dst, p.Bot)
	dst = appendText(dst, p.ID)
	dst = appendText(dst, p.Name)
	return appendText(dst, p.Account)
}

// AppendLeave appends who leaves.
func AppendLeave(dst []byte, seat int) []byte {
	return binary.AppendUvarint(append(dst, byte(Leave)), uint64(seat))
}

// AppendAway appends whose connection broke, or is back.
func AppendAway(dst []byte, seat int, away bool) []byte {
	return appendFlag(binary.AppendUvarint(append(dst, byte(Away)), uint64(seat)), away)
}

// AppendInput appends an input as the rules get it.
func AppendInput(dst []byte, seat int, seq uint32, view uint64, repeated bool, payload []byte) []byte {
	dst = binary.AppendUvarint(append(dst, byte(Input)), uint64(seat))
	dst = binary.AppendUvarint(dst, uint64(seq))
	dst = binary.AppendUvarint(dst, view)
	return appendData(appendFlag(dst, repeated), payload)
}

// AppendSum appends a [Step] or a [Close].
func AppendSum(dst []byte, k Kind, sum uint32, rand uint16) []byte {
	dst = binary.LittleEndian.AppendUint32(append(dst, byte(k)), sum)
	return binary.LittleEndian.AppendUint16(dst, rand)
}

// AppendBytes appends a [Schema], [Tables], [Frame] or [Key].
func AppendBytes(dst []byte, k Kind, data []byte) []byte {
	return appendData(append(dst, byte(k)), data)
}

// AppendEvent appends an event of the rules to everybody, seat -1, or to one.
func AppendEvent(dst []byte, seat int, name string, payload []byte) []byte {
	dst = binary.AppendUvarint(append(dst, byte(Event)), uint64(seat+1))
	return appendData(appendText(dst, name), payload)
}

// AppendEnd appends how the match ended.
func AppendEnd(dst []byte, reason string, result []byte) []byte {
	return appendData(appendText(append(dst, byte(End)), reason), result)
}

func appendText(dst []byte, s string) []byte {
	s = s[:min(len(s), maxText)]
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendData(dst, data []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(data))), data...)
}

func appendFlag(dst []byte, flag bool) []byte {
	if flag {
		return append(dst, 1)
	}
	return append(dst, 0)
}
