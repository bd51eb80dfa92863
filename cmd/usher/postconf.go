package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"usher/cmd/usher/doctor"
)

// Bounds of a postconf run.
const (
	postconfTime = 30 * time.Second
	postconfText = 8 << 20
)

// postconf asks Postfix's own program what counts in an instance; dir "" is the system's.
func postconf(dir string) (*doctor.Postfix, error) {
	program, err := postconfProgram()
	if err != nil {
		return nil, err
	}
	var o doctor.Outputs
	for option, into := range map[string]*string{"-n": &o.Main, "-d": &o.Defaults, "-M": &o.Master, "-P": &o.Overrides} {
		if *into, err = runPostconf(program, dir, option); err != nil {
			return nil, err
		}
	}
	return doctor.Read(o)
}

// postconfPlaces are where the program is: in the PATH of root, and not always in that of others.
var postconfPlaces = []string{"postconf", "/usr/sbin/postconf", "/usr/local/sbin/postconf"}

func postconfProgram() (string, error) {
	for _, name := range postconfPlaces {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("postconf is neither in the PATH nor in /usr/sbin: is Postfix on this machine?")
}

func runPostconf(program, dir, option string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), postconfTime)
	defer cancel()
	args := []string{option}
	if dir != "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return "", err
		}
		args = []string{"-c", abs, option}
	}
	cmd := exec.CommandContext(ctx, program, args...)
	out, told := &capped{left: postconfText}, &capped{left: 4096}
	cmd.Stdout, cmd.Stderr = out, told
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("postconf %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(told.String()))
	}
	if out.over {
		return "", fmt.Errorf("postconf %s: says more than %d bytes", option, postconfText)
	}
	return out.String(), nil
}

// capped keeps what fits and remembers that there was more.
type capped struct {
	bytes.Buffer
	left int
	over bool
}

func (c *capped) Write(p []byte) (int, error) {
	keep := p[:min(len(p), c.left)]
	c.over = c.over || len(keep) < len(p)
	c.left -= len(keep)
	c.Buffer.Write(keep)
	return len(p), nil
}
