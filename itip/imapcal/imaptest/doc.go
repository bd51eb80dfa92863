// Package imaptest starts private IMAP servers for tests: Dovecot, Cyrus, and one in memory. They listen on loopback
// alone, keep their data in a folder of their own, and are ended by their process ids.
//
// It knows how each server is set up so that a service account may work in the folders of others, and hides from
// the tests what differs. It does not know what calendars are, and must not: what it stores are bytes.
//
// Real servers run as user nobody when the tests run as root, and as the user itself otherwise. Where one is not
// installed the test is skipped, or fails: see package need. integration/setup installs them.
package imaptest
