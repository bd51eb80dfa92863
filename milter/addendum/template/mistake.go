package template

import (
	"errors"
	"fmt"
	htmltemplate "html/template"
	"regexp"
	"strconv"
	"strings"
)

// mistake takes the error of a library apart: the line is ours to say, and so is that it is about a template.
func mistake(name string, err error) Mistake {
	var escaping *htmltemplate.Error
	if errors.As(err, &escaping) && escaping.Line > 0 {
		return Mistake{name, escaping.Line, inWords(escaping.Description)}
	}
	text := err.Error()
	for _, begin := range []string{"template: ", "html/template:"} {
		text = strings.TrimPrefix(text, begin)
	}
	rest, ok := strings.CutPrefix(text, name+":")
	if !ok {
		return Mistake{Name: name, Text: text}
	}
	number, rest, _ := strings.Cut(rest, ":")
	line, err := strconv.Atoi(number)
	if err != nil {
		return Mistake{Name: name, Text: text}
	}
	if column, behind, ok := strings.Cut(rest, ": "); ok && isNumber(column) {
		rest = behind
	}
	return Mistake{name, line, inWords(strings.TrimSpace(rest))}
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

var noFunction = regexp.MustCompile(`^function "(.*)" not defined$`)

// inWords leaves out how the library calls itself, and what only its authors understand.
func inWords(text string) string {
	if name := noFunction.FindStringSubmatch(text); name != nil {
		return fmt.Sprintf("there is no function %s; an attribute is written {{.%s}}", name[1], name[1])
	}
	text, _, _ = strings.Cut(text, ": {state")
	if _, behind, ok := strings.Cut(text, ">: "); ok && strings.HasPrefix(text, "executing ") {
		return behind
	}
	return text
}
