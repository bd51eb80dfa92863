package kolab

import (
	"bufio"
	"encoding/json"
	"io"
	"os/exec"
	"testing"

	"usher/integration/need"
)

// oracle is Kolab's own reader and writer (Debian's python3-kolabformat) in a process of its own.
type oracle struct {
	in  io.Writer
	out *bufio.Scanner
}

type question struct {
	Op     string `json:"op"`
	Kind   string `json:"kind"`
	XML    string `json:"xml,omitempty"`
	Object any    `json:"object,omitempty"`
}

type answer struct {
	Code    int            `json:"code"` // 0: nothing to complain about
	Message string         `json:"message"`
	XML     string         `json:"xml"`
	Object  map[string]any `json:"object"`
}

func newOracle(t *testing.T) *oracle {
	t.Helper()
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import kolabformat").Run(); err != nil {
		need.Missing(t, "kolabformat is not installed: apt-get install python3-kolabformat")
	}
	cmd := exec.Command(python, "testdata/oracle.py")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the oracle ends: %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, MaxDocument)
	return &oracle{in, lines}
}

func (o *oracle) ask(t *testing.T, q question) answer {
	t.Helper()
	data, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.in.Write(append(data, '\n')); err != nil {
		t.Fatal(err)
	}
	if !o.out.Scan() {
		t.Fatalf("the oracle is silent: %v", o.out.Err())
	}
	var a answer
	if err := json.Unmarshal(o.out.Bytes(), &a); err != nil {
		t.Fatalf("%v: %.500s", err, o.out.Bytes())
	}
	return a
}
