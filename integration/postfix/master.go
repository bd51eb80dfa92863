package postfix

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// master is Postfix's parent process, run as our child: no pid file can lie about it, and it goes when we go.
type master struct {
	cmd    *exec.Cmd
	out    bytes.Buffer  // to be read when ended is closed
	ended  chan struct{} // closed when the process is gone
	status error
}

func startMaster(conf string) (*master, error) {
	daemons, err := daemonDirectory(conf)
	if err != nil {
		return nil, err
	}
	// -d: stay in the foreground. A session of its own, for master ends its whole process group when told to.
	m := &master{cmd: exec.Command(filepath.Join(daemons, "master"), "-c", conf, "-d"), ended: make(chan struct{})}
	m.cmd.Stdout, m.cmd.Stderr = &m.out, &m.out
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
	started := make(chan error, 1)
	go m.run(started)
	return m, <-started
}

// run keeps one thread for as long as the process lives: the kernel sends Pdeathsig when the thread that started
// the process ends, not when ours does.
func (m *master) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(m.ended)
	err := m.cmd.Start()
	started <- err
	if err == nil {
		m.status = m.cmd.Wait()
	}
}

func (m *master) gone() bool {
	select {
	case <-m.ended:
		return true
	default:
		return false
	}
}

// whyGone explains a master that ended by itself, from its output and the mail log.
func (m *master) whyGone(log string) error {
	said := m.out.String() + log
	if strings.Contains(said, "Address already in use") {
		return errPortTaken
	}
	return fmt.Errorf("postfix ended (%v): %s", m.status, strings.TrimSpace(m.out.String()))
}

// stop ends Postfix with all its processes; again is nothing.
func (m *master) stop() error {
	if !m.gone() {
		m.cmd.Process.Signal(syscall.SIGTERM)
	}
	for deadline := time.Now().Add(patience); m.groupAlive(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			// The group is ours alone: see Setsid.
			syscall.Kill(-m.cmd.Process.Pid, syscall.SIGKILL)
			<-m.ended
			return fmt.Errorf("postfix did not end within %v and was killed", patience)
		}
	}
	return nil
}

// groupAlive tells whether master or any process it started is still at work. Those that only wait to be reaped
// by init are not; that can take a second.
func (m *master) groupAlive() bool {
	if !m.gone() {
		return true
	}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		if state, group := processState(stat); group == m.cmd.Process.Pid && state != "Z" {
			return true
		}
	}
	return false
}

// processState reads state and process group from /proc/PID/stat (proc(5)); a process that is gone has none.
func processState(stat string) (state string, group int) {
	line, err := os.ReadFile(stat)
	if err != nil {
		return "", 0
	}
	fields := strings.Fields(string(line[bytes.LastIndexByte(line, ')')+1:])) // the name may hold anything
	if len(fields) < 3 {
		return "", 0
	}
	group, _ = strconv.Atoi(fields[2])
	return fields[0], group
}

func daemonDirectory(conf string) (string, error) {
	out, err := exec.Command(command("postconf"), "-c", conf, "-h", "daemon_directory").Output()
	if err != nil {
		return "", fmt.Errorf("postconf: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
