package addendum

import (
	"strings"
	"testing"
)

// TestSeen: where a document leaves something open, or hides what looks like its end, the words are still seen, right
// before | or behind it at the top.
func TestSeen(t *testing.T) {
	for name, doc := range map[string]string{
		"open table":        "<body><table><tr><td>a|</body></html>",
		"nested tables":     "<table><tr><td><table><tr><td>a|",
		"open, after cells": "<table><tr><td>a</td></tr>|</body>",
		"hidden, open":      "<body><p>a<div style='display: none'>tracking|</body>",
		"hidden in hidden":  "<div hidden><div><span style='visibility:hidden'>x|",
		"hidden, closed":    "<p>a<div style='display:none'><div>x</div></div>|</body>",
		"outlook hides":     "<p>a<span style='mso-hide:all;display:none!important'>x|",
		"open link":         "<p><a href=x>a|</body>",
		"open select":       "<p><select><option>a|</body>",
		"open svg":          "<p>a<svg><g>x|</body>",
		"open template":     "<p>a<template><p>x|</body>",
		"script says so":    "<body><p>a|</body><script>'</body>'</script>",
		"no body":           "<p>a|",
		"upper case":        "<HTML><BODY>a|</BODY></HTML>",
		"behind the end":    "<html><body>a|</body></html>\n<p>virus free",
		"end in a cell":     "<div hidden><table><tr><td></div>x|",
		"frames in between": "<table><tr><td><div hidden></td></tr></table>a|</body>",
	} {
		raw := strings.Replace(doc, "|", "", 1)
		in := read(t, "Content-Type: text/html\r\n\r\n"+raw)
		r, err := Add(in, everything, Options{})
		if err == nil {
			err = undo(in, r)
		}
		if err == nil {
			err = seen(r, everything.complete().marker())
		}
		if err != nil || len(r.Added) != 1 || r.Added[0].At != int64(strings.Index(doc, "|")) {
			t.Errorf("%s: %v: %+v; want it at %d", name, err, r.Added, strings.Index(doc, "|"))
			continue
		}
		if inside(r, "a", "select", "svg", "template", "table") {
			t.Errorf("%s: the words are in what is open: %s", name, written(r.Mail))
		}
	}
}

// inside tells whether the words follow a start tag that has no end before them.
func inside(r Result, names ...string) bool {
	before, _, _ := strings.Cut(written(r.Mail), "<div class=\"addendum-")
	for _, n := range names {
		if strings.Count(before, "<"+n+">")+strings.Count(before, "<"+n+" ") > strings.Count(before, "</"+n+">") {
			return true
		}
	}
	return false
}

// TestTopOfHTML: right behind <body …>, or before the first thing that is shown.
func TestTopOfHTML(t *testing.T) {
	for _, doc := range []string{
		"<html><head><title>x</title></head><body lang=de>|<p>a",
		"<!doctype html><html><head><style>p{}</style></head>\n|<p>a",
		"<meta charset=utf-8>|<p>a",
		"|a<p>b",
		"<!-- <body> --><body>|<div style=\"display:none\">preheader</div>a",
	} {
		raw := strings.Replace(doc, "|", "", 1)
		v, err := readHTML(strings.NewReader(raw), Top, nil, "")
		if at := strings.TrimRight(doc[:strings.Index(doc, "|")], "\n"); err != nil || strings.TrimRight(raw[:v.at], "\n") != at {
			t.Errorf("%v: behind %q; want %q", err, raw[:v.at], at)
		}
	}
}

// TestWords: the form that nobody wrote is made of the other.
func TestWords(t *testing.T) {
	for _, tt := range []struct{ in, want Words }{
		{Words{Text: "A & B\n<c>"}, Words{"A & B\n<c>", "<p>A &amp; B<br>\n&lt;c&gt;</p>"}},
		{Words{HTML: "<p>A &amp; <b>B</b></p><p>see <a href='https://x.example/'>here</a><br>now</p>"}, Words{Text: "A & B\n\nsee here <https://x.example/>\nnow"}},
		{Words{HTML: "<ul><li>a<li>b</ul>"}, Words{Text: "- a\n- b"}},
		{Words{HTML: "<style>p{}</style><a href='mailto:a@x'>a@x</a> <img alt='Logo'>"}, Words{Text: "a@x Logo"}},
		{Words{HTML: "<table><tr><td>a</td><td>b</td></tr></table>"}, Words{Text: "a b"}},
		{Words{Text: "a\r\nb\n\n", HTML: "c"}, Words{"a\nb", "c"}},
	} {
		if tt.want.HTML == "" {
			tt.want.HTML = tt.in.HTML
		}
		if got := tt.in.complete(); got != tt.want {
			t.Errorf("%+v: %q; want %q", tt.in, got, tt.want)
		}
	}
}
