package invitation

// DirectoryAttributes are those the module reads of entries, beside what the directory's schema names.
func (c *Config) DirectoryAttributes(string) (all []string) {
	for _, attr := range []string{c.Deputy, c.Mailbox} {
		if attr != "" {
			all = append(all, attr)
		}
	}
	return all
}
