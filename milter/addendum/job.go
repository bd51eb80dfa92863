package addendum

import (
	"errors"
	"fmt"
	"slices"

	"usher/milter/message"
)

// job is one mail that words are added to.
type job struct {
	m       *message.Message
	words   Words
	derived bool // nobody wrote the HTML form
	options Options
	bodies  []*message.Part
	views   map[*message.Part]*view
	present bool
	armor   Reason
}

// look reads the body parts, each once, and where the words may be there already the other texts of the mail, too.
func (j *job) look() error {
	j.views = map[*message.Part]*view{}
	all := j.bodies
	if j.options.Once {
		all = texts(j.m)
	}
	for _, p := range all {
		if !known(p.Encoding()) {
			continue
		}
		v, err := j.view(p)
		if err != nil {
			return fmt.Errorf("read part %s: %w", p.Path, err)
		}
		j.views[p] = v
		j.present = j.present || v.present
		if slices.Contains(j.bodies, p) && v.armor != "" {
			j.armor = v.armor
		}
	}
	return nil
}

func (j *job) view(p *message.Part) (*view, error) {
	var finders []*finder
	if j.options.Once {
		finders = newFinders(j.words)
	}
	in := &inspector{r: scriptOf(p).read(p)}
	var v *view
	var err error
	if isHTML(p) {
		v, err = readHTML(in, j.options.Place, finders, j.words.marker())
	} else {
		v, err = readPlain(in, j.options.Place, finders)
	}
	if err != nil {
		return nil, err
	}
	in.tell(v, scriptOf(p))
	if v.eol == "" && p.Encoding() != "base64" {
		v.eol = j.m.LineEnd()
	} else if v.eol == "" {
		v.eol = "\r\n"
	}
	return v, nil
}

// add makes all changes to the body parts: those that keep every byte in one go.
func (j *job) add() (Result, error) {
	r := Result{Mail: j.m}
	var inserts []message.Insertion
	var rest []change
	for _, p := range j.bodies {
		c, err := j.plan(p)
		switch {
		case errors.Is(err, errLeave) || errors.Is(err, message.ErrStructure):
			continue
		case err != nil:
			return Result{}, fmt.Errorf("part %s: %w", p.Path, err)
		case c.insert != nil:
			inserts = append(inserts, *c.insert)
			r.did(c.added)
		default:
			rest = append(rest, c)
		}
	}
	var err error
	if len(inserts) > 0 {
		if r.Mail, err = r.Mail.Insert(inserts...); errors.Is(err, message.ErrStructure) {
			return left(Unknown, "the words would break the structure")
		} else if err != nil {
			return Result{}, err
		}
	}
	for _, c := range rest {
		mail, err := j.change(r.Mail, c)
		if errors.Is(err, message.ErrStructure) {
			continue
		} else if err != nil {
			return Result{}, err
		}
		r.Mail = mail
		r.did(c.added)
	}
	if len(r.Added) == 0 {
		return left(NoText, "no text that words can be added to")
	}
	return r.say("add words to part"), nil
}

// did writes down what was done, in the order of the parts.
func (r *Result) did(a Added) {
	i, _ := slices.BinarySearchFunc(r.Added, a, func(a, b Added) int { return slices.Compare(a.Path, b.Path) })
	r.Added = slices.Insert(r.Added, i, a)
}

// say puts it into words.
func (r Result) say(what string) Result {
	r.Why = what
	for _, a := range r.Added {
		r.Why += " " + a.Path.String()
	}
	return r
}

// plan is the smallest change of one body part.
func (j *job) plan(p *message.Part) (change, error) {
	v := j.views[p]
	if v == nil || v.useless != "" {
		return change{}, errLeave
	}
	a := addition{part: p, view: v, script: scriptOf(p), old: scriptOf(p), place: j.options.Place, words: j.words.Text,
		marker: j.words.marker(), lineEnd: j.m.LineEnd()}
	if isHTML(p) {
		a.words = j.words.HTML
	}
	c, err := a.plan()
	if c.beside != "" {
		c.added = Added{Path: p.Path, Beside: true}
	}
	return c, err
}

// change makes a change that moves other bytes of the mail.
func (j *job) change(m *message.Message, c change) (*message.Message, error) {
	if c.beside == "" {
		return m.ReplacePart(c.part.Path, c.fields, c.content)
	}
	return m.Beside(c.part.Path, j.part(isHTML(c.part), !isHTML(c.part)), j.options.Place == Top)
}

// closed is a mail in which no byte may change.
func (j *job) closed(r Reason) (Result, error) {
	wrappable := r == Signed || r == Encrypted || r == Report || r == Automatic
	if j.options.Signed != Wrap || !wrappable {
		return left(r, "it is "+string(r))
	}
	if j.options.Once && j.views == nil {
		if err := j.look(); err != nil {
			return Result{}, err
		}
		if j.present {
			return left(Present, "the words stand there already")
		}
	}
	return j.wrap(j.options.Place == Top, "it is "+string(r)+": add words as a part beside")
}

// attachments is a mail without any text.
func (j *job) attachments() (Result, error) {
	if holdsCalendar(j.m) {
		return left(Calendar, "it is nothing but an invitation")
	}
	if !j.options.AttachmentOnly {
		return left(NoText, "no text that words can be added to")
	}
	return j.wrap(true, "there is no text: add words as a part beside")
}

// wrap makes the mail a part of a new one, beside the words.
func (j *job) wrap(first bool, why string) (Result, error) {
	mail, err := j.m.Beside(nil, j.part(!j.derived, true), first)
	if errors.Is(err, message.ErrStructure) {
		return left(Unknown, "the words would break the structure")
	}
	return Result{Mail: mail, Added: []Added{{Beside: true}}}.say(why), err
}

// part is the words as a part of their own.
func (j *job) part(asHTML, asText bool) *message.Message {
	var forms []message.Alternative
	params := map[string]string{"charset": "utf-8"}
	if asText {
		forms = append(forms, message.Alternative{MediaType: "text/plain", Params: params, Content: []byte(j.words.Text + "\n")})
	}
	if asHTML {
		marked := `<div class="` + j.words.marker() + `">` + j.words.HTML + "</div>\n"
		forms = append(forms, message.Alternative{MediaType: "text/html", Params: params, Content: []byte(marked)})
	}
	m := message.Compose(nil, forms...)
	return m.WithHeader(m.Header.With(message.NewField("Content-Disposition", "inline")))
}
