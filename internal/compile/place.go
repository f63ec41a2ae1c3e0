package compile

import (
	"strconv"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// Place is the task that a state of a compiled flow was made for, and the number of the
// action in its list, from 1. It is false for states that tasks share, and for those
// whose name was shortened.
func Place(s *schema.Schema, state string) (task string, action int, ok bool) {
	channel, rest, _ := strings.Cut(state, "_")
	if channel != "m" && channel != "v" {
		return "", 0, false
	}
	for _, t := range s.Tasks {
		after, found := strings.CutPrefix(rest, identifier(t.UniqueName, "-")+"_")
		if !found || len(after) < 3 || after[2] != '_' {
			continue
		}
		// Of two tasks of which one's name begins with the other's, it is the longer: what
		// the other would leave behind its number begins with a number again, not a verb.
		if n, err := strconv.Atoi(after[:2]); err == nil && n > 0 && len(t.UniqueName) > len(task) {
			task, action, ok = t.UniqueName, n, true
		}
	}
	return task, action, ok
}
