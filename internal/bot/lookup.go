package bot

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Lookup is what Twilio knows of a phone number
// (https://www.twilio.com/docs/lookup/v2-api). Empty strings Twilio does not know.
type Lookup struct {
	Valid bool
	// Errors say why a number is not valid, in Twilio's words, such as TOO_SHORT.
	Errors         []string
	PhoneNumber    string // E.164
	NationalFormat string
	CountryCode    string // ISO 3166
	CallingCode    string
	LineType       *LineType   // nil where it was not asked for, or of a number that is not valid
	CallerName     *CallerName // like LineType
}

// LineType is what kind of line a number is.
type LineType struct {
	Type              string
	CarrierName       string
	MobileCountryCode string
	MobileNetworkCode string
	ErrorCode         int // 0 for none
}

// CallerName is who a number belongs to.
type CallerName struct {
	Name      string
	Type      string // CONSUMER, BUSINESS or UNDETERMINED
	ErrorCode int    // 0 for none
}

// LookupPackage is a part of a lookup that costs money.
type LookupPackage string

// The packages, as Twilio names them.
const (
	PackageLineType   LookupPackage = "line_type_intelligence"
	PackageCallerName LookupPackage = "caller_name"
)

// LookupPackages lists the packages that can be asked for.
func LookupPackages() []LookupPackage { return []LookupPackage{PackageCallerName, PackageLineType} }

// Failed is the packages that failed, with Twilio's error code.
func (l Lookup) Failed() map[LookupPackage]int {
	failed := map[LookupPackage]int{}
	if l.LineType != nil && l.LineType.ErrorCode != 0 {
		failed[PackageLineType] = l.LineType.ErrorCode
	}
	if l.CallerName != nil && l.CallerName.ErrorCode != 0 {
		failed[PackageCallerName] = l.CallerName.ErrorCode
	}
	return failed
}

// longestLookup is far above any phone number.
const longestLookup = 64

// CheckLookup refuses what cannot be asked for. A number that is not valid can be: Twilio says
// what is wrong with it.
func CheckLookup(number string) error {
	switch {
	case !strings.ContainsFunc(number, func(r rune) bool { return unicode.IsDigit(r) || unicode.IsLetter(r) }):
		return errors.New("it has no digit, so there is nothing to look up")
	case len(number) > longestLookup || strings.ContainsFunc(number, unicode.IsControl):
		return fmt.Errorf("it is longer than %d characters, or holds control characters", longestLookup)
	}
	return nil
}

var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

// CheckCountryCode refuses what is not a country code of ISO 3166, by its form.
func CheckCountryCode(code string) error {
	if !countryCode.MatchString(code) {
		return fmt.Errorf("%q is not a country code of ISO 3166, two capital letters such as GB", code)
	}
	return nil
}
