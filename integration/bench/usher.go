package main

import (
	"bufio"
	_ "embed"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"usher/examples/office"
)

// usher is the program under measurement, with the example office's directory and calendars.
type usher struct {
	sockets map[string]string // by role
	child   *child
	metrics string  // host:port
	scrape  float64 // allocations that asking for them costs
}

//go:embed usher.yaml
var usherConfig string

func startUsher(program, dir string) (*usher, error) {
	home := filepath.Join(dir, "usher")
	if err := os.CopyFS(home, office.Files); err != nil {
		return nil, err
	}
	for _, sub := range []string{"calendars", "state"} {
		if err := os.Mkdir(filepath.Join(home, sub), 0o755); err != nil {
			return nil, err
		}
	}
	metrics, err := freeAddr()
	if err != nil {
		return nil, err
	}
	u := &usher{sockets: map[string]string{}, metrics: metrics}
	config := strings.NewReplacer("$DIR", dir, "$METRICS", metrics).Replace(usherConfig)
	for _, role := range roles {
		u.sockets[role] = filepath.Join(dir, "usher-"+role+".sock")
	}
	file := filepath.Join(home, "usher.yaml")
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		return nil, err
	}
	if _, err := os.Stat(program); err != nil {
		return nil, fmt.Errorf("no program to measure (make build): %w", err)
	}
	if u.child, err = startChild("tcp", metrics, filepath.Join(home, "log"), program, "serve", "-config", file); err != nil {
		return nil, err
	}
	if err := u.learnScrape(); err != nil {
		u.child.stop()
		return nil, err
	}
	return u, nil
}

// learnScrape finds what asking costs by asking twice.
func (u *usher) learnScrape() error {
	for range 2 { // the first time is dearer than those that follow
		before, err := u.mallocs()
		if err != nil {
			return err
		}
		after, err := u.mallocs()
		if err != nil {
			return err
		}
		u.scrape = after - before
	}
	return nil
}

// mallocs is how often Usher has allocated since it started, as it tells Prometheus.
func (u *usher) mallocs() (float64, error) {
	const name = "go_memstats_mallocs_total "
	r, err := http.Get("http://" + u.metrics + "/metrics")
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	lines := bufio.NewScanner(r.Body)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), name); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("no %sin the metrics: %w", name, fs.ErrNotExist)
}

func freeAddr() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}
