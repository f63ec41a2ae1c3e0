package twilio

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Error is a request that did not succeed: Twilio refused it, or no answer came.
// It answers errors.Is for bot.ErrNotFound, bot.ErrForbidden, bot.ErrUncertain and
// bot.ErrFailed.
type Error struct {
	Method string
	Host   string // the host asked, before api_url and the like
	Path   string // without the query

	HTTPStatus int // 0 if no answer came
	// Code is Twilio's (https://www.twilio.com/docs/api/errors), 0 if the answer
	// had none.
	Code      int
	Message   string
	MoreInfo  string // a URL
	RequestID string // RQ…, what Twilio's support asks for
	// Details is the object some products add; Studio's "errors" is a list of
	// objects with "message" and "property_path".
	Details map[string]any

	// Uncertain reports whether the request was a write that may have happened.
	Uncertain bool
	// Attempts is how often the request was sent, 0 if not even once, and Refusals how often
	// of these Twilio turned it away, such as with 429.
	Attempts, Refusals int
	// Took is how long all of it took, with the waits between the attempts. GaveUp reports
	// whether it was not sent again because it would have taken longer than a call may.
	Took   time.Duration
	GaveUp bool
	// Hint says what to do, "" if the message is all there is to say.
	Hint string
	// Err is the cause where no answer came, and nil otherwise.
	Err error
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Method, e.Path)
	if e.HTTPStatus != 0 {
		fmt.Fprintf(&b, "%d: ", e.HTTPStatus)
	}
	b.WriteString(e.Message)

	var notes []string
	if e.Code != 0 {
		notes = append(notes, fmt.Sprintf("Twilio error %d", e.Code))
	}
	if e.MoreInfo != "" {
		notes = append(notes, e.MoreInfo)
	}
	if e.RequestID != "" {
		notes = append(notes, "request "+e.RequestID)
	}
	if e.Attempts > 1 {
		notes = append(notes, e.waiting())
	}
	if len(notes) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(notes, ", "))
	}
	if e.Uncertain {
		b.WriteString(". The write may have happened all the same")
	}
	if e.Hint != "" {
		b.WriteString(". " + e.Hint)
	}
	return b.String()
}

// waiting says what was waited for.
func (e *Error) waiting() string {
	text := fmt.Sprintf("%d attempts at %s in %s", e.Attempts, e.Host, e.Took.Round(time.Millisecond))
	if e.Refusals > 0 {
		text += fmt.Sprintf(", of which Twilio turned away %d", e.Refusals)
	}
	if e.GaveUp {
		text += fmt.Sprintf("; no call takes longer than %s", longestCall)
	}
	return text
}

// Is answers for the ways to go wrong that callers decide on.
func (e *Error) Is(target error) bool {
	switch target {
	case bot.ErrNotFound:
		return e.HTTPStatus == http.StatusNotFound
	case bot.ErrForbidden:
		return e.HTTPStatus == http.StatusForbidden || e.HTTPStatus == http.StatusUnauthorized
	case bot.ErrUncertain:
		return e.Uncertain
	case bot.ErrFailed:
		// A gateway in between may give up on what goes on behind it: its answer has no
		// error code of Twilio.
		return e.Uncertain && e.HTTPStatus >= http.StatusInternalServerError && e.Code != 0
	}
	return false
}

// Unwrap is the cause where no answer came, such as context.Canceled.
func (e *Error) Unwrap() error { return e.Err }

// HasCode reports whether Twilio answered with one of these error codes
// (https://www.twilio.com/docs/api/errors).
func HasCode(err error, codes ...int) bool {
	var e *Error
	return errors.As(err, &e) && e.Code != 0 && slices.Contains(codes, e.Code)
}
