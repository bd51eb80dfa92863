package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// maxLine bounds a line; longer ones are skipped and counted.
const maxLine = 256 << 10

// eachLine reads line by line, whatever their length.
func eachLine(r io.Reader, do func(string)) (long int, err error) {
	lines := bufio.NewReaderSize(r, maxLine)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long++
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = lines.ReadSlice('\n')
			}
		} else if len(line) > 0 {
			do(strings.TrimRight(string(line), "\r\n"))
		}
		if errors.Is(err, io.EOF) {
			return long, nil
		}
		if err != nil {
			return long, err
		}
	}
}

// record is one line of ours.
type record struct {
	time   time.Time
	values map[string]string
}

func (r record) value(key string) string {
	v := strings.Map(printable, r.values[key])
	if len(v) > maxText {
		v = strings.ToValidUTF8(v[:maxText], "") + "…"
	}
	return v
}

// printable: strangers choose addresses, and a terminal obeys what it is told.
func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return '?'
}

func (r record) code() int {
	n, err := strconv.Atoi(r.values["code"])
	if err != nil {
		return 0
	}
	return n
}

func (r record) example() Example {
	return Example{r.value("queue"), r.value("listener"), r.value("stage"), r.value("from"), r.value("rcpt"), r.value("why")}
}

// parse finds our line in one that may begin with what syslog or the journal puts before it.
func parse(line string) (record, bool) {
	if !strings.Contains(line, "would") { // most lines: neither "would refuse" nor "x: would: y"
		return record{}, false
	}
	if i := strings.IndexByte(line, '{'); i >= 0 && !strings.Contains(line[:i], "time=") {
		if r, ok := parseJSON(line[i:]); ok {
			return r, true
		}
	}
	for i := 0; ; {
		at := strings.Index(line[i:], "time=")
		if at < 0 {
			return record{}, false
		}
		if i += at; i == 0 || line[i-1] == ' ' || line[i-1] == '\t' {
			return parseText(line[i:])
		}
		i += len("time=")
	}
}

// parseText reads key=value, values quoted where they need to be (log/slog).
func parseText(line string) (record, bool) {
	values := map[string]string{}
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		key, rest, ok := strings.Cut(line, "=")
		if !ok {
			break
		}
		value := rest
		if quoted, err := strconv.QuotedPrefix(rest); err == nil && quoted[0] == '"' {
			value, _ = strconv.Unquote(quoted) // a prefix that was found can be read
			line = rest[len(quoted):]
		} else {
			value, line, _ = strings.Cut(rest, " ")
		}
		if _, twice := values[key]; !twice { // the log's own keys come first, and nobody takes their place
			values[key] = value
		}
	}
	return dated(values)
}

// parseJSON reads an object of ours, or one of journalctl -o json around it.
func parseJSON(text string) (record, bool) {
	var object map[string]any
	if json.Unmarshal([]byte(text), &object) != nil {
		return record{}, false
	}
	if message, ok := object["MESSAGE"].(string); ok && object["msg"] == nil {
		if strings.HasPrefix(strings.TrimSpace(message), "{") {
			var inner map[string]any
			if json.Unmarshal([]byte(message), &inner) != nil || inner["MESSAGE"] != nil {
				return record{}, false
			}
			object = inner
		} else {
			return parse(message)
		}
	}
	values := map[string]string{}
	for key, v := range object {
		switch v := v.(type) {
		case string:
			values[key] = v
		case float64:
			values[key] = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			values[key] = fmt.Sprint(v)
		}
	}
	return dated(values)
}

func dated(values map[string]string) (record, bool) {
	t, err := time.Parse(time.RFC3339Nano, values["time"])
	return record{t, values}, err == nil && values["msg"] != ""
}

// said is what one step would have done.
type said struct{ name, said string }

// would takes apart the why of a mail: "step: would: what; step: what".
func would(why string) (all []said) {
	for _, part := range strings.Split(why, "; ") {
		if step, what, ok := strings.Cut(part, ": would: "); ok && step != "" && !strings.ContainsAny(step, " :") {
			all = append(all, said{step, what})
		}
	}
	return all
}
