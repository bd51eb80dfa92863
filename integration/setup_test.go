package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fakes stand in for Debian's programs; what they are asked is written to $CALLS.
var fakes = map[string]string{
	"id":         `echo ${FAKE_UID:-0}`,
	"dpkg":       `echo "dpkg $*" >>"$CALLS"; mkdir -p "$3/usr/lib/dovecot"`,
	"dpkg-query": `[ "${@: -1}" != "$HAVE" ] || echo -n installed`,
	"apt-get": `echo "apt-get $*" >>"$CALLS"
cat "$USHER_POLICY" >>"$CALLS"
case "$*" in
*--simulate*sasl2-bin*) echo "Remv exim4 [4.96]" ;;
*--simulate*) ;;
*download*) touch dovecot-imapd_1.deb ;;
*slapd*) echo "E: Unable to locate package slapd"; exit 100 ;;
esac`,
}

// runSetup runs the script among fakes, with an earlier policy in place ("" is none).
func runSetup(t *testing.T, policy string, env ...string) (said, calls, policyAfter string) {
	t.Helper()
	dir := t.TempDir()
	for name, body := range fakes {
		write(t, filepath.Join(dir, name), "#!/bin/bash\n"+body+"\n")
	}
	policyFile := filepath.Join(dir, "policy-rc.d")
	if policy != "" {
		write(t, policyFile, policy)
	}
	cmd := exec.Command("./setup")
	cmd.Env = append(os.Environ(), append([]string{"PATH=" + dir + ":" + os.Getenv("PATH"), "USHER_POLICY=" + policyFile,
		"USHER_UNPACKED=" + filepath.Join(dir, "unpacked"), "CALLS=" + filepath.Join(dir, "calls")}, env...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("setup: %v: %s", err, out)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".usher-setup*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	return string(out), read(t, filepath.Join(dir, "calls")), read(t, policyFile)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

func TestSetupInstallsWhatIsMissingAndStartsNothing(t *testing.T) {
	said, calls, after := runSetup(t, "my policy\n", "HAVE=postfix")
	if !strings.Contains(calls, "install --no-install-recommends ldap-utils") {
		t.Errorf("ldap-utils was not installed:\n%s", calls)
	}
	if strings.Contains(calls, "recommends postfix") {
		t.Errorf("postfix is there and was installed again:\n%s", calls)
	}
	if strings.Contains(calls, "my policy") || !strings.Contains(calls, "exit 101") {
		t.Errorf("services could start on installation:\n%s", calls)
	}
	if after != "my policy\n" {
		t.Errorf("policy-rc.d is now %q, want the one from before", after)
	}
	if !strings.Contains(said, "Unable to locate package slapd") {
		t.Errorf("nothing said about slapd:\n%s", said)
	}
}

func TestSetupRemovesNoPackage(t *testing.T) {
	said, calls, after := runSetup(t, "")
	if !strings.Contains(said, "sasl2-bin (would remove exim4") {
		t.Errorf("said\n%s\nwant why sasl2-bin is not installed", said)
	}
	for line := range strings.Lines(calls) {
		if strings.Contains(line, "sasl2-bin") && !strings.Contains(line, "--simulate") {
			t.Errorf("called %s", line)
		}
	}
	if after != "" {
		t.Errorf("a policy-rc.d stays behind: %q", after)
	}
}

func TestSetupOfAnOrdinaryUserSaysWhatIsMissing(t *testing.T) {
	said, calls, _ := runSetup(t, "", "FAKE_UID=1000", "HAVE=postfix")
	if !strings.Contains(said, "sudo apt-get install sasl2-bin") || strings.Contains(said, "install postfix") {
		t.Errorf("said\n%s", said)
	}
	if calls != "" {
		t.Errorf("called %s", calls)
	}
}

func TestSetupUnpacksTheSecondIMAPServer(t *testing.T) {
	unpacked := filepath.Join(t.TempDir(), "above", "unpacked")
	run := func() (said, calls string) {
		t.Helper()
		said, calls, _ = runSetup(t, "", "HAVE=dovecot-core", "USHER_UNPACKED="+unpacked)
		return said, calls
	}
	said, calls := run()
	if !strings.Contains(calls, "download dovecot-imapd=installed") || strings.Contains(calls, "recommends dovecot-imapd") {
		t.Errorf("called\n%s\nwant a download in the version of dovecot-core, which is %q here", calls, "installed")
	}
	if _, err := os.Stat(filepath.Join(unpacked, "usr/lib/dovecot")); err != nil || !strings.Contains(said, "unpacked dovecot-imapd in "+unpacked) {
		t.Errorf("%v; said\n%s", err, said)
	}
	if _, calls := run(); strings.Contains(calls, "download") {
		t.Errorf("again downloaded:\n%s", calls)
	}
	write(t, filepath.Join(unpacked, "version"), "older\n")
	if _, calls := run(); !strings.Contains(calls, "download") {
		t.Errorf("an older version stays:\n%s", calls)
	}
}

func TestSetupOfAnOrdinaryUserSaysWhatIsNotUnpacked(t *testing.T) {
	said, calls, _ := runSetup(t, "", "FAKE_UID=1000", "HAVE=dovecot-core")
	if !strings.Contains(said, "dovecot-imapd in ") || calls != "" {
		t.Errorf("called %q, said\n%s", calls, said)
	}
}
