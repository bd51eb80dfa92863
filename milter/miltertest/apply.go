package miltertest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Split takes a mail apart as Postfix hands it to a filter: fields, and a body with CRLF that ends with one.
func Split(raw []byte) ([]Field, []byte) {
	rest := bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	var fields []Field
	for len(rest) > 0 {
		line, after, _ := bytes.Cut(rest, []byte("\r\n"))
		name, value, isField := strings.Cut(string(line), ":")
		switch {
		case len(line) == 0:
			return fields, ended(after)
		case (line[0] == ' ' || line[0] == '\t') && len(fields) > 0:
			fields[len(fields)-1].Raw += "\r\n" + string(line)
		case !isField || strings.ContainsAny(strings.TrimRight(name, " \t"), " \t"):
			return fields, ended(rest) // a junk line ends the header and is body
		default:
			fields = append(fields, Field{strings.TrimRight(name, " \t"), value})
		}
		rest = after
	}
	return fields, nil
}

func ended(body []byte) []byte {
	if len(body) > 0 && !bytes.HasSuffix(body, []byte("\r\n")) {
		body = append(slices.Clip(body), "\r\n"...)
	}
	return body
}

// settle applies the last word and the actions, as Postfix does: none of them if the mail is refused or dropped.
func (d *Delivery) settle(actions []Action, err error) error {
	switch {
	case err != nil:
		return err
	case d.Final.Code == 'd':
		d.Discarded = true
		return nil
	case d.Final.Refused():
		return nil
	}
	if err := unbroken(actions); err != nil {
		return err
	}
	body := false
	for _, a := range actions {
		if a.Code == 'b' && !body {
			d.Body, body = nil, true
		}
		if err := d.apply(a); err != nil {
			return err
		}
	}
	if body {
		d.Body = ended(bytes.ReplaceAll(bytes.ReplaceAll(d.Body, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n")))
	}
	d.Discarded = len(d.Rcpts) == 0
	return nil
}

// unbroken holds filters to Postfix's rule that nothing may come between chunks of a body, and to sendmail's that
// none is longer than 65535 bytes.
func unbroken(actions []Action) error {
	began, ended := false, false
	for _, a := range actions {
		switch {
		case a.Code == 'b' && ended:
			return fmt.Errorf("body replacement was interrupted")
		case a.Code == 'b' && len(a.Body) > 65535:
			return fmt.Errorf("body chunk of %d bytes", len(a.Body))
		case a.Code == 'b':
			began = true
		default:
			ended = began
		}
	}
	return nil
}

func (d *Delivery) apply(a Action) error {
	switch a.Code {
	case '+', '2':
		d.Rcpts = append(d.Rcpts, Rcpt{Addr: unbracket(a.Name), Args: strings.Fields(a.Value)})
	case '-':
		d.Rcpts = slices.DeleteFunc(d.Rcpts, func(r Rcpt) bool { return strings.EqualFold(r.Addr, unbracket(a.Name)) })
	case 'e':
		d.From, d.FromArgs = unbracket(a.Name), strings.Fields(a.Value)
	case 'm':
		d.change(a)
	case 'i':
		at := min(max(a.Index-1, 0), len(d.Header))
		d.Header = slices.Insert(d.Header, at, d.field(a))
	case 'h':
		d.Header = append(d.Header, d.field(a))
	case 'b':
		d.Body = append(d.Body, a.Body...)
	case 'q':
		d.Quarantined, d.Reason = true, a.Name
	default:
		return fmt.Errorf("action %q", a.Code)
	}
	return nil
}

// field is what a header action leaves in the mail; without LeadingSpace the mail server sets the space.
func (d *Delivery) field(a Action) Field {
	return Field{a.Name, d.space + strings.ReplaceAll(a.Value, "\n", "\r\n")}
}

// change replaces the field with this index among those of its name; an empty value deletes it, and one that is
// not there is added.
func (d *Delivery) change(a Action) {
	n := 0
	for i, f := range d.Header {
		if strings.EqualFold(f.Name, a.Name) {
			n++
		}
		if n == a.Index && strings.EqualFold(f.Name, a.Name) {
			if a.Value == "" {
				d.Header = slices.Delete(slices.Clone(d.Header), i, i+1)
			} else {
				d.Header = slices.Clone(d.Header)
				d.Header[i] = d.field(a)
			}
			return
		}
	}
	if a.Value != "" {
		d.Header = append(d.Header, d.field(a))
	}
}

func unbracket(s string) string { return strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">") }
