package milter

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"usher/milter/filter"
	"usher/milter/miltertest"
)

// lines gives the info lines of the log without their times.
func (h *host) lines() []string {
	var all []string
	for line := range strings.Lines(h.log.String()) {
		if _, rest, ok := strings.Cut(strings.TrimSpace(line), "level=INFO "); ok {
			all = append(all, regexp.MustCompile(`ms=\d+`).ReplaceAllString(rest, "ms=N"))
		}
	}
	return all
}

func TestOneLineForEachMail(t *testing.T) {
	h := start(t, filter.Submission, &fake{
		mail: func(_ context.Context, env *filter.Envelope) *filter.Refusal {
			if env.From == "spoof@example.org" {
				return refusal(553, "5.7.1", "Not your address")
			}
			return nil
		},
		rcpt: func(_ context.Context, _ *filter.Envelope, r filter.Recipient) *filter.Refusal {
			if r.Arg == "nobody@example.org" {
				return refusal(550, "5.1.1", "No such user")
			}
			return nil
		},
		run: func(_ context.Context, tx *filter.Tx) filter.Outcome {
			tx.Log.Debug("within")
			switch tx.From {
			case "bad@example.org":
				return filter.Outcome{Refuse: refusal(554, "5.7.1", "No"), Reasons: []filter.Reason{{Step: "dlp", Plan: filter.Plan{Why: "rule 7"}}}}
			case "later@example.org":
				return filter.Outcome{Refuse: refusal(451, "4.7.1", "Later")}
			}
			return filter.Outcome{Reasons: []filter.Reason{{Step: "footer", Plan: filter.Plan{Why: "not for this domain"}}}}
		},
	})
	s := h.dial(miltertest.Postfix)
	for _, from := range []string{"alice@example.org", "bad@example.org", "later@example.org", "spoof@example.org"} {
		m := simple()
		m.User, m.From, m.FromArgs = "alice", from, []string{"SIZE=5000"}
		if from == "bad@example.org" {
			m.FromArgs = nil
			m.Rcpts = miltertest.To("bob@example.org", "nobody@example.org")
		}
		deliver(t, s, m)
	}
	who := `listener=test queue=4XyZ role=submission client=192.0.2.7 user=alice from=`
	want := []string{
		`msg="mail done" ` + who + `alice@example.org rcpts=2 result=passed code=250 why="footer: not for this domain" size=5000 ms=N`,
		`msg="recipient refused" ` + who + `bad@example.org rcpt=nobody@example.org code=550 why="No such user"`,
		`msg="mail done" ` + who + `bad@example.org rcpts=1 result=refused code=554 why="dlp: rule 7" size=89 ms=N`,
		`msg="mail done" ` + who + `later@example.org rcpts=2 result=deferred code=451 why=Later size=5000 ms=N`,
		`msg="sender refused" listener=test queue="" role=submission client=192.0.2.7 user=alice from=spoof@example.org arg=spoof@example.org code=553 why="Not your address"`,
	}
	got := h.lines()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !strings.Contains(h.log.String(), `msg=within listener=test queue=4XyZ`) {
		t.Error("the pipeline's own lines lack listener and queue")
	}
	records := h.done(4)
	if last := records[3]; !last.Sender || last.Result != Refused || last.Code != 553 {
		t.Errorf("%+v", last)
	}
	if r := records[1]; r.Refused != 1 || r.Result != Refused || r.Elapsed < r.Busy {
		t.Errorf("%+v", r)
	}
}
