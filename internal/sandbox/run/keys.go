package run

import "strings"

// Pressed is what a caller's keys come to: those before the finishing key, and
// no more than count of them where count is above 0. Twilio waits for no finishing
// key where it is empty.
func Pressed(keys string, count int, finish string) string {
	if finish != "" {
		keys, _, _ = strings.Cut(keys, finish[:1])
	}
	if count > 0 && len(keys) > count {
		keys = keys[:count]
	}
	return keys
}
