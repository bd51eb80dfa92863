package addendum

import (
	"strings"
	"testing"
)

// TestAboveQuote: the words stand at | in what people answer with.
func TestAboveQuote(t *testing.T) {
	for name, text := range map[string]string{
		"plain":               "Yes.\n\n|On Thu, Jan 1, 2026 at 10:00, Bob <b@x> wrote:\n> Shall we?\n",
		"wrapped":             "Yes.\n\n|On Thu, Jan 1, 2026 at 10:00, Bob Longname\n<bob.longname@example.net> wrote:\n\n> Shall we?\n>\n> Bob\n",
		"right below":         "Yes.\n|On Thursday Bob wrote:\n> Shall we?\n",
		"German":              "Ja.\n\n|Am 01.01.26 um 10:00 schrieb Bob:\n> Wollen wir?\n",
		"French":              "Oui.\n\n|Le jeu. 1 janv. 2026 à 10:00, Bob <b@x> a écrit :\n> On y va ?\n",
		"Russian":             "Да.\n\n|1 января 2026 г. 10:00 Боб <b@x> пишет:\n> Идём?\n",
		"Chinese":             "好。\n\n|Bob <b@x> 于2026年1月1日周四 10:00写道：\n> 去吗？\n",
		"Outlook":             "Yes.\n\n|-----Original Message-----\nFrom: Bob\nSent: today\n\nShall we?\n",
		"Outlook, German":     "Ja.\n\n|-----Ursprüngliche Nachricht-----\nVon: Bob\n\nWollen wir?\n",
		"Outlook, rule":       "Yes.\n\n|________________________________\nFrom: Bob\nSent: today\n\nShall we?\n",
		"without introducing": "Yes.\n\n|> Shall we?\n",
		"forwarded":           "FYI\n\n|---------- Forwarded message ---------\nFrom: Bob\n\nhi\n",
		"unmarked":            "Yes.\n\n|On Thu, Jan 1, 2026 at 10:00, Bob <b@x> wrote:\n\nShall we?\n",
		"answers in between":  "On Thursday Bob wrote:\n> Shall we?\nYes.\n> When?\nNow.\n|",
		"answer and rest":     "On Thursday Bob wrote:\n> Shall we?\nYes.\n\n|> Bob\n> Example Ltd\n",
		"in passing":          "As Bob wrote:\nthis is nice.\n|",
		"long before":         "As Bob wrote:\n\n\n|> Shall we?\n",
		"nothing quoted":      "Yes.\n|",
	} {
		at, raw := strings.Index(text, "|"), strings.Replace(text, "|", "", 1)
		v, err := readPlain(strings.NewReader(raw), AboveQuote, nil)
		if err != nil || v.at != int64(at) {
			t.Errorf("%s: at %d, %v: %q; want %q", name, v.at, err, raw[:v.at], raw[:at])
		}
	}
}

// TestAboveQuoteInHTML: the same for what mailers write.
func TestAboveQuoteInHTML(t *testing.T) {
	for name, text := range map[string]string{
		"Gmail":       `<div>Yes.</div><br>|<div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On Thu Bob wrote:<br></div><blockquote class="gmail_quote">Shall we?</blockquote></div>`,
		"Outlook":     `<body><div class=WordSection1><p>Yes.</p>|<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>From:</b> Bob</p></div></div><p>Shall we?</p></div></body>`,
		"Outlook, zh": `<p>好</p>|<div style="border:none;border-top:solid #B5C4DF 1.0pt"><p><b>发件人:</b> Bob</p></div><p>去吗</p>`,
		"on the web":  `<div>Yes.</div>|<div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><b>From:</b> Bob</div><div>Shall we?</div>`,
		"older web":   `<div>Yes.</div>|<hr tabindex="-1"><div id="x_divRplyFwdMsg"><b>From:</b> Bob</div><div>Shall we?</div>`,
		"Yahoo":       `<div>Yes.</div>|<div id="yahoo_quoted_123" class="yahoo_quoted"><div>On Thu, Bob wrote:</div>Shall we?</div>`,
		"Thunderbird": `<p>Yes.</p>|<div class="moz-cite-prefix">On 1.1.26, Bob wrote:<br></div><blockquote type="cite" cite="mid:x"><p>Shall we?</p></blockquote><br>`,
		"Apple Mail":  `<div>Yes.</div>|<blockquote type="cite"><div>On 1 Jan 2026, Bob wrote:</div>Shall we?</blockquote>`,
		"older Apple": `<div>Yes.</div>|<div>On 1 Jan 2026, Bob wrote:</div><br><blockquote type="cite">Shall we?</blockquote>`,
		"in words":    `<p>Yes.</p>|<p>-----Original Message-----<br>From: Bob</p><p>Shall we?</p>`,
		"below":       `<blockquote type="cite">Shall we?</blockquote><p>Yes.</p>|</body>`,
		"a line":      `<p>Yes.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p>Totals</p></div>|</body>`,
		"hidden":      `<p>Yes.</p><div style="display:none"><blockquote type="cite">x</blockquote></div><p>So</p>|</body>`,
		"nothing":     `<p>Yes.</p>|</body>`,
	} {
		at, raw := strings.Index(text, "|"), strings.Replace(text, "|", "", 1)
		v, err := readHTML(strings.NewReader(raw), AboveQuote, nil, "")
		if err != nil || v.at != int64(at) {
			t.Errorf("%s: %v: behind %q; want %q", name, err, raw[:v.at], raw[:at])
		}
	}
}
