package itip

import "slices"

// methods says which methods each kind of component has (RFC 5546 3.2 to 3.5).
var methods = map[string][]string{
	Event:    {"PUBLISH", "REQUEST", "REPLY", "ADD", "CANCEL", "REFRESH", "COUNTER", "DECLINECOUNTER"},
	Todo:     {"PUBLISH", "REQUEST", "REPLY", "ADD", "CANCEL", "REFRESH", "COUNTER", "DECLINECOUNTER"},
	Journal:  {"PUBLISH", "ADD", "CANCEL"},
	FreeBusy: {"PUBLISH", "REQUEST", "REPLY"},
}

// Supported tells whether RFC 5546 knows this method, in upper case, for this kind of component; what it does not
// know is left untouched.
func Supported(method, kind string) bool { return slices.Contains(methods[kind], method) }
