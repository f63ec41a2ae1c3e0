package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// fields copies the parameters of a call into a row. A parameter that was not
// sent leaves its target unchanged; an empty one clears it where that has a
// meaning. The first invalid one is stored in err, and nothing is copied after it.
type fields struct {
	params url.Values
	err    *apiError
}

func (c *call) fields() *fields { return &fields{params: c.params} }

// result is err as an error, nil if all were valid.
func (f *fields) result() error {
	if f.err == nil {
		return nil
	}
	return f.err
}

func (f *fields) sent(name string) (string, bool) {
	if f.err != nil || !f.params.Has(name) {
		return "", false
	}
	return f.params.Get(name), true
}

// fail stores the error if it is the first.
func (f *fields) fail(err *apiError) {
	if f.err == nil {
		f.err = err
	}
}

// text copies a string of any content.
func (f *fields) text(name string, into *string) {
	if value, ok := f.sent(name); ok {
		*into = value
	}
}

// length copies a string of least to most characters; else the error has the code.
func (f *fields) length(name string, into *string, least, most, code int) {
	value, ok := f.sent(name)
	if !ok {
		return
	}
	if n := utf8.RuneCountInString(value); n < least || n > most {
		f.fail(invalidParameter(code, "%s must have %d to %d characters, it has %d", name, least, most, n))
		return
	}
	*into = value
}

// required is the error for a parameter that was not sent or is empty.
func (f *fields) required(names ...string) {
	for _, name := range names {
		if f.params.Get(name) == "" {
			f.fail(errMissing(name))
		}
	}
}

// boolean copies true or false, in any letter case.
func (f *fields) boolean(name string, into *bool) {
	value, ok := f.sent(name)
	if !ok {
		return
	}
	switch strings.ToLower(value) {
	case "true":
		*into = true
	case "false":
		*into = false
	default:
		f.fail(invalidParameter(20001, "%s must be true or false", name))
	}
}

// url copies an absolute http or https URL, or the empty string (error 21402).
func (f *fields) url(name string, into *string) {
	value, ok := f.sent(name)
	if !ok {
		return
	}
	if value != "" && !isURL(value) {
		f.fail(invalidParameter(21402, "%s is not a valid URL", name))
		return
	}
	*into = value
}

// isURL reports whether the value is an absolute http or https URL.
func isURL(value string) bool {
	u, err := url.Parse(value)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// method copies GET or POST (error 21403).
func (f *fields) method(name string, into *string) {
	f.oneOf(name, into, 21403, http.MethodGet, http.MethodPost)
}

// oneOf copies one of the values; else the error has the code.
func (f *fields) oneOf(name string, into *string, code int, values ...string) {
	value, ok := f.sent(name)
	if !ok {
		return
	}
	if !slices.Contains(values, value) {
		f.fail(invalidParameter(code, "%s must be one of %s", name, strings.Join(values, ", ")))
		return
	}
	*into = value
}

// sid copies a SID with the prefix, or the empty string (error 20001).
func (f *fields) sid(name, prefix string, into *string) {
	value, ok := f.sent(name)
	if !ok {
		return
	}
	if value != "" && !isSID(prefix, value) {
		f.fail(invalidParameter(20001, "%s is not a SID beginning with %s", name, prefix))
		return
	}
	*into = value
}

// isSID reports whether the value is the prefix and 32 hexadecimal digits.
func isSID(prefix, value string) bool {
	digits, ok := strings.CutPrefix(value, prefix)
	return ok && len(digits) == 32 && strings.Trim(digits, "0123456789abcdefABCDEF") == ""
}

// check refuses parameters the route does not have, and repeated ones.
func (r route) check(params url.Values) *apiError {
	names := make([]string, 0, len(params))
	for name := range params {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		known, repeated := r.takes(name)
		if !known {
			return invalidParameter(20001, "Unknown parameter %s", strconv.Quote(name))
		}
		if len(params[name]) > 1 && !repeated {
			return invalidParameter(20001, "Parameter %s was sent more than once", name)
		}
	}
	return nil
}
