//go:build !linux

package imapcal

import "net"

// prompted is for systems that can be told to acknowledge at once.
func prompted(c net.Conn) net.Conn { return c }
