package imaptest

import (
	"strings"
	"text/template"
)

// writeFiles writes a certificate and a server's files: a template in which a line "== name" begins each file.
func (p place) writeFiles(files string, addrs []string) error {
	cert, key, err := certificate()
	if err != nil {
		return err
	}
	var b strings.Builder
	err = template.Must(template.New("").Parse(files)).Execute(&b, map[string]any{
		"Dir": p.dir, "User": p.user, "Group": p.group, "UID": p.uid, "GID": p.gid,
		"Addr": addrs[0], "Port": port(addrs[0]), "TLSAddr": addrs[1], "TLSPort": port(addrs[1]),
		"Password": Password, "Domain": Domain,
	})
	if err != nil {
		return err
	}
	if err := p.write("cert.pem", cert); err != nil {
		return err
	}
	if err := p.write("key.pem", key); err != nil {
		return err
	}
	for _, file := range strings.Split("\n"+b.String(), "\n== ")[1:] {
		name, content, _ := strings.Cut(file, "\n")
		if err := p.write(name, content+"\n"); err != nil {
			return err
		}
	}
	return nil
}
