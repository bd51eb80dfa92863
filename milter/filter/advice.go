package filter

// Adviser is a module that knows what its settings allow and a postmaster may not have meant, alone or together with
// what the host says. It is told at every start and by usher check, and stops nothing.
type Adviser interface {
	Advice() Mistakes
}
