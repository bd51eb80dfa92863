package doctor

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestExpand(t *testing.T) {
	values := map[string]string{"a": "A", "empty": "", "b": "$a$a", "loop": "x$loop", "bomb": strings.Repeat("$b", 1000)}
	lookup := func(name string) (string, bool) { v, ok := values[name]; return v, ok }
	for text, want := range map[string]string{
		"":                             "",
		"plain":                        "plain",
		"$a":                           "A",
		"${a}-$(a)":                    "A-A",
		"$b.":                          "AA.",
		"$$a":                          "$a",
		"$nobody":                      "",
		"${a?yes}${empty?yes}":         "yes",
		"${empty:no}${a:no}":           "noA",
		"${empty?{yes}:{$a}}":          "A",
		"${a?{yes $b}:{no}}":           "yes AA",
		"${{$a} == {A} ? {y} : {n}}":   "${{$a} == {A} ? {y} : {n}}",
		"tail $":                       "tail $",
		"${open":                       "${open",
		"${a?{open}":                   "${a?{open}",
		"unix:$a/inbound.sock, $empty": "unix:A/inbound.sock, ",
	} {
		if got := expand(text, lookup); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := expand("$loop", lookup); len(got) > maxDepth+1 {
		t.Errorf("a circle gives %d bytes", len(got))
	}
	if got := expand(strings.Repeat("$bomb", 1000), lookup); len(got) > maxValue {
		t.Errorf("%d bytes, want at most %d", len(got), maxValue)
	}
}

func TestMilters(t *testing.T) {
	for list, want := range map[string]string{
		"":                                  "[]",
		" unix:/a , inet:h:1\tinet:h:2":     "[{unix:/a map[]} {inet:h:1 map[]} {inet:h:2 map[]}]",
		"{unix:/a, default_action=accept}":  "[{unix:/a map[default_action:accept]}]",
		"{ inet:h:1, { a = b c } },unix:/b": "[{inet:h:1 map[a:b c]} {unix:/b map[]}]",
		"{ open":                            "[{{ open map[]}]",
		"{ unix:/a, { open }":               "[{{ unix:/a, { open } map[]}]",
		"{}":                                "[{ map[]}]",
	} {
		if got := fmt.Sprint(milters(list)); got != want {
			t.Errorf("%q: %s, want %s", list, got, want)
		}
	}
}

func TestSameHostPort(t *testing.T) {
	for _, tt := range []struct {
		listens, dials string
		want           bool
	}{
		{"127.0.0.1:10025", "127.0.0.1:10025", true},
		{"127.0.0.1:10025", "localhost:10025", true},
		{"[::1]:10025", "localhost:10025", true},
		{"0.0.0.0:10025", "mx.example.org:10025", true},
		{"192.0.2.1:10025", "192.0.2.2:10025", false},
		{"127.0.0.1:25", "localhost:smtp", true},
		{"127.0.0.1:10025", "127.0.0.1:10026", false},
		{"127.0.0.1:10025", "10025", false},
		{"127.0.0.1:8891", tcpAddress("inet:8891@localhost"), true},
		{"[::1]:8891", tcpAddress("inet:8891@[::1]"), true},
	} {
		if got := sameHostPort(tt.listens, tt.dials); got != tt.want {
			t.Errorf("%s meets %s: %v", tt.dials, tt.listens, got)
		}
	}
}

func TestPostfixTime(t *testing.T) {
	for text, want := range map[string]time.Duration{"30": 30 * time.Second, "300s": 5 * time.Minute, "5m": 5 * time.Minute,
		"1h": time.Hour, "2d": 48 * time.Hour, "1w": 7 * 24 * time.Hour} {
		if got, ok := postfixTime(text); !ok || got != want {
			t.Errorf("%s: %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "s", "m5", "-1s", "1y", "99999999999s"} {
		if got, ok := postfixTime(text); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}

// TestChrootDefault: what is left open was y before Postfix 3.
func TestChrootDefault(t *testing.T) {
	for level, want := range map[string]bool{"0": true, "0.9": true, "1": false, "3.6": false} {
		p, err := Read(Outputs{Main: "compatibility_level = " + level, Defaults: "mail_version = 3.7.11", Master: "smtp inet n - - - - smtpd"})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.chrooted(p.smtpds()[0]); got != want {
			t.Errorf("compatibility_level %s: %v", level, got)
		}
	}
}

func TestFoldedOutput(t *testing.T) {
	p, err := Read(Outputs{Main: "smtpd_milters = unix:/a,\n    unix:/b\nmyhostname = mx", Defaults: "mail_version = 3",
		Master: "smtp inet n - n - - smtpd\n    -o smtpd_milters=unix:/c\n"})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Get(nil, "smtpd_milters"); got != "unix:/a, unix:/b" {
		t.Errorf("folded: %q", got)
	}
	if n := len(p.smtpds()); n != 1 {
		t.Errorf("%d services", n)
	}
}

func TestNotTheOutputOfPostconf(t *testing.T) {
	good := Outputs{Defaults: "mail_version = 3.7.11"}
	for _, change := range []func(*Outputs){
		func(o *Outputs) { o.Main = "usage: postconf" },
		func(o *Outputs) { o.Defaults = "" },
		func(o *Outputs) { o.Master = "smtp inet n" },
		func(o *Outputs) { o.Overrides = "smtpd_milters = x" },
		func(o *Outputs) { o.Overrides = "no sign at all" },
		func(o *Outputs) { o.Main = "a = " + strings.Repeat("x", maxLine+1) },
	} {
		o := good
		change(&o)
		if _, err := Read(o); err == nil {
			t.Errorf("no error for %.100q", fmt.Sprint(o))
		}
	}
}

func FuzzExamine(f *testing.F) {
	f.Add("smtpd_milters = { unix:/run/usher/inbound.sock, {a = $b} }\nb = ${c?{x}:{y}}", "smtp inet n - y - - smtpd", "smtp/inet/smtpd_milters = $b")
	f.Add("x = $(", "[::1]:25 inet n - - - 0 smtpd", "[::1]:25/inet/milter_protocol = 2")
	f.Add("", "cleanup unix n - - - 0 cleanup", "cleanup/unix/non_smtpd_milters = inet:1@h")
	f.Fuzz(func(t *testing.T, main, master, overrides string) {
		p, err := Read(Outputs{Main: main, Defaults: "mail_version = 3", Master: master, Overrides: overrides})
		if err != nil {
			return
		}
		for _, one := range Examine(p, ours, there("/run/usher/inbound.sock")) {
			if one.Severity == "" || one.ID == "" || one.Where == "" || one.Text == "" {
				t.Errorf("%+v", one)
			}
		}
	})
}
