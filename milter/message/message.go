// Package message is one mail that never changes: an ordered list of header fields, a body that may lie in a
// file, and a lazy tree of MIME parts as byte spans. Rewriting makes a new message by splicing, so that every
// byte not meant to change is the same afterwards.
//
// It knows RFC 5322 and RFC 2045 to 2049. It does not know envelopes, milters or policies.
package message
