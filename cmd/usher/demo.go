package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"usher/examples/office"
	"usher/milter"
	"usher/milter/message"
	"usher/milter/miltertest"
	"usher/milter/world"
)

// demoConfig is the example office with its calendars in a temporary folder and its own mail in an outbox.
const demoConfig = `
listen: [{socket: "inet:127.0.0.1:0", role: submission}]
hostname: mx.example.org
domains: [example.org]
directory: {ldif: office.ldif, base: "dc=example,dc=org", preset: kolab}
calendars: {dir: ., zone: Europe/Berlin}
submit: {smtp: ""}
modules:
  resource: {enabled: true}
  footer: {enabled: true, text_file: footer.txt, html_file: footer.html}
`

// demo plays a story through the real milter protocol and judges it. It needs nothing else.
func demo(args []string, _ io.Reader, out, errout io.Writer) int {
	flags, _ := newFlags("demo", errout)
	verbose := flags.Bool("v", false, "show the log lines too")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return exitUsage
	}
	log := slog.New(slog.DiscardHandler)
	if *verbose {
		log = slog.New(slog.NewTextHandler(errout, nil))
	}
	wrong, err := play(out, log)
	if err != nil {
		fmt.Fprintln(errout, "usher:", err)
		return exitFailed
	}
	if wrong > 0 {
		fmt.Fprintf(out, "%d of the mails did not come out as they should.\n", wrong)
		return exitFailed
	}
	fmt.Fprintln(out, "All came out as they should. Next: make run, or usher(1).")
	return exitOK
}

// play runs the story against an Usher of its own.
func play(out io.Writer, log *slog.Logger) (wrong int, err error) {
	dir, err := os.MkdirTemp("", "usher-demo-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	e, err := demoEngine(dir, log)
	if err != nil {
		return 0, err
	}
	defer e.close()
	var outbox world.Outbox
	e.submitter = &outbox
	// The one log line of each mail says why; the demo shows it as the reader of a log would see it.
	var why string
	pipeline := e.pipeline(e.live(new(world.MemoryLog)))
	server := milter.New(milter.Options{Log: log, Pipeline: func() milter.Pipeline { return pipeline },
		Observe: func(r milter.Record) { why = r.Why }})
	defer server.Shutdown(canceled())
	ln, err := listenerOf(e.config.Listen[0]).Listen()
	if err != nil {
		return 0, err
	}
	go server.Serve(listenerOf(e.config.Listen[0]), ln)
	session, err := miltertest.Dial("tcp", ln.Addr().String(), miltertest.Postfix)
	if err != nil {
		return 0, err
	}
	defer session.Close()
	for i, s := range story(time.Now()) {
		fmt.Fprintf(out, "%d. %s\n", i+1, s.says)
		raw, err := s.mail.render(s.file)
		if err != nil {
			return 0, err
		}
		before := len(outbox.Mails())
		d, err := session.Deliver(miltertest.Mail{User: s.login, From: s.mail.From, Rcpts: miltertest.To(s.rcpts...), Raw: raw,
			QueueID: fmt.Sprintf("DEMO%d", i+1), Helo: "client.example.org"})
		if err != nil {
			return 0, fmt.Errorf("mail %d: %w", i+1, err)
		}
		answers := texts(outbox.Mails()[before:])
		report(out, d, why, answers)
		for _, w := range s.judge(raw, d, answers) {
			fmt.Fprintf(out, "   WRONG: %s\n", w)
			wrong++
		}
		fmt.Fprintln(out)
	}
	return wrong, nil
}

// demoEngine lays the example's files out and assembles them.
func demoEngine(dir string, log *slog.Logger) (*engine, error) {
	for _, name := range []string{"office.ldif", "footer.txt", "footer.html"} {
		data, err := office.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return nil, err
		}
	}
	file := filepath.Join(dir, "usher.yaml")
	if err := os.WriteFile(file, []byte(demoConfig), 0o600); err != nil {
		return nil, err
	}
	c, err := load(file)
	if err != nil {
		return nil, err
	}
	return assemble(c, log)
}

// report prints what became of a mail.
func report(out io.Writer, d miltertest.Delivery, why string, answers []string) {
	var left []string
	for _, r := range d.Rcpts {
		left = append(left, r.Addr)
	}
	fmt.Fprintf(out, "   answer: %d; goes to: %s\n", d.Final.SMTP, strings.Join(left, ", "))
	if why != "" {
		fmt.Fprintf(out, "   why:    %s\n", why)
	}
	for _, a := range answers {
		text, _, _ := strings.Cut(a, "BEGIN:VCALENDAR")
		for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
			fmt.Fprintf(out, "   | %s\n", strings.TrimRight(line, "\r"))
		}
	}
}

// texts are mails as their readers see them: to, subject, then every part.
func texts(mails []world.Mail) (all []string) {
	for _, m := range mails {
		mail, err := message.Read(bytes.NewReader(m.Data), maxOffline)
		if err != nil {
			all = append(all, err.Error())
			continue
		}
		text := fmt.Sprintf("To: %s\nSubject: %s\n", mail.Header.Get("To"), subject(mail))
		mail.Walk(func(p *message.Part) bool {
			if p.IsLeaf() {
				part, err := p.Text(maxOffline)
				if err != nil {
					part = err.Error()
				}
				text += part
			}
			return true
		})
		all = append(all, text)
	}
	return all
}

func subject(m *message.Message) string {
	for _, f := range m.Header {
		if f.Is("Subject") {
			return f.Decoded()
		}
	}
	return ""
}
