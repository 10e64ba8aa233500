package state

// fieldPlan is what encoders and decoders need of a numeric field. Both sides
// compute predictions with it, so that they agree to the bit.
type fieldPlan struct {
	op       fieldOp
	bits     uint8
	wrap     bool
	lo, hi   int32
	teleport int32 // |d| from here on is a jump; 0 never predicts
}

// fieldOp is how a changed value is coded.
type fieldOp uint8

const (
	opRaw      fieldOp = iota // its bits
	opResidual                // difference to the old value
	opPredict                 // difference to the old value and motion
	opText
	opList
)

func planField(f *Field) fieldPlan {
	p := fieldPlan{bits: uint8(f.Bits), wrap: f.Kind == Angle, lo: int32(f.low()), hi: int32(uint32(f.high()))}
	switch {
	case f.Kind == List:
		p.op = opList
	case f.Kind.variable():
		p.op = opText
	case f.Kind == Float || f.Bits <= 2:
		p.op = opRaw
	case f.Pred:
		p.op, p.teleport = opPredict, f.teleport()
	default:
		p.op = opResidual
	}
	return p
}

// teleport is the smallest |d| that is not carried on.
func (f *Field) teleport() int32 { return 1 << max(f.Bits-6, 3) }

// motion is what a client will expect of the next tick: the same change again,
// unless the field is not predicted or has jumped.
func (p *fieldPlan) motion(v, old int32) int32 {
	if p.teleport == 0 {
		return 0
	}
	d := v - old
	if p.wrap {
		d = p.wrapped(d)
	}
	if d >= p.teleport || d <= -p.teleport {
		return 0
	}
	return d
}

// wrapped brings a difference into [-2^(bits-1), 2^(bits-1)).
func (p *fieldPlan) wrapped(d int32) int32 {
	return d << (32 - p.bits) >> (32 - p.bits)
}

// expect is the prediction v moved by d: turned around or kept in range.
func (p *fieldPlan) expect(v, d int32) int32 {
	if p.wrap {
		return (v + d) & p.hi
	}
	return min(max(v+d, p.lo), p.hi)
}

// residual codes v against its prediction.
func (p *fieldPlan) residual(v, expected int32) uint32 {
	return zigzag(p.wrapped(v - expected))
}

// change is what a steady frame says of a field that becomes v (a residual, or
// the bits themselves), and the motion that follows. It is the inner loop of
// Commit: residual, expect and motion in one.
func (p *fieldPlan) change(v int32, old *cell, before uint32) (n news, d int32) {
	shift := 32 - p.bits
	switch p.op {
	case opPredict:
		expected := old.v
		if old.last == before && old.d != 0 {
			expected = p.expect(old.v, old.d)
			n.motionBits = motionBits(old.d)
		}
		d = v - old.v
		if p.wrap {
			d = d << shift >> shift
		}
		if d >= p.teleport || d <= -p.teleport {
			d = 0
		}
		n.u = zigzag((v - expected) << shift >> shift)
	case opResidual:
		n.u = zigzag((v - old.v) << shift >> shift)
	default:
		n.u = uint32(p.raw(v))
	}
	return n, d
}

// restore is the inverse of residual. Every u gives a value in range.
func (p *fieldPlan) restore(u uint32, expected int32) int32 {
	v := expected + unzigzag(u)
	if p.lo < 0 {
		return p.wrapped(v)
	}
	return int32(uint32(v) & uint32(p.hi))
}

// stored brings raw bits back to a stored integer.
func (p *fieldPlan) stored(raw uint32) int32 {
	if p.lo < 0 {
		return p.wrapped(int32(raw))
	}
	return int32(raw)
}

func (p *fieldPlan) raw(v int32) uint64 {
	return uint64(uint32(v)) & (1<<p.bits - 1)
}
