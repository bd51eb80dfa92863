package rules

import (
	"context"
	"net/mail"
	"strings"

	"usher/address"
	"usher/ldapdir"
	"usher/milter/addendum"
	"usher/milter/addendum/template"
	"usher/milter/filter"
	"usher/milter/message"
)

// author is whose attributes count: who owns the first address in From, also where several write in its name; else who
// logged in. Mail from outside has none of ours, whatever it says.
func (s *Set) author(ctx context.Context, tx *filter.Tx) (*ldapdir.Entry, error) {
	if tx.Role != filter.Submission && tx.Role != filter.Local {
		return nil, nil
	}
	switch from := written(tx.Message.Header); {
	case from == tx.From && from != "" && tx.Err == nil && tx.Sender != nil:
		return tx.Sender, nil
	case from != "":
		if e, ok, err := s.directory.Lookup(ctx, from); ok || err != nil {
			return e, err
		}
	}
	return tx.Principal, tx.Err
}

// written is the first address in From.
func written(h message.Header) address.Address {
	list, err := mail.ParseAddressList(h.Get("From"))
	if err != nil || len(list) == 0 {
		return ""
	}
	a, err := address.Parse(list[0].Address)
	if err != nil {
		return ""
	}
	return a
}

// in is the pair for who prefers a language, as directories write that: one, or several with weights (RFC 2798 2.7).
func (r *rule) in(preferred string) pair {
	for part := range strings.SplitSeq(strings.ToLower(preferred), ",") {
		tag, _, _ := strings.Cut(part, ";")
		for tag = strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"); tag != ""; {
			if p, ok := r.pairs[tag]; ok {
				return p
			}
			tag = tag[:max(0, strings.LastIndexByte(tag, '-'))]
		}
	}
	return r.pairs[""]
}

// words are those of a rule for a person; none are the zero Words.
func (r *rule) words(ctx context.Context, d template.Directory, e *ldapdir.Entry, language string) (w addendum.Words, err error) {
	p := r.in(language)
	var none bool
	if w.Text, err = render(ctx, p.text, d, e, &none); err != nil {
		return addendum.Words{}, err
	}
	if w.HTML, err = render(ctx, p.html, d, e, &none); err != nil {
		return addendum.Words{}, err
	}
	if none && r.Missing == template.Skip {
		return addendum.Words{}, nil
	}
	return w, nil
}

// render is one of a pair; none tells that it says nothing.
func render(ctx context.Context, t *template.Template, d template.Directory, e *ldapdir.Entry, none *bool) (string, error) {
	if t == nil {
		return "", nil
	}
	words, err := t.Render(ctx, d, e)
	*none = *none || words == ""
	return words, err
}

// Words are what every rule would add for a person, whatever the mail; language "" is the person's own.
func (s *Set) Words(ctx context.Context, e *ldapdir.Entry, language string) (all []filter.Wording, err error) {
	if language == "" && e != nil {
		language = e.Language
	}
	for _, r := range s.rules {
		w, err := r.words(ctx, s.directory, e, language)
		if err != nil {
			return nil, err
		}
		all = append(all, filter.Wording{Rule: r.Name, When: r.When, Position: string(r.Position), Text: w.Text, HTML: w.HTML})
	}
	return all, nil
}
