// Package office is the example office: people, rooms and a footer, for the demo and for tests.
package office

import "embed"

// Files are the example's own files: office.ldif, footer.txt, footer.html and the mails of the demo.
//
//go:embed office.ldif footer.txt footer.html mails
var Files embed.FS
