package itip

import (
	"go/build"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"usher/integration/need"
)

// goWindowsZones are the Windows names that the source of package time has, with the IANA names that stand behind
// them as comments; both come from CLDR.
func goWindowsZones(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(build.Default.GOROOT, "src/time/zoneinfo_abbrs_windows.go"))
	if err != nil {
		need.Missing(t, "the source of package time is not there")
	}
	zones := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\s*"([^"]+)":\s*\{.*// (\S+)$`).FindAllStringSubmatch(string(data), -1) {
		zones[m[1]] = m[2]
	}
	return zones
}

// TestDEV_03_WindowsZonesOfGo compares what Windows names mean with what package time has, from 2000 to 2040.
func TestDEV_03_WindowsZonesOfGo(t *testing.T) {
	zones := goWindowsZones(t)
	if len(zones) < 130 {
		t.Fatalf("%d zones read", len(zones))
	}
	for name, iana := range zones {
		got, ok := Location(name)
		want, err := time.LoadLocation(iana)
		if !ok || err != nil {
			t.Errorf("%s, which is %s: found %v, %v", name, iana, ok, err)
			continue
		}
		for at := daysOf(2000, 1, 1) * day; at < daysOf(2040, 1, 1)*day; at += day + 3600 {
			if g, w := (&Zone{loc: got}).offset(at), (&Zone{loc: want}).offset(at); g != w {
				t.Errorf("%s is %s, in package time %s: %d seconds ahead of UTC on %s, there %d", name, got, want, g, shownAt(at), w)
				break
			}
		}
	}
	t.Logf("%d names of package time, %d here", len(zones), len(windowsZones()))
}
