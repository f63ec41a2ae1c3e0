package autopilot

import (
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// unplanned says which of the changes that are left to do are not among those that
// were planned. A write that was cut off leaves some of the planned ones; anything
// else is somebody else's doing.
func unplanned(left, planned schema.Changes) []string {
	lines := planned.Summary()
	// A task or field type that is to come or go may be half there.
	var prefixes []string
	for _, task := range planned.Tasks {
		if task.Op != schema.Update {
			prefixes = append(prefixes, "task "+task.UniqueName+": ")
		}
	}
	for _, fieldType := range planned.FieldTypes {
		if fieldType.Op != schema.Update {
			prefixes = append(prefixes, "field type "+fieldType.UniqueName+": ")
		}
	}
	return slices.DeleteFunc(slices.Clone(left.Summary()), func(line string) bool {
		return slices.Contains(lines, line) ||
			slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(line, prefix) })
	})
}
