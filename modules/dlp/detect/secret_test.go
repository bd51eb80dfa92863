package detect

import (
	"strings"
	"testing"
)

// random is text that looks random; the tokens below are put together so that no scanner takes this file for a leak.
const random = "q7Zt2Wm9Xc4Vb8Nk1Lp6Rj3Hg5Fd0SaYeUiOTwQxKzBvMnCrGyPhJDlEfIuAo74bR9sXk2mWq81Zt6VnC3pLd05"

func TestSecrets(t *testing.T) {
	hex := strings.Repeat("3f9a1c0b7e24d685", 4)
	tests := []struct{ kind, text string }{
		{"private-key", "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE"},
		{"private-key", "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----\n"},
		{"jwt", "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + random[:43]},
		{"aws-access-key", "AKIA" + "QZ7WKTNB3XVMJ5RD"},
		{"aws-secret-key", "aws_secret_access_key = " + random[:40]},
		{"github-token", "ghp_" + random[:36]},
		{"gitlab-token", "glpat-" + random[:20]},
		{"slack-token", "xoxb-" + "123456789012-" + random[:24]},
		{"stripe-key", "sk_live_" + random[:24]},
		{"google-api-key", "AIza" + random[:35]},
		{"sendgrid-key", "SG." + random[:22] + "." + random[22:65]},
		{"digitalocean-token", "dop_v1_" + hex},
		{"azure-storage-key", "AccountKey=" + random[:86] + "=="},
		{"anthropic-key", "sk-ant-api03-" + random[:85]},
		{"url-password", "postgres://app:" + "s3cr3tWord9@db.example.org/app"},
		{"connection-string", "Server=db;User=app;" + "Password=t0ps3cr3t!;"},
		{"assigned-secret", `"client_secret": "` + random[:32] + `"`},
	}
	for _, tt := range tests {
		text := "Please use this: " + tt.text + " and tell nobody."
		found := Text(text, []string{tt.kind})
		if len(found) != 1 || found[0].Score < 60 || found[0].From < 17 {
			t.Errorf("%s: %v", tt.kind, found)
		}
	}
}

func TestNoSecrets(t *testing.T) {
	for _, text := range []string{
		"-----BEGIN PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----", "eyJub3RoaW5nIjoxfQ.eyJub3RoaW5nIjoxfQ." + random[:20],
		"ghp_" + strings.Repeat("a", 36), "xghp_" + random[:36], "https://example.org:8080/a@b", "postgres://user:password@db", "ftp://user:${PASS}@db",
		"password: correct horse battery", "the secret: everybody loves chocolate", "token=your_token_here", "AKIAAAAAAAAAAAAAAAAA",
	} {
		if found := Text(text, []string{Secret}); len(found) != 0 {
			t.Errorf("%q: %v", text, found)
		}
	}
}

func TestSecretsAreMasked(t *testing.T) {
	for text, want := range map[string]string{
		"ghp_" + random[:36]:         "********" + random[32:36],
		"ftp://app:s3cr3tWord9@host": "********",
	} {
		if found := Text(text, []string{Secret}); len(found) != 1 || found[0].Masked != want {
			t.Errorf("%v, want %s", found, want)
		}
	}
}
