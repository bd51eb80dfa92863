package itip

import (
	"strings"
	"sync"
	"time"
)

// locations remembers the zones that were loaded. Only what exists is kept, so that it stays small.
var locations sync.Map // of IANA name to *time.Location

// Location finds the zone that a TZID without VTIMEZONE means: an IANA name, one behind a path as Evolution,
// Thunderbird and Kolab write it, a Windows name, also with the number that Exchange appends to tell two zones
// of one name apart, or the name that Outlook shows (DEV-03).
func Location(tzid string) (*time.Location, bool) {
	if name, ok := ianaName(tzid); ok {
		return iana(name)
	}
	return windows(plain(tzid))
}

// ianaName is the IANA name that a TZID is, or has behind a path.
func ianaName(tzid string) (name string, ok bool) {
	name = plain(tzid)
	if _, ok := iana(name); ok {
		return name, true
	}
	if !strings.HasPrefix(name, "/") {
		return "", false
	}
	for rest := name; strings.Contains(rest, "/"); {
		_, rest, _ = strings.Cut(rest, "/")
		if _, ok := iana(rest); ok {
			return rest, true
		}
	}
	return "", false
}

// plain is a TZID without what was escaped in it.
func plain(tzid string) string { return strings.TrimSpace(strings.ReplaceAll(tzid, `\`, "")) }

// iana loads a zone by name. Names that the zone database has for other purposes, and the zone of this machine,
// are none.
func iana(name string) (*time.Location, bool) {
	if loc, ok := locations.Load(name); ok {
		return loc.(*time.Location), true
	}
	if name == "" || name == "Local" || tokenLen(strings.ReplaceAll(name, "+", "")) != len(strings.ReplaceAll(name, "+", "")) ||
		strings.HasPrefix(name, "right/") || strings.HasPrefix(name, "posix") || strings.Contains(name, ".") {
		return nil, false
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	locations.Store(name, loc)
	return loc, true
}

// windows finds a zone by its Windows name or by the name that Outlook shows for it.
func windows(name string) (*time.Location, bool) {
	name = strings.ToLower(strings.TrimPrefix(strings.ToLower(name), "tzone://microsoft/"))
	if name == "z" || name == "utc" || name == "gmt" || name == "coordinated universal time" {
		return time.UTC, true
	}
	if loc, ok := windowsZone(name); ok {
		return loc, true
	}
	if cut := strings.TrimRight(name, "0123456789"); cut != name && strings.HasSuffix(cut, " ") {
		if loc, ok := windowsZone(strings.TrimSpace(cut)); ok { // "W. Europe Standard Time 1"
			return loc, true
		}
	}
	return shown(name)
}

func windowsZone(name string) (*time.Location, bool) {
	zone, ok := windowsZones()[name]
	if !ok {
		return nil, false
	}
	return iana(zone)
}

// shown reads names as Outlook shows them: "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna". With
// nothing behind the bracket it is a fixed offset.
func shown(name string) (*time.Location, bool) {
	offset, places, ok := strings.Cut(strings.TrimPrefix(name, "("), ")")
	if places = strings.TrimSpace(places); ok && places != "" {
		zone, found := shownZones()[places]
		if !found {
			return nil, false
		}
		return iana(zone)
	}
	offset = strings.TrimSpace(offset)
	for _, prefix := range []string{"utc", "gmt"} {
		if written, is := strings.CutPrefix(offset, prefix); is {
			if seconds, ok := parseOffset(strings.TrimSpace(written)); ok && strings.ContainsAny(written, "+-") {
				return time.FixedZone(strings.ToUpper(offset), int(seconds)), true
			}
			return time.UTC, written == ""
		}
	}
	return nil, false
}
