package twilio

import (
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Value is what a field of Twilio's answer holds; the zero value where it is null or
// missing.
func Value[T any](field *T) T {
	if field == nil {
		var zero T
		return zero
	}
	return *field
}

// CheckSID refuses what is not a SID with the given prefix before it gets into the
// path of a request, where generated code escapes nothing and an empty one would
// address the whole list.
func CheckSID(sid, prefix string) error {
	if !bot.IsSID(sid) || sid[:2] != prefix {
		return fmt.Errorf("%q is not a SID that begins with %s", sid, prefix)
	}
	return nil
}
