package postfix

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// mainCF are the settings of every instance; $D is its folder.
var mainCF = map[string]string{
	"compatibility_level":   "3.6",
	"queue_directory":       "$D/queue",
	"data_directory":        "$D/data",
	"maillog_file":          "$D/mail.log",
	"maillog_file_prefixes": "/var, /dev/stdout, $D", // the default forbids /tmp
	"enable_long_queue_ids": "yes",                   // never used twice: the log is unambiguous
	"smtputf8_enable":       "yes",

	"myhostname":           "mx.test",
	"myorigin":             "test",
	"mydestination":        "",
	"local_transport":      "error:local mail disabled",
	"local_recipient_maps": "",
	"alias_maps":           "",
	"alias_database":       "",

	"inet_interfaces":          "127.0.0.1",
	"inet_protocols":           "ipv4",
	"mynetworks":               "127.0.0.0/8",
	"smtpd_relay_restrictions": "permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination",
	"smtp_host_lookup":         "native",
	"smtp_dns_support_level":   "disabled",
	"smtpd_peername_lookup":    "no", // no DNS
	"smtpd_tls_security_level": "none",
	"smtp_tls_security_level":  "none",

	"smtpd_authorized_xclient_hosts": "127.0.0.0/8",
	"smtpd_sasl_auth_enable":         "yes",
	"smtpd_sasl_type":                "cyrus",
	"smtpd_sasl_path":                "smtpd",
	"cyrus_sasl_config_path":         "$D/conf/sasl",
	"smtpd_sasl_local_domain":        "",

	"milter_default_action": "tempfail",

	// What protects a server from strangers would only slow down or fail a test.
	"message_size_limit":                    "104857600",
	"smtpd_client_connection_count_limit":   "0",
	"smtpd_client_connection_rate_limit":    "0",
	"smtpd_error_sleep_time":                "0",
	"smtpd_soft_error_limit":                "1000",
	"smtpd_hard_error_limit":                "1000",
	"in_flow_delay":                         "0",
	"default_destination_concurrency_limit": "20",
}

// masterCF are the services inside; the smtpds are added in front.
const masterCF = `pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
showq     unix  n - n - - showq
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`

const saslConf = `pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: %s
mech_list: PLAIN LOGIN
`

// lay makes the folders, main.cf and the password database.
func (p *Instance) lay(o Options) error {
	for _, d := range []string{"conf/sasl", "queue", "data"} {
		if err := os.MkdirAll(filepath.Join(p.dir, d), 0o755); err != nil {
			return err
		}
	}
	return errors.Join(
		ownedByPostfix(filepath.Join(p.dir, "data"), 0o700),
		p.write("main.cf", p.mainCF(o)),
		p.layUsers(o.Users),
	)
}

func (p *Instance) mainCF(o Options) string {
	settings := maps.Clone(mainCF)
	settings["relay_domains"] = strings.Join(o.Domains, ", ")
	if o.Domains == nil {
		settings["relay_domains"] = "example.org"
	}
	settings["default_transport"] = "discard:"
	if o.Deliver != "" {
		host, port, _ := strings.Cut(o.Deliver, ":")
		settings["default_transport"] = fmt.Sprintf("smtp:[%s]:%s", host, port)
	}
	settings["relay_transport"] = settings["default_transport"]
	settings["non_smtpd_milters"] = o.Local
	maps.Copy(settings, o.Main)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&b, "%s = %s\n", name, strings.ReplaceAll(settings[name], "$D", p.dir))
	}
	return b.String()
}

func (p *Instance) writeMaster(o Options) error {
	var b strings.Builder
	for _, s := range o.Services {
		limit := "-"
		if s.Processes > 0 {
			limit = fmt.Sprint(s.Processes)
		}
		fmt.Fprintf(&b, "%s inet n - n - %s smtpd\n", p.addrs[s.Name], limit)
		settings := map[string]string{"smtpd_milters": s.Milter, "milter_macro_daemon_name": s.Name}
		maps.Copy(settings, s.Main)
		for _, name := range slices.Sorted(maps.Keys(settings)) {
			fmt.Fprintf(&b, "  -o { %s = %s }\n", name, settings[name])
		}
	}
	return p.write("master.cf", b.String()+masterCF)
}

// layUsers fills the password database that smtpd reads without any daemon.
func (p *Instance) layUsers(users map[string]string) error {
	db := filepath.Join(p.conf(), "sasldb2")
	if err := p.write("sasl/smtpd.conf", fmt.Sprintf(saslConf, db)); err != nil || len(users) == 0 {
		return err
	}
	for login, password := range users {
		name, realm, _ := strings.Cut(login, "@")
		cmd := exec.Command(command("saslpasswd2"), "-p", "-c", "-f", db, "-u", cmp.Or(realm, "test"), name)
		cmd.Stdin = strings.NewReader(password)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("saslpasswd2 (Debian package sasl2-bin): %w: %s", err, out)
		}
	}
	return readableByPostfix(db)
}

func (p *Instance) write(name, content string) error {
	path := filepath.Join(p.conf(), name)
	return errors.Join(os.WriteFile(path, []byte(content), 0o644), settle(path))
}

// settle makes a file look old: each of Postfix's programs waits until main.cf has not changed for two seconds.
func settle(path string) error {
	old := time.Now().Add(-time.Hour)
	return os.Chtimes(path, old, old)
}
