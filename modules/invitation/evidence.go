package invitation

import "context"

// doubt says why the mail does not prove that it is from the sender, or "".
func (v *visit) doubt(_ context.Context) (why string, err error) { return "", nil }
