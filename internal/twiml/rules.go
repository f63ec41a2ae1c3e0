package twiml

import (
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// rule is what the value of an attribute must be.
type rule struct {
	is string // such as "a whole number from 1 to 600"
	// public is whether a wrong value may be shown: it should have been a number or a word of
	// TwiML's. Other values, such as the digits to send, may be secrets.
	public bool
	// each is the rule of the values of a list, nil for a single value.
	each *rule
	// read is the text of a value; false where it is not of the rule.
	read func(given any) (string, bool)
}

// scalar is the text of a value that is not a list or an object. As in Terraform, a number or
// a bool is good where a text is asked for, and the other way round.
func scalar(given any) (string, bool) {
	switch given := given.(type) {
	case string:
		return given, true
	case bool:
		return strconv.FormatBool(given), true
	case json.Number:
		return given.String(), true
	default:
		return "", false
	}
}

// template is a value that a TwiML Bin fills in during a call
// (https://www.twilio.com/docs/serverless/twiml-bins/getting-started#twiml-bin-templates).
var template = regexp.MustCompile(`^\{\{\w+\}\}$`)

// that is the rule of a single value whose text passes a test, or is not known before a call.
func that(is string, test func(text string) bool) rule {
	return rule{is: is, read: func(given any) (string, bool) {
		text, ok := scalar(given)
		return text, ok && (test(text) || template.MatchString(text))
	}}
}

// public is that rule for values that may be shown.
func public(is string, test func(text string) bool) rule {
	r := that(is, test)
	r.public = true
	return r
}

func matching(is, expression string) rule {
	return that(is, regexp.MustCompile(expression).MatchString)
}

func atMost(runes int) rule {
	return that(fmt.Sprintf("a text of 1 to %d characters", runes), func(text string) bool {
		return text != "" && utf8.RuneCountInString(text) <= runes
	})
}

func oneOf(values ...string) rule {
	return public("one of "+strings.Join(values, ", "), func(text string) bool { return slices.Contains(values, text) })
}

// whole is a whole number of at least the first number and, where there is a second, at most that.
func whole(bounds ...int) rule {
	is := fmt.Sprintf("a whole number of at least %d", bounds[0])
	if len(bounds) > 1 {
		is = fmt.Sprintf("a whole number from %d to %d", bounds[0], bounds[1])
	}
	return public(is, func(text string) bool {
		n, err := strconv.Atoi(text)
		return err == nil && n >= bounds[0] && (len(bounds) == 1 || n <= bounds[1]) && text == strconv.Itoa(n)
	})
}

// either is the rule of a value for which there are two.
func either(a, b rule) rule {
	return rule{is: a.is + ", or " + b.is, public: a.public && b.public, read: func(given any) (string, bool) {
		if text, ok := a.read(given); ok {
			return text, true
		}
		return b.read(given)
	}}
}

// several is a list of values of a rule, or one text of them with the separator between.
func several(each rule, separator string) rule {
	return rule{is: "a list, each " + each.is, public: each.public, each: &each, read: func(given any) (string, bool) {
		list, ok := given.([]any)
		if !ok {
			text, ok := scalar(given)
			if !ok {
				return "", false
			}
			for _, part := range strings.Split(text, separator) {
				list = append(list, strings.TrimSpace(part))
			}
		}
		var texts []string
		for _, one := range list {
			if one == nil {
				continue
			}
			text, ok := each.read(one)
			if !ok {
				return "", false
			}
			texts = append(texts, text)
		}
		return strings.Join(texts, separator), len(texts) > 0
	}}
}

var (
	anyText  = that("a text", func(string) bool { return true })
	someText = that("a text that is not empty", func(text string) bool { return text != "" })
	boolean  = oneOf("true", "false")
	method   = oneOf("GET", "POST")
	// link is a URL, absolute or relative to that of the document.
	link = that("a URL (http or https), absolute or relative", isLink)
	// linkOrNone is a URL, or an empty text where that turns a default off.
	linkOrNone = either(link, that("empty", func(text string) bool { return text == "" }))
	// socket is where a WebSocket leads. Twilio takes wss alone; the loopback is for a sandbox.
	socket = that("a URL that begins with wss://, or with ws:// on the loopback", isSocket)
	// keypad is what can be pressed on a phone.
	keypad = matching("digits, # and *", `^[0-9#*]*$`)
	// tones are what can be played: w is half a second of silence, W a second.
	tones = matching("digits, #, *, and w for a pause", `^[0-9A-D#*wW,]+$`)
	phone = matching("a phone number, such as +12025550142", `^\+?\(?[0-9][0-9 ().-]*$`)
	sip   = matching("a SIP address, such as sip:alice@example.com", `^sips?:[^\s@]+@?[^\s@]+$`)
	level = public("a number from 0 to 1", func(text string) bool {
		n, err := strconv.ParseFloat(text, 64)
		return err == nil && n >= 0 && n <= 1
	})
)

// sid is the SID of an object.
func sid(prefix string) rule {
	return matching("a SID, "+prefix+"…", "^"+prefix+"[0-9a-fA-F]{32}$")
}

func isLink(text string) bool {
	u, err := url.Parse(text)
	switch {
	case err != nil, text == "", strings.ContainsAny(text, " \t\r\n"):
		return false
	case u.Scheme == "":
		return u.Host == "" || strings.HasPrefix(text, "//")
	default:
		return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
	}
}

func isSocket(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.ContainsAny(text, " \t\r\n") {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "wss" || u.Scheme == "ws" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// actually says which value was given, where the rule lets it be shown and it is short and on one
// line.
func (r rule) actually(given any) string {
	switch given := given.(type) {
	case []any:
		return ", not a list"
	case map[string]any:
		return ", not an object"
	default:
		text, ok := scalar(given)
		if !ok || !r.public && text != "" || len(text) > 40 || !regexp.MustCompile(`^[\w .-]*$`).MatchString(text) {
			return ""
		}
		return fmt.Sprintf(", not %q", text)
	}
}

// forbidden finds a character that XML cannot hold, not even as a reference
// (https://www.w3.org/TR/xml/#charsets).
func forbidden(text string) (rune, bool) {
	for i, r := range text {
		switch {
		case r == utf8.RuneError:
			if _, width := utf8.DecodeRuneInString(text[i:]); width == 1 {
				return r, true
			}
		case r == '\t', r == '\n', r == '\r':
		case r < 0x20, r == 0xFFFE, r == 0xFFFF:
			return r, true
		}
	}
	return 0, false
}
