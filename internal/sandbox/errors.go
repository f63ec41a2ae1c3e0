package sandbox

import (
	"fmt"
	"net/http"
)

// apiError is Twilio's error body, https://www.twilio.com/docs/usage/twilios-response.
type apiError struct {
	Code     int            `json:"code"`
	Message  string         `json:"message"`
	MoreInfo string         `json:"more_info"`
	Status   int            `json:"status"`
	Details  map[string]any `json:"details,omitempty"`
}

// Error is the message with the code, as Twilio's clients print it.
func (e *apiError) Error() string {
	return fmt.Sprintf("%d: %s", e.Code, e.Message)
}

// apiErrorf makes the error of a status and a code of Twilio's error dictionary.
func apiErrorf(status, code int, format string, args ...any) *apiError {
	return &apiError{
		Code:     code,
		Message:  fmt.Sprintf(format, args...),
		MoreInfo: fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code),
		Status:   status,
	}
}

// invalidParameter is a 400 of a code, for a parameter with a wrong value.
func invalidParameter(code int, format string, args ...any) *apiError {
	return apiErrorf(http.StatusBadRequest, code, format, args...)
}

func errAuthenticate() *apiError {
	return apiErrorf(http.StatusUnauthorized, 20003, "Authenticate")
}

func errMissing(name string) *apiError {
	return apiErrorf(http.StatusBadRequest, 20001, "Missing required parameter %s in the post body", name)
}

// errNotFound is a 404 in Twilio's words: the 2010 host prints the whole path,
// the product hosts leave the version out.
func errNotFound(path string) *apiError {
	return apiErrorf(http.StatusNotFound, 20404, "The requested resource %s was not found", path)
}

// edgeError is the other shape, which Twilio's edge gives for too many
// concurrent requests (github.com/twilio-labs/serverless-api/issues/37).
type edgeError struct {
	Status   int    `json:"status"`
	Message  string `json:"message"`
	Detail   string `json:"detail"`
	Code     int    `json:"code"`
	MoreInfo string `json:"moreInfo"`
}

func errTooManyRequests() edgeError {
	return edgeError{
		Status:   http.StatusTooManyRequests,
		Message:  "Too many requests",
		Detail:   "Too many requests for the associated account being sent.",
		Code:     20429,
		MoreInfo: "https://www.twilio.com/docs/errors/20429",
	}
}
