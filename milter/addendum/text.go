package addendum

import (
	"bufio"
	"bytes"
	"io"
	"strings"
)

// view is what was found out about a text while it was read once.
type view struct {
	size    int64
	at      int64  // where the words belong, counted in UTF-8
	quoted  bool   // and that is above what is quoted
	inLine  bool   // a line has begun before it
	column  int64  // how far
	flows   bool   // the line before flows on (format=flowed)
	closing string // end tags that have to come first, of HTML
	eol     string // of the text
	present bool   // the words are there
	armor   Reason // OpenPGP in the text
	meta    string // the charset HTML says it has
	useless string // why nothing can be added
	eight   bool   // it has signs that are not ASCII
	strange bool   // and bytes that mean nothing in its charset
}

// plainView reads a plain text.
type plainView struct {
	view
	finders []*finder
	place   Place
	fresh   bool // a line begins
	crlf    int
	lf      int

	quote     int64 // where the quoted end of the text begins; -1: nothing is quoted there
	quoteFlow bool
	final     bool        // all behind is quoted, whatever it looks like
	intro     []introLine // the last lines of prose, three at most
	blanks    int
	flow      bool // the line before ends with a space
}

func readPlain(r io.Reader, place Place, finders []*finder) (*view, error) {
	v := &plainView{place: place, quote: -1, fresh: true, finders: finders}
	b := bufio.NewReaderSize(r, 32<<10)
	for {
		line, err := b.ReadSlice('\n')
		if len(line) > 0 {
			v.piece(line)
		}
		if err == io.EOF {
			break
		}
		if err != nil && err != bufio.ErrBufferFull {
			return nil, err
		}
	}
	v.finish()
	return &v.view, nil
}

// piece takes a line, or a part of a very long one.
func (v *plainView) piece(line []byte) {
	text := bytes.TrimRight(line, "\r\n")
	whole := bytes.HasSuffix(line, []byte("\n"))
	if whole && bytes.HasSuffix(line, []byte("\r\n")) {
		v.crlf++
	} else if whole {
		v.lf++
	}
	if v.fresh {
		v.begin(string(text[:min(len(text), 1000)]))
	}
	v.search(text, v.fresh)
	if whole {
		for _, f := range v.finders {
			f.lineEnds()
		}
		v.flow = bytes.HasSuffix(text, []byte(" "))
	} else {
		v.column += int64(len(line))
		v.flow = bytes.HasSuffix(line, []byte(" "))
	}
	if v.fresh = whole; whole {
		v.column = 0
	}
	v.size += int64(len(line))
}

// search shows a line to the finders, without the marks of quotation before it.
func (v *plainView) search(text []byte, fresh bool) {
	if fresh {
		text = bytes.TrimLeft(text, ">| \t")
	}
	for _, f := range v.finders {
		f.show(text)
	}
}

// begin looks at the start of a line: is it quoted, does it introduce a quotation?
func (v *plainView) begin(line string) {
	trimmed := strings.TrimSpace(line)
	if v.armor == "" && strings.HasPrefix(line, "-----BEGIN PGP ") {
		v.armor = armorOf(line)
	}
	if v.final || v.place != AboveQuote {
		return
	}
	switch {
	case trimmed == "":
		v.blanks++
	case strings.HasPrefix(line, ">"):
		v.quotation()
	default:
		v.prose(line, trimmed)
	}
}

// introLine is a line that may introduce a quotation.
type introLine struct {
	at    int64
	flows bool // the line before flows on
	text  string
}

func (v *plainView) quotation() {
	if v.quote < 0 {
		v.quote, v.quoteFlow = v.size, v.flow
		if l, ok := v.introduction(false); ok && v.blanks <= 1 {
			v.quote, v.quoteFlow = l.at, l.flows
		}
	}
	v.intro, v.blanks = nil, 0
}

// introduction finds the lines that introduce a quotation among the last: the fewest that begin as one does, or, where
// a mark of quotation follows, that end as one does.
func (v *plainView) introduction(strict bool) (first introLine, ok bool) {
	text := ""
	for i := len(v.intro) - 1; i >= 0; i-- {
		text = v.intro[i].text + " " + text
		if !attribution(text) {
			continue
		}
		if begins.MatchString(text) && (!strict || dated(text)) {
			return v.intro[i], true
		}
		if !ok && !strict {
			first, ok = v.intro[i], true
		}
	}
	return first, ok
}

func (v *plainView) prose(line, trimmed string) {
	v.quote = -1 // an answer below: what was quoted so far is not the end
	if v.blanks > 0 {
		v.intro, v.blanks = nil, 0
	}
	if n := len(v.intro); n > 0 && isRule(v.intro[n-1].text) && from.MatchString(line) {
		v.ends(v.intro[n-1])
		return
	}
	if len(v.intro) == 3 {
		v.intro = v.intro[1:]
	}
	v.intro = append(v.intro, introLine{v.size, v.flow, trimmed})
	if isOriginal(trimmed) {
		v.ends(v.intro[len(v.intro)-1])
	} else if endsAsIntroduction(trimmed) {
		if l, ok := v.introduction(true); ok {
			v.ends(l)
		}
	}
}

// ends says that all from a line on is quoted.
func (v *plainView) ends(l introLine) { v.quote, v.quoteFlow, v.final = l.at, l.flows, true }

func armorOf(line string) Reason {
	switch {
	case strings.HasPrefix(line, "-----BEGIN PGP SIGN"): // SIGNED MESSAGE, SIGNATURE
		return Signed
	case strings.HasPrefix(line, "-----BEGIN PGP PUBLIC KEY"):
		return ""
	}
	return Encrypted
}

func (v *plainView) finish() {
	for _, f := range v.finders {
		v.present = f.end() || v.present
	}
	if v.crlf > 0 {
		v.eol = "\r\n"
	} else if v.lf > 0 {
		v.eol = "\n"
	}
	switch {
	case v.place == Top:
		v.at, v.flows, v.inLine, v.column = 0, false, false, 0
	case v.place == AboveQuote && v.quote >= 0:
		v.at, v.flows, v.quoted, v.column = v.quote, v.quoteFlow, true, 0
	default:
		v.at, v.flows, v.inLine = v.size, v.flow && v.size > 0, !v.fresh
	}
}
