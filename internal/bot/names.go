package bot

import (
	"fmt"
	"slices"
	"strings"
)

// namesShown is how many names a message holds at most: an account may have hundreds of
// phone numbers, and a message is read to its end only where it has one.
const namesShown = 10

// JoinNames names things for people: the first ten, and how many more there are.
func JoinNames(names []string) string {
	if more := len(names) - namesShown; more > 0 {
		names = append(slices.Clone(names[:namesShown]), fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}
