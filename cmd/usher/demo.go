package main

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"usher/milter/miltertest"
)

// demo plays a story through the real milter protocol and judges it. It needs nothing else: no network, no
// files but a few temporary ones.
func demo(s stdio, args []string) error {
	flags := newFlags("demo")
	verbose := flags.Bool("v", false, "show the log lines too")
	if err := flags.parse(s, args); err != nil {
		return err
	}
	log := slog.New(slog.DiscardHandler)
	if *verbose {
		log = slog.New(slog.NewTextHandler(s.errout, nil))
	}
	return tell(s, story(time.Now()), log)
}

// tell plays a story; it is an error if it does not end as it should.
func tell(s stdio, scenes []scene, log *slog.Logger) error {
	wrong, err := play(s.out, scenes, log)
	if err != nil {
		return err
	}
	if wrong > 0 {
		return fmt.Errorf("%d of the mails did not come out as they should", wrong)
	}
	return say(s, "All came out as they should. usher explain tells the same of any mail, without doing it;\nusher(1) says how to go on.\n")
}

// play tells the scenes one by one and counts the mails that did not come out as they should.
func play(out io.Writer, scenes []scene, log *slog.Logger) (wrong int, err error) {
	st, err := newStage(log)
	if err != nil {
		return 0, err
	}
	defer st.close()
	for i, sc := range scenes {
		fmt.Fprintf(out, "%d. %s\n", i+1, sc.says)
		mistakes, err := st.perform(out, fmt.Sprintf("DEMO%d", i+1), sc)
		if err != nil {
			return 0, fmt.Errorf("mail %d: %w", i+1, err)
		}
		for _, m := range mistakes {
			fmt.Fprintf(out, "   WRONG: %s\n", m)
		}
		if len(mistakes) > 0 {
			wrong++
		}
		fmt.Fprintln(out)
	}
	return wrong, nil
}

// perform sends a scene's mail, reports what became of it, and says what should have been otherwise.
func (st *stage) perform(out io.Writer, queue string, sc scene) (mistakes []string, err error) {
	raw, err := sc.mail.render(sc.file)
	if err != nil {
		return nil, err
	}
	before := len(st.outbox.Mails())
	d, err := st.session.Deliver(miltertest.Mail{User: sc.login, From: sc.mail.From, Rcpts: miltertest.To(sc.rcpts...), Raw: raw,
		QueueID: queue, Helo: "client.example.org"})
	if err != nil {
		return nil, err
	}
	var answers []string
	for _, m := range st.outbox.Mails()[before:] {
		answers = append(answers, asRead(m))
	}
	report(out, d, st.why, answers)
	return sc.judge(raw, d, answers), nil
}

// report prints what became of a mail.
func report(out io.Writer, d miltertest.Delivery, why string, answers []string) {
	fmt.Fprintf(out, "   answer: %d; goes to: %s\n", d.Final.SMTP, cmp.Or(strings.Join(left(d), ", "), "nobody, all of it is done"))
	if why != "" {
		fmt.Fprintf(out, "   why:    %s\n", why)
	}
	for _, a := range answers {
		text, _, _ := strings.Cut(a, "BEGIN:VCALENDAR")
		for line := range strings.Lines(strings.TrimSpace(text)) {
			fmt.Fprintln(out, strings.TrimRight("   | "+line, " \r\n"))
		}
	}
}

// left are the recipients a mail still goes to.
func left(d miltertest.Delivery) (all []string) {
	if d.Discarded {
		return nil
	}
	for _, r := range d.Rcpts {
		all = append(all, r.Addr)
	}
	return all
}
