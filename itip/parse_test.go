package itip

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestS5545_01_FoldedLines(t *testing.T) {
	o := object(t, "SUMMARY:a\n b\n\tc\nDTSTART:20260101T100000Z\nx-odd;x-p=1:v")
	c := o.Master()
	if got := c.Text("summary"); got != "abc" {
		t.Errorf("SUMMARY = %q", got)
	}
	if p, ok := c.Prop("X-ODD"); !ok || p.Name != "X-ODD" || p.Param("X-P") != "1" {
		t.Errorf("names are not compared without case: %v", p)
	}
	c.SetText("SUMMARY", strings.Repeat("ä€😀", 60))
	data := o.Encode()
	for _, line := range bytes.Split(data, []byte("\r\n")) {
		if len(line) > 75 || !bytes.Equal(line, bytes.ToValidUTF8(line, nil)) {
			t.Errorf("line of %d bytes or cut inside of a character: %q", len(line), line)
		}
	}
	if again := reparse(t, o); again.Master().Text("SUMMARY") != c.Text("SUMMARY") {
		t.Error("folding changed the text")
	}
}

func reparse(t testing.TB, o *Object) *Object {
	t.Helper()
	os, err := Parse(o.Encode())
	if err != nil || len(os) != 1 {
		t.Fatalf("Parse of what Encode wrote: %d objects, %v\n%s", len(os), err, o.Encode())
	}
	return os[0]
}

