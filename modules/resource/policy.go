package resource

import "strings"

// unfollowed names a policy of the resource that asks for something else than to be booked when free, or "": a
// room whose owner wants to be asked must not be given away without him.
func unfollowed(policies []string) string {
	for _, p := range policies {
		name := strings.ToUpper(strings.TrimSpace(p))
		if _, rest, ok := strings.Cut(name, "}"); ok && strings.HasPrefix(name, "{") {
			name = strings.TrimSpace(rest) // {n} is its place in the order
		}
		switch name {
		case "ACT_ACCEPT", "ACT_ACCEPT_AND_NOTIFY", "ALL_ACCEPT", "EVENT_ACCEPT":
		default:
			return name
		}
	}
	return ""
}
