package main

import (
	"strings"
	"testing"
)

const failing = `{"Action":"start","Package":"a"}
{"Action":"run","Package":"a","Test":"TestGood"}
{"Action":"output","Package":"a","Test":"TestGood","Output":"chatter\n"}
{"Action":"pass","Package":"a","Test":"TestGood"}
{"Action":"output","Package":"a","Test":"TestBad","Output":"    a_test.go:7: got 1, want 2\n"}
{"Action":"fail","Package":"a","Test":"TestBad"}
{"Action":"fail","Package":"a","Elapsed":1.5}
`

const skipping = `{"Action":"pass","Package":"b","Test":"TestGood"}
{"Action":"output","Package":"b","Test":"TestPostfix","Output":"=== RUN   TestPostfix\n"}
{"Action":"output","Package":"b","Test":"TestPostfix","Output":"    b_test.go:9: NOT TESTED: postfix is not installed: apt-get install postfix\n"}
{"Action":"skip","Package":"b","Test":"TestPostfix"}
{"Action":"pass","Package":"b","Elapsed":0.1}
`

const unbuilt = `{"ImportPath":"c","Action":"build-output","Output":"c.go:3:1: syntax error\n"}
{"ImportPath":"c","Action":"build-fail"}
{"Action":"output","Package":"c","Output":"FAIL\tc [build failed]\n"}
{"Action":"fail","Package":"c","Elapsed":0,"FailedBuild":"c"}
`

func TestReport(t *testing.T) {
	tests := []struct {
		name, in  string
		ok        bool
		says, not string
	}{
		{name: "failure", in: failing, ok: false, says: "got 1, want 2", not: "chatter"},
		{name: "skip", in: skipping, ok: true, says: "b TestPostfix: NOT TESTED: postfix is not installed: apt-get install postfix"},
		{name: "build failure", in: unbuilt, ok: false, says: "syntax error"},
		{name: "nothing tested", in: "", ok: false, says: "0 tests passed"},
		{name: "not JSON", in: "go: no such module\n", ok: false, says: "go: no such module"},
	}
	for _, tt := range tests {
		var out strings.Builder
		r := newReport(&out)
		if err := r.read(strings.NewReader(tt.in)); err != nil {
			t.Fatal(err)
		}
		if ok := r.summary(); ok != tt.ok || !strings.Contains(out.String(), tt.says) || tt.not != "" && strings.Contains(out.String(), tt.not) {
			t.Errorf("%s: ok %v, output\n%s", tt.name, ok, out.String())
		}
	}
}
