package message

// Path leads from the root of a MIME tree to a part: child numbers from 0. The empty path is the root.
type Path []int

// Message is one mail.
type Message struct{ Header Header }
