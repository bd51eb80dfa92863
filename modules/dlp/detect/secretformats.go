package detect

import (
	"encoding/base64"
	"regexp"
	"strings"
)

// secretFormats are what vendors say their tokens look like. Where a vendor has several kinds of tokens, one entry has
// them all.
var secretFormats = []secret{
	{kind: "private-key", literals: "-----BEGIN", score: 95,
		pattern: `-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----`},
	{kind: "putty-key", literals: "PuTTY-User-Key-File-", score: 95, pattern: `PuTTY-User-Key-File-[23]: [a-z0-9-]{3,40}`},
	{kind: "age-key", literals: "AGE-SECRET-KEY-1", score: 95, pattern: `AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}`},
	{kind: "jwt", literals: "eyJ", score: 90, check: isJWT, pattern: `eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}`},

	{kind: "aws-access-key", literals: "AKIA ASIA", score: 85, entropy: 2.5, pattern: `A[KS]IA[A-Z2-7]{16}`},
	{kind: "aws-secret-key", literals: "aws_secret secret_access_key secretaccesskey", anyCase: true, score: 90, entropy: 3.8,
		pattern: `(?:aws_secret_access_key|aws_secret_key|aws_secret|secret_access_key|secretaccesskey)["']?\s{0,5}[:=]\s{0,5}["']?([A-Za-z0-9/+]{40})`},
	{kind: "google-api-key", literals: "AIza", score: 90, entropy: 3, pattern: `AIza[A-Za-z0-9_-]{35}`},
	{kind: "google-oauth", literals: "GOCSPX- ya29.", score: 90, entropy: 3, pattern: `(?:GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{30,500})`},
	{kind: "azure-storage-key", literals: "AccountKey=", score: 95, entropy: 3.5, pattern: `AccountKey=([A-Za-z0-9+/]{86}==)`},
	{kind: "digitalocean-token", literals: "dop_v1_ doo_v1_ dor_v1_", score: 95, entropy: 3, pattern: `do[opr]_v1_[a-f0-9]{64}`},
	{kind: "heroku-token", literals: "HRKU-", score: 90, entropy: 3, pattern: `HRKU-[A-Za-z0-9_-]{36,70}`},
	{kind: "databricks-token", literals: "dapi", score: 85, entropy: 2.8, pattern: `dapi[a-f0-9]{32}(?:-\d)?`},
	{kind: "vault-token", literals: "hvs. hvb. hvr.", score: 90, entropy: 3.2, pattern: `hv[sbr]\.[A-Za-z0-9_-]{24,300}`},
	{kind: "pulumi-token", literals: "pul-", score: 85, entropy: 2.8, pattern: `pul-[a-f0-9]{40}`},
	{kind: "tailscale-key", literals: "tskey-", score: 90, entropy: 3, pattern: `tskey-[a-z]{3,12}-[A-Za-z0-9]{8,32}-[A-Za-z0-9]{16,48}`},

	{kind: "github-token", literals: "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", score: 95, entropy: 3,
		pattern: `(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})`},
	{kind: "gitlab-token", literals: "glpat- gldt- glrt- glptt- glcbt-", score: 95, entropy: 3, pattern: `gl(?:pat|dt|rt|cbt)-[A-Za-z0-9_.-]{20,64}|glptt-[a-f0-9]{40}`},
	{kind: "atlassian-token", literals: "ATATT3", score: 95, entropy: 3, pattern: `ATATT3[A-Za-z0-9_=-]{150,250}`},
	{kind: "npm-token", literals: "npm_", score: 90, entropy: 3, pattern: `npm_[A-Za-z0-9]{36}`},
	{kind: "pypi-token", literals: "pypi-AgE", score: 95, entropy: 3, pattern: `pypi-AgE[A-Za-z0-9_-]{50,1000}`},
	{kind: "rubygems-token", literals: "rubygems_", score: 95, entropy: 2.8, pattern: `rubygems_[a-f0-9]{48}`},
	{kind: "docker-token", literals: "dckr_pat_ dckr_oat_", score: 95, entropy: 3, pattern: `dckr_[po]at_[A-Za-z0-9_-]{27,32}`},
	{kind: "grafana-token", literals: "glsa_ glc_", score: 90, entropy: 3, pattern: `(?:glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|glc_[A-Za-z0-9+/]{32,400}={0,2})`},
	{kind: "sentry-token", literals: "sntrys_ sntryu_", score: 90, entropy: 3, pattern: `(?:sntryu_[a-f0-9]{64}|sntrys_[A-Za-z0-9+/=_]{40,400})`},
	{kind: "newrelic-key", literals: "NRAK-", score: 90, entropy: 3, pattern: `NRAK-[A-Z0-9]{27}`},
	{kind: "postman-key", literals: "PMAK-", score: 90, entropy: 3, pattern: `PMAK-[a-f0-9]{24}-[a-f0-9]{34}`},

	{kind: "slack-token", literals: "xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xapp-", score: 90, entropy: 2.8,
		pattern: `(?:xox[abeprs]-[A-Za-z0-9-]{20,250}|xapp-\d-[A-Z0-9]{8,15}-\d{10,15}-[a-f0-9]{64})`},
	{kind: "slack-webhook", literals: "hooks.slack.com/services/", score: 90, pattern: `hooks\.slack\.com/services/T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24}`},
	{kind: "discord-webhook", literals: "discord.com/api/webhooks/", score: 90, pattern: `discord\.com/api/webhooks/\d{17,20}/[A-Za-z0-9_-]{60,72}`},
	{kind: "notion-token", literals: "ntn_", score: 85, entropy: 3, pattern: `ntn_[A-Za-z0-9]{40,60}`},
	{kind: "linear-key", literals: "lin_api_", score: 90, entropy: 3, pattern: `lin_api_[A-Za-z0-9]{40}`},
	{kind: "figma-token", literals: "figd_", score: 90, entropy: 3, pattern: `figd_[A-Za-z0-9_-]{38,60}`},
	{kind: "sendgrid-key", literals: "SG.", score: 95, entropy: 3.5, pattern: `SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`},
	{kind: "brevo-key", literals: "xkeysib-", score: 95, entropy: 3, pattern: `xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}`},
	{kind: "twilio-key", literals: "SK AC", score: 70, entropy: 2.8, pattern: `(?:SK|AC)[a-f0-9]{32}`},
	{kind: "mailgun-key", literals: "key-", score: 70, entropy: 2.8, pattern: `key-[a-f0-9]{32}`},

	{kind: "stripe-key", literals: "sk_live_ rk_live_ whsec_", score: 95, entropy: 3, pattern: `(?:[sr]k_live_[A-Za-z0-9]{24,200}|whsec_[A-Za-z0-9+/]{32,64}={0,2})`},
	{kind: "square-token", literals: "sq0atp- sq0csp-", score: 95, entropy: 3, pattern: `(?:sq0atp-[A-Za-z0-9_-]{22}|sq0csp-[A-Za-z0-9_-]{43})`},
	{kind: "shopify-token", literals: "shpat_ shpca_ shppa_ shpss_", score: 95, entropy: 2.8, pattern: `shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}`},

	{kind: "anthropic-key", literals: "sk-ant-", score: 95, entropy: 3, pattern: `sk-ant-[a-z]{3,8}\d\d-[A-Za-z0-9_-]{80,120}`},
	{kind: "openai-key", literals: "sk-", score: 90, entropy: 3.2, pattern: `sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})`},
	{kind: "huggingface-token", literals: "hf_", score: 85, entropy: 3, pattern: `hf_[A-Za-z0-9]{34,40}`},

	{kind: "url-password", literals: "://", score: 80, check: notPlaceholder, pattern: `://[^\s:/@?#"'<>]{1,100}:([^\s:/@?#"'<>]{1,100})@[A-Za-z0-9\[]`},
	{kind: "connection-string", literals: "password= pwd=", anyCase: true, score: 75, check: notPlaceholder,
		pattern: `(?:password|pwd)=([^\s;&"'<>]{4,100});`},
	{kind: "assigned-secret", literals: "password passwd secret token api_key api-key apikey access_key access-key auth_key private_key client_secret",
		anyCase: true, score: 60, entropy: 3.3, check: mixed,
		pattern: `[a-z_-]{5,40}["']?\s{0,5}(?:[:=]|:=|=>)\s{0,5}["']?([A-Za-z0-9_+/.~!$%^&*-]{12,200}={0,2})`},
}

// isJWT tells whether the head of a token names how it is signed.
func isJWT(token string) bool {
	head, _, _ := strings.Cut(token, ".")
	plain, err := base64.RawURLEncoding.DecodeString(head)
	return err == nil && strings.Contains(string(plain), `"alg"`)
}

// placeholders are what manuals write where a password goes.
var placeholders = regexp.MustCompile(`(?i)\A(?:[x*.]+|(?:your|my|the|some|user|db)?[_-]?(?:pass(?:word)?|pwd|secret|token|key|changeme|example|redacted|passwd)[_-]?(?:here)?|[$%{<\[].*)\z`)

func notPlaceholder(value string) bool { return !placeholders.MatchString(value) }

// mixed tells whether a value has digits and letters, as made-up secrets do and words do not.
func mixed(value string) bool {
	return strings.ContainsAny(value, "0123456789") && strings.IndexFunc(value, func(r rune) bool { return r > '9' }) >= 0 &&
		notPlaceholder(value) && !strings.Contains(value, "..")
}