func TestS5545_02_OtherCharsets(t *testing.T) {
	plain := text("SUMMARY:Zürich\nDTSTART:20260101T100000Z")
	utf16le := []byte{0xff, 0xfe}
	utf16be := []byte{0xfe, 0xff}
	for _, r := range plain {
		utf16le = append(utf16le, byte(r), byte(r>>8))
		utf16be = append(utf16be, byte(r>>8), byte(r))
	}
	for name, data := range map[string][]byte{
		"bom": []byte("\xef\xbb\xbf" + plain), "utf-16le": utf16le, "utf-16be": utf16be,
		"windows-1252":     []byte(strings.Replace(plain, "ü", "\xfc", 1)),
		"fold inside of ü": []byte(strings.Replace(plain, "ü", "\xc3\r\n \xbc", 1)),
	} {
		os, err := Parse(data)
		if err != nil || os[0].Master().Text("SUMMARY") != "Zürich" {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if repaired := len(os[0].Repairs) > 0; repaired == strings.HasPrefix(name, "fold") {
			t.Errorf("%s: repairs %q", name, os[0].Repairs)
		}
	}
}

func TestS5545_03_S6868_01_Parameters(t *testing.T) {
	tests := []struct{ in, name, want, out string }{
		{`A;CN="Doe, John; x:y":v`, "CN", "Doe, John; x:y", `A;CN="Doe, John; x:y":v`},
		{`A;CN=Doe:v`, "CN", "Doe", `A;CN=Doe:v`},
		{`A;CN=^'Joe^' ^^ ^n ^x:v`, "CN", "\"Joe\" ^ \n ^x", `A;CN=^'Joe^' ^^ ^n ^^x:v`},
		{`A;CN="a"b:v`, "CN", "ab", `A;CN=ab:v`},
		{`A;CN="open:v`, "CN", `"open`, `A;CN=^'open:v`},
		{`A;DELEGATED-TO="mailto:a@b","mailto:c@d":v`, "DELEGATED-TO", "mailto:a@b,mailto:c@d", `A;DELEGATED-TO="mailto:a@b","mailto:c@d":v`},
		{`A;CN=:v`, "CN", "", `A;CN=:v`},
		{`A;CN=Doe, John:v`, "CN", "Doe, John", `A;CN=Doe, John:v`},
		{`a.b_c;cn=x:v:w;x="y"`, "CN", "x", `A.B_C;CN=x:v:w;x="y"`},
	}
	for _, tt := range tests {
		p, note, err := parseProp(tt.in)
		if err != nil || note != "" || p.Param(tt.name) != tt.want || p.String() != tt.out {
			t.Errorf("%s\n got %q %s %q %v\nwant %q %s", tt.in, p.Param(tt.name), p, note, err, tt.want, tt.out)
		}
	}
}

func TestERR_02_04_RepairedLines(t *testing.T) {
	tests := []struct{ in, out string }{
		{"ATTENDEE;CUTYPE=INDIVIDUAL;mailto:a@b.example", "ATTENDEE;CUTYPE=INDIVIDUAL:mailto:a@b.example"},
		{"RECURRENCE-ID;THISANDFUTURE:20260101T100000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260101T100000Z"}, // S5546-58
		{"SUMMARY;:x", "SUMMARY:x"},
		{"SUMMARY;X:x", "SUMMARY;X=:x"},
	}
	for _, tt := range tests {
		p, note, err := parseProp(tt.in)
		if err != nil || note == "" || p.String() != tt.out {
			t.Errorf("%s: %s, %q, %v; want %s", tt.in, p, note, err, tt.out)
		}
	}
	for _, bad := range []string{"", "SUMMARY", ":x", "SUMMARY;X", "SUMMARY;?=1:x", "SUM MARY:x"} {
		if p, _, err := parseProp(bad); err == nil {
			t.Errorf("parseProp(%q) = %s, want an error", bad, p)
		}
	}
}

func TestS5545_15_Text(t *testing.T) {
	tests := []struct{ in, want, out string }{
		{`a\nb\Nc`, "a\nb\nc", `a\nb\nc`},
		{`a\,b\;c\\d`, `a,b;c\d`, `a\,b\;c\\d`},
		{`C:\temp\`, `C:\temp\`, `C:\\temp\\`},
		{`a,b;c`, `a,b;c`, `a\,b\;c`},
	}
	for _, tt := range tests {
		if got := Unescape(tt.in); got != tt.want || Escape(got) != tt.out {
			t.Errorf("%s: %q, written %s; want %q, %s", tt.in, got, Escape(got), tt.want, tt.out)
		}
	}
}

func TestS5545_16_NothingIsLost(t *testing.T) {
	in := text("SUMMARY:x\nIANA-TOKEN;VALUE=TEXT;X-A=\"1,2\",3:keep me\nDTSTART:20260101T100000Z\nX-ODD:\n" +
		"COMMENT:last\nBEGIN:X-INNER\nX-DEEP:1\nBEGIN:X-MORE\nA:b\nEND:X-MORE\nEND:X-INNER")
	os, err := Parse([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(string(os[0].Encode()), "\r\n", "\n"); got != in {
		t.Errorf("got\n%s\nwant\n%s", got, in)
	}
	if len(os[0].Repairs) > 0 {
		t.Errorf("repairs of a good object: %q", os[0].Repairs)
	}
}

func TestS5545_27_UIDs(t *testing.T) {
	long := strings.Repeat("u", MaxUID)
	for _, uid := range []string{"a b/c<d>", "040000008200E00074C5B7101A82E008", long, `x\,y`, "ÄÖ"} {
		o := object(t, "UID:"+uid+"\nDTSTART:20260101T100000Z")
		if got := o.UID(); got != Unescape(uid) || reparse(t, o).UID() != got {
			t.Errorf("UID %.40q became %.40q", uid, got)
		}
	}
	for uid, want := range map[string]error{"": ErrSyntax, `a\nb`: ErrSyntax, long + "u": ErrTooLarge} {
		if _, err := Parse([]byte(text("UID:" + uid + "\nDTSTART:20260101T100000Z"))); !errors.Is(err, want) {
			t.Errorf("UID %.20q: %v, want %v", uid, err, want)
		}
	}
}

func TestS5546_12_VCalendar1(t *testing.T) {
	in := strings.Replace(text("DTSTART:20260101T100000Z"), "VERSION:2.0", "VERSION:1.0", 1)
	if _, err := Parse([]byte(in)); !errors.Is(err, ErrSyntax) {
		t.Errorf("vCalendar 1.0: %v", err)
	}
	in = strings.Replace(text("DTSTART:20260101T100000Z"), "VERSION:2.0\nPRODID:-//Test//EN\n", "", 1)
	if _, err := Parse([]byte(in)); err != nil {
		t.Errorf("without VERSION and PRODID: %v", err)
	}
}

func TestBadInput(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"nothing", "", "nothing in it"},
		{"no calendar", "Hello\nworld: x\n", "nothing in it"},
		{"event outside", "BEGIN:VEVENT\nEND:VEVENT\n", "line 1: VEVENT outside"},
		{"crossed ends", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "line 3: END:VCALENDAR where END:VEVENT"},
		{"end alone", "END:VCALENDAR\n", "without BEGIN"},
		{"cut off", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260101T100000Z\n", "line 2: VEVENT has no end"},
		{"no UID", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n", "no UID"},
		{"only zones", "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:x\nEND:VTIMEZONE\nEND:VCALENDAR\n", "nothing in it"},
		{"bad start", text("DTSTART:tomorrow"), "DTSTART"},
		{"30 February", text("DTSTART:20260230T100000Z"), "DTSTART"},
		{"bad rule", text("DTSTART:20260101T100000Z\nRRULE:FREQ=SOMETIMES"), "RRULE"},
		{"bad exdate", text("DTSTART:20260101T100000Z\nEXDATE:20260101T100000Z,nonsense"), "EXDATE"},
		{"bad duration", text("DTSTART:20260101T100000Z\nDURATION:1 hour"), "DURATION"},
		{"bad sequence", text("DTSTART:20260101T100000Z\nSEQUENCE:many"), "SEQUENCE"},
		{"attendee without value", text("DTSTART:20260101T100000Z\nATTENDEE"), "ATTENDEE: no value"},
		{"two starts", text("DTSTART:20260101T100000Z\nDTSTART:20260101T110000Z"), "DTSTART twice"},
		{"S5545_07 THISANDPRIOR", text("RECURRENCE-ID;RANGE=THISANDPRIOR:20260101T100000Z\nDTSTART:20260101T100000Z"), "RANGE=THISANDPRIOR"},
		{"two masters", text("DTSTART:20260101T100000Z\n---\nDTSTART:20260101T110000Z"), "two different components"},
	}
	for _, tt := range tests {
		if _, err := Parse([]byte(tt.in)); !errors.Is(err, ErrSyntax) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// What scheduling does not need does not fail an object, and what it needs is repaired where the meaning is clear.
func TestDEV_22_ToleratedInput(t *testing.T) {
	good := "DTSTART:20260101T100000Z\nDTEND:20260101T110000Z\n"
	tests := []struct{ name, in, repair string }{
		{"broken fold", text(good + "DESCRIPTION:Dear all\nthe agenda\nis here"), "line 10: left out"},
		{"bad line in alarm", text(good + "BEGIN:VALARM\nTRIGGER\nEND:VALARM"), "left out"},
		{"bad line in zone", text("BEGIN:VTIMEZONE\nTZID:X\nDTSTART\nEND:VTIMEZONE\n---\n" + good), "left out"},
		{"no end of calendar", strings.Replace(text(good), "END:VCALENDAR\n", "", 1), "END:VCALENDAR was missing"},
		{"text around", "Hi\n" + text(good) + "\n\nbye\n", "line 1: left out"},
		{"same line twice", text(good + "DTSTART:20260101T100000Z"), "DTSTART: repeated"},
		{"same master twice", text(good + "\n---\n" + good), "repeated component removed"},
		{"local stamp", text(good + "DTSTAMP:20260101T000000"), "local DTSTAMP"},
		{"bad stamp", text(good + "DTSTAMP:now"), "DTSTAMP cannot be read"},
		{"negative sequence", text(good + "SEQUENCE:-1"), "negative SEQUENCE"},
		{"nul bytes", text(good + "SUMMARY:a\x00b"), "control characters removed"},
		{"empty parameter", text(good + "SUMMARY;:x"), "SUMMARY: empty parameter removed"},
		{"backwards", text("DTSTART:20260101T100000Z\nDTEND:20260101T090000Z"), "ends before it starts"},
		{"mixed types", text("DTSTART:20260101T100000Z\nDTEND:20260102"), "not of one type"},
		{"two rules", text(good + "RRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=WEEKLY;COUNT=2"), "several RRULEs"},
		{"exrule", text(good + "EXRULE:FREQ=DAILY"), "EXRULE"},
		{"lower case", strings.ToLower(text(good)), ""},
		{"crcrlf", strings.ReplaceAll(text(good), "\n", "\r\r\n"), ""},
	}
	for _, tt := range tests {
		os, err := Parse([]byte(tt.in))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		told := slices.ContainsFunc(os[0].Repairs, func(r string) bool { return strings.Contains(r, tt.repair) })
		if tt.repair == "" && len(os[0].Repairs) > 0 || tt.repair != "" && !told {
			t.Errorf("%s: repairs %q, want %q", tt.name, os[0].Repairs, tt.repair)
		}
		reparse(t, os[0])
	}
}

func TestD_06_SeveralUIDs(t *testing.T) {
	zone := "BEGIN:VTIMEZONE\nTZID:%s\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n---\n"
	in := text("METHOD:REQUEST\n" + fmt.Sprintf(zone, "A") + fmt.Sprintf(zone, "B") +
		"UID:1\nDTSTART;TZID=A:20260101T100000\n---\nUID:2\nDTSTART;TZID=B:20260101T100000\n---\n" +
		"UID:1\nRECURRENCE-ID;TZID=A:20260108T100000\nDTSTART;TZID=A:20260108T110000")
	os, err := Parse([]byte(in + text("METHOD:REQUEST\nUID:2\nRECURRENCE-ID:20260109T090000Z\nDTSTART:20260109T120000Z")))
	if err != nil || len(os) != 2 {
		t.Fatalf("%d objects, %v", len(os), err)
	}
	for i, want := range []struct{ uid, zone string }{{"1", "A"}, {"2", "B"}} {
		o := os[i]
		other := string(rune('A' + 'B' - want.zone[0]))
		if o.UID() != want.uid || len(o.Overrides()) != 1 || o.Method() != "REQUEST" || o.Root.Text("PRODID") != "-//Test//EN" ||
			o.zone(want.zone) == nil || o.zone(other) != nil {
			t.Errorf("object %d is\n%s", i, o.Encode())
		}
	}
}

func TestS6638_16_Limits(t *testing.T) {
	start := "DTSTART:20260101T100000Z\n"
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	events := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "BEGIN:VEVENT\nUID:%d\n%sEND:VEVENT\n", i, start)
		}
		return "BEGIN:VCALENDAR\n" + b.String() + "END:VCALENDAR\n"
	}
	tests := []struct {
		name string
		in   string
		ok   bool
	}{
		{"attendees", text(start + many("ATTENDEE:mailto:a@b.example\n", MaxAttendees)), true},
		{"too many attendees", text(start + many("ATTENDEE:mailto:a@b.example\n", MaxAttendees+1)), false},
		{"long line", text(start + "SUMMARY:" + many("x", MaxLine-8)), true},
		{"too long line", text(start + "SUMMARY:" + many("x", MaxLine-7)), false},
		{"too long when folded", text(start + "SUMMARY:" + many("xxxxxxxx\n ", MaxLine/8)), false},
		{"too long when written", text(start + "SUMMARY;X=" + many("^x", MaxLine/2-20) + ":x"), false},
		{"attachment", text(start + "ATTACH;ENCODING=BASE64:" + many("QUJD", MaxLine)), true},
		{"deep", text(start + many("BEGIN:X\n", MaxDepth-2) + many("END:X\n", MaxDepth-2)), true},
		{"too deep", text(start + many("BEGIN:X\n", MaxDepth-1) + many("END:X\n", MaxDepth-1)), false},
		{"too many components", text(start + many("BEGIN:X\nEND:X\n", MaxComponents)), false},
		{"too large", text(start + many("X:y\n", MaxSize/4)), false},
		{"too large when written", text(start + many("X:y\n", MaxSize/5)), false},
		{"objects", events(MaxObjects), true},
		{"too many objects", events(MaxObjects + 1), false},
	}
	for _, tt := range tests {
		os, err := Parse([]byte(tt.in))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err == nil {
			reparse(t, os[0])
		}
	}
}

func TestSetAndRemove(t *testing.T) {
	o := object(t, "DTSTART:20260101T100000Z\nSUMMARY:a\nCOMMENT:1\nSUMMARY:b")
	c := o.Master()
	c.SetText("summary", "new, line\nend")
	if got := c.All("SUMMARY"); len(got) != 1 || got[0].Value != `new\, line\nend` || c.Props[3].Name != "SUMMARY" {
		t.Errorf("SetText: %v", c.Props)
	}
	c.Remove("SUMMARY", "comment")
	if c.Has("SUMMARY") || c.Has("COMMENT") || !c.Has("DTSTART") {
		t.Errorf("Remove: %v", c.Props)
	}
	c.Set(Prop{Name: "X-EVIL", Value: "a\r\nATTENDEE:mailto:x@y.example"})
	if n := len(reparse(t, o).Master().Attendees()); n != 0 {
		t.Error("a line end in a value makes a line of its own")
	}
	o.SetMethod("REPLY")
	if reparse(t, o).Method() != "REPLY" {
		t.Error("SetMethod")
	}
	if o.SetMethod(""); o.Method() != "" || o.Root.Has("METHOD") {
		t.Error("SetMethod(\"\")")
	}
}

func TestCloneSharesNothing(t *testing.T) {
	o := object(t, "DTSTART:20260101T100000Z\nATTENDEE;CN=A:mailto:a@b.example\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM")
	before := string(o.Encode())
	d := o.Clone()
	d.Repairs = append(d.Repairs, "x")
	d.Master().Props[3].Params[0].Values[0] = "B"
	d.Master().Parts[0].Props[0].Value = "x"
	d.SetMethod("REQUEST")
	if string(o.Encode()) != before || len(o.Repairs) != 0 {
		t.Errorf("changing a clone changed the original:\n%s", o.Encode())
	}
}

func TestS5545_32_Stamp(t *testing.T) {
	for in, want := range map[string]string{"20260301T100000Z": "2026-03-01T10:00", "20260301T100000": "2026-03-01T10:00", "now": "0001-01-01"} {
		c := object(t, "DTSTART:20260101T100000Z\nDTSTAMP:"+in).Master()
		if got := c.Stamp(); !got.Equal(at(want)) {
			t.Errorf("DTSTAMP:%s is %s", in, got)
		}
		c.SetStamp(time.Date(2026, 3, 1, 12, 0, 0, 0, berlin))
		if got := c.Text("DTSTAMP"); got != "20260301T110000Z" {
			t.Errorf("SetStamp writes %s", got)
		}
	}
}
