package flow

import (
	"errors"
	"regexp"
	"strings"

	"github.com/dlclark/regexp2"
	"github.com/dlclark/regexp2/syntax"
)

// regexFaults are what every dialect of regular expressions refuses, in our words.
// Studio's is Java's, as conditions of exported flows show, and the parser is one of
// .NET's: what only one of the two takes says nothing.
var regexFaults = map[syntax.ErrorCode]string{
	syntax.ErrMissingParen:          "a ( has no )",
	syntax.ErrUnexpectedParen:       "a ) has no (",
	syntax.ErrUnterminatedBracket:   "a [ has no ]",
	syntax.ErrReversedCharRange:     "a range in [] is in reverse order",
	syntax.ErrMissingRepeatArgument: "there is nothing before a *, +, ? or {} that it could repeat",
	syntax.ErrInvalidRepeatSize:     "the numbers in {} are in reverse order or too large",
	syntax.ErrIllegalEndEscape:      `it ends with a \`,
}

var slashed = regexp.MustCompile(`^/.+/[a-z]*$`)

// regexFault says why a condition's regular expression cannot match what it should; empty
// for one that may. Where Liquid writes a part of it, nothing is known.
func regexFault(pattern string) string {
	if strings.Contains(pattern, "{{") || strings.Contains(pattern, "{%") {
		return ""
	}
	if slashed.MatchString(pattern) {
		return "the slashes around it are a part of what it asks for"
	}
	_, err := regexp2.Compile(pattern, regexp2.None)
	if refused := (*syntax.Error)(nil); errors.As(err, &refused) {
		return regexFaults[refused.Code]
	}
	return ""
}
