package message

// OwnField is the field that every automatic mail of ours has, naming the host, and that nothing else we send has. Mail
// from elsewhere may have it, too: there it says only that a machine wrote it.
const OwnField = "X-Usher-Own"
