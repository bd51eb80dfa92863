package postfix

// Conf is the folder of main.cf and master.cf, for programs that look at them.
func (p *Instance) Conf() string { return p.conf() }
