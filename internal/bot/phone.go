package bot

import (
	"fmt"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// ParsePhoneNumber reads a phone number in international form and returns it in
// E.164. Spaces, dashes, dots and brackets are equal to none. A number that no
// country could have (by its length, per Google's libphonenumber) is an error.
func ParsePhoneNumber(written string) (string, error) {
	if known, ok := parsedNumbers.get(written); ok {
		return known, nil
	}
	number, err := parsePhoneNumber(written)
	if err == nil {
		parsedNumbers.put(written, number)
	}
	return number, err
}

// maxParsedNumbers is how many numbers are remembered: several megabytes of them.
const maxParsedNumbers = 1 << 15

// parsedNumbers remembers numbers that were read. Terraform shows a provider the same ones
// again and again, and libphonenumber takes 20 microseconds for each.
var parsedNumbers = numberCache{byWritten: map[string]string{}}

// numberCache holds numbers in E.164 by how they are written.
type numberCache struct {
	mu        sync.RWMutex
	byWritten map[string]string
}

func (c *numberCache) get(written string) (number string, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	number, ok = c.byWritten[written]
	return number, ok
}

func (c *numberCache) put(written, number string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.byWritten) >= maxParsedNumbers {
		clear(c.byWritten)
	}
	c.byWritten[written] = number
}

func parsePhoneNumber(written string) (string, error) {
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \u00a0-–.()[]/", r) {
			return -1
		}
		return r
	}, written)
	const form = "write it in E.164: a plus sign, the country code and the number, such as +12025550142"
	digits, ok := strings.CutPrefix(plain, "+")
	if !ok {
		return "", fmt.Errorf("%q does not begin with a plus sign and a country code; %s", written, form)
	}
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", fmt.Errorf("%q holds something other than digits; %s", written, form)
	}
	if len(digits) > 15 {
		return "", fmt.Errorf("%q has %d digits, E.164 allows 15", written, len(digits))
	}
	number, err := phonenumbers.Parse(plain, "")
	if err != nil {
		return "", fmt.Errorf("%q is not a phone number: %w; %s", written, err, form)
	}
	if reason := phonenumbers.IsPossibleNumberWithReason(number); reason != phonenumbers.IS_POSSIBLE {
		return "", fmt.Errorf("%q is not a possible phone number: %s", written, impossible(reason))
	}
	return plain, nil
}

func impossible(reason phonenumbers.ValidationResult) string {
	switch reason {
	case phonenumbers.TOO_SHORT:
		return "it is too short for its country"
	case phonenumbers.TOO_LONG:
		return "it is too long for its country"
	case phonenumbers.INVALID_COUNTRY_CODE:
		return "no country has this country code"
	case phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return "it lacks the area code"
	default:
		return "no number of its country has this length"
	}
}

// CountryOf is the ISO 3166 code of an E.164 number's country; empty where the
// number belongs to no one country (a toll-free or shared code).
func CountryOf(phoneNumber string) string {
	number, err := phonenumbers.Parse(phoneNumber, "")
	if err != nil {
		return ""
	}
	if region := phonenumbers.GetRegionCodeForNumber(number); len(region) == 2 && region != "ZZ" {
		return region
	}
	// libphonenumber gives no region to numbers reserved for fiction, though
	// their country code says where they are.
	if regions := phonenumbers.GetRegionCodesForCountryCode(int(number.GetCountryCode())); len(regions) == 1 {
		return regions[0]
	}
	return ""
}
