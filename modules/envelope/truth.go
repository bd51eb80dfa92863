package envelope

// truth is of three values: what nobody could be asked about is neither yes nor no.
type truth int8

const (
	no truth = iota
	unsure
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// or is yes if one is, and no only if both are.
func (t truth) or(other truth) truth { return max(t, other) }

// and is no if one is, and yes only if both are.
func (t truth) and(other truth) truth { return min(t, other) }
