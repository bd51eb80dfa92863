package imaptest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience is how long a server may take to start or to end.
const patience = 30 * time.Second

// processes are a server's main process, run as our child, and all that it starts: they share its session.
type processes struct {
	cmd   *exec.Cmd
	out   bytes.Buffer  // to be read when ended is closed
	ended chan struct{} // closed when the main process is gone
}

func startProcesses(p place, env []string, name string, args ...string) (*processes, error) {
	ps := &processes{cmd: exec.Command(name, args...), ended: make(chan struct{})}
	ps.cmd.Stdout, ps.cmd.Stderr = &ps.out, &ps.out
	ps.cmd.Dir, ps.cmd.SysProcAttr = p.dir, p.attributes()
	ps.cmd.Env = append([]string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + p.dir, "USER=" + p.user}, env...)
	started := make(chan error, 1)
	go ps.run(started)
	return ps, <-started
}

// run keeps one thread for as long as the process lives: the kernel sends Pdeathsig when the thread that started
// the process ends, not when ours does.
func (ps *processes) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(ps.ended)
	ps.cmd.WaitDelay = time.Second // a child of the server may keep its output open
	err := ps.cmd.Start()
	started <- err
	if err == nil {
		ps.cmd.Wait()
	}
}

// gone says how the main process ended by itself; nil while it runs.
func (ps *processes) gone() error {
	select {
	case <-ps.ended:
		return fmt.Errorf("%s ended: %v: %s", filepath.Base(ps.cmd.Path), ps.cmd.ProcessState, bytes.TrimSpace(ps.out.Bytes()))
	default:
		return nil
	}
}

// stop kills all of them, and returns when all are gone.
func (ps *processes) stop() {
	for range int(patience / (5 * time.Millisecond)) {
		if alive := ps.find(""); len(alive) == 0 {
			break
		}
		ps.signal(syscall.SIGKILL, "")
		time.Sleep(5 * time.Millisecond)
	}
	<-ps.ended
}

// signal sends to those of a name, or to all for "".
func (ps *processes) signal(sig syscall.Signal, name string) {
	for _, p := range ps.find(name) {
		syscall.Kill(p.pid, sig)
	}
}

// freeze stops all; when it returns each one has stopped.
func (ps *processes) freeze() error {
	for range int(patience / (5 * time.Millisecond)) {
		ps.signal(syscall.SIGSTOP, "")
		if !slices.ContainsFunc(ps.find(""), func(p process) bool { return p.state != "T" }) {
			return nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	return fmt.Errorf("not all stopped within %v", patience)
}

// process is what /proc/PID/stat says of one (proc(5)).
type process struct {
	pid     int
	name    string
	state   string
	session int
}

// find lists the living processes of a name, or all for "". Those that only wait to be reaped are not alive.
func (ps *processes) find(name string) (found []process) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		p, ok := readProcess(stat)
		if ok && p.session == ps.cmd.Process.Pid && p.state != "Z" && p.state != "X" && (name == "" || p.name == name) {
			found = append(found, p)
		}
	}
	return found
}

func readProcess(stat string) (p process, ok bool) {
	line, err := os.ReadFile(stat)
	if err != nil {
		return p, false // ended meanwhile
	}
	before, after := bytes.IndexByte(line, '('), bytes.LastIndexByte(line, ')') // the name may hold anything
	if before < 0 || after < before {
		return p, false
	}
	fields := strings.Fields(string(line[after+1:]))
	if len(fields) < 4 {
		return p, false
	}
	p.pid, _ = strconv.Atoi(strings.TrimSpace(string(line[:before])))
	p.name, p.state = string(line[before+1:after]), fields[0]
	p.session, err = strconv.Atoi(fields[3])
	return p, err == nil
}
