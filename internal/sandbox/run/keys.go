package run

import "strings"

// Pressed is the input of a caller's keys: those before the finishing key, and at most
// count of them where count is above 0. Twilio does not wait for a finishing key where
// it is empty.
func Pressed(keys string, count int, finish string) string {
	if finish != "" {
		keys, _, _ = strings.Cut(keys, finish[:1])
	}
	if count > 0 && len(keys) > count {
		keys = keys[:count]
	}
	return keys
}
