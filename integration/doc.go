// Package integration tests Usher against real servers; its folders hold what starts them. The package itself
// has nothing but tests: what only a real Postfix can show about the wire is here.
package integration
