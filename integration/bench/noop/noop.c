/* A milter that does nothing, written with libmilter: the yardstick beside which a filter's cost is measured.
   It takes everything a filter that reads whole mails takes, and lets each mail go at its end.
   cc -O2 -o noop noop.c -lmilter -lpthread; noop unix:/path/of/socket */
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <sys/stat.h>

static sfsistat conn(SMFICTX *c, char *host, _SOCK_ADDR *addr) { (void)c; (void)host; (void)addr; return SMFIS_CONTINUE; }
static sfsistat word(SMFICTX *c, char *w) { (void)c; (void)w; return SMFIS_CONTINUE; }
static sfsistat args(SMFICTX *c, char **argv) { (void)c; (void)argv; return SMFIS_CONTINUE; }
static sfsistat header(SMFICTX *c, char *name, char *value) { (void)c; (void)name; (void)value; return SMFIS_CONTINUE; }
static sfsistat body(SMFICTX *c, unsigned char *p, size_t n) { (void)c; (void)p; (void)n; return SMFIS_CONTINUE; }
static sfsistat done(SMFICTX *c) { (void)c; return SMFIS_CONTINUE; }

static struct smfiDesc filter = {
	.xxfi_name = "noop", .xxfi_version = SMFI_VERSION,
	.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY | SMFIF_ADDRCPT | SMFIF_DELRCPT,
	.xxfi_connect = conn, .xxfi_helo = word, .xxfi_envfrom = args, .xxfi_envrcpt = args,
	.xxfi_header = header, .xxfi_eoh = done, .xxfi_body = body, .xxfi_eom = done,
};

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: noop unix:/path\n");
		return 2;
	}
	umask(0); /* Postfix has to write to the socket */
	if (smfi_setconn(argv[1]) != MI_SUCCESS || smfi_register(filter) != MI_SUCCESS) {
		fprintf(stderr, "noop: no milter on %s\n", argv[1]);
		return 1;
	}
	return smfi_main() == MI_SUCCESS ? 0 : 1;
}
