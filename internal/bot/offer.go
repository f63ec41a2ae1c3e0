package bot

import (
	"cmp"
	"slices"

	"github.com/nyaruka/phonenumbers"
)

// Offer is a number that Twilio has on sale. There is no price in it, and nothing is
// reserved (https://www.twilio.com/docs/phone-numbers/api/availablephonenumber-resource).
// What Twilio does not say of a number is empty.
type Offer struct {
	PhoneNumber  string // E.164
	FriendlyName string // the number as its country writes it
	Country      string // ISO 3166-1
	Type         NumberType
	Locality     string
	Region       string // state or province, in the United States and Canada
	PostalCode   string
	RateCenter   string
	LATA         string
	// Latitude and Longitude are in degrees; nil where they are not known.
	Latitude, Longitude *float64
	Capabilities        Capabilities
	// AddressRequirements is which Address the buyer needs: none, any, local or foreign.
	AddressRequirements string
	Beta                bool // new to Twilio
}

// NumberType is what sort of number Twilio sells one as.
type NumberType string

// The types of numbers that Twilio documents lists of.
const (
	LocalNumber    NumberType = "local"
	MobileNumber   NumberType = "mobile"
	TollFreeNumber NumberType = "toll_free"
)

// NumberTypes lists the types.
func NumberTypes() []NumberType { return []NumberType{LocalNumber, MobileNumber, TollFreeNumber} }

// The values of AddressRequirements.
const (
	NoAddress      = "none"
	AnyAddress     = "any"
	LocalAddress   = "local"
	ForeignAddress = "foreign"
)

// OfferFilter says which of the numbers on sale are asked for. The zero value of a field
// asks for nothing.
type OfferFilter struct {
	Contains     string // 2 to 16 characters, with the meta-characters *, %, + and $
	AreaCode     string // three digits, in the United States and Canada
	Locality     string
	Region       string // in the United States and Canada
	PostalCode   string // in the United States and Canada
	Capabilities Capabilities
	// WithoutAddress are the requirements of an Address that the numbers do not have.
	WithoutAddress []string
	Beta           *bool // whether numbers that are new to Twilio are listed; true if nil
	Limit          int   // 1 to 1000
}

// SoldIn lists the countries that Twilio may sell a number in, by its country code: one,
// but for numbers whose code several countries share.
func SoldIn(phoneNumber string) []string {
	if country := CountryOf(phoneNumber); country != "" {
		return []string{country}
	}
	number, err := phonenumbers.Parse(phoneNumber, "")
	if err != nil {
		return nil
	}
	regions := phonenumbers.GetRegionCodesForCountryCode(int(number.GetCountryCode()))
	if number.GetCountryCode() == 1 {
		return []string{"US", "CA"} // libphonenumber lists the islands too, whose area codes it knows
	}
	return regions[:min(1, len(regions))] // the main one
}

// NationalPart is the digits of a number without its country code, by which the lists of
// numbers on sale are searched.
func NationalPart(phoneNumber string) string {
	number, err := phonenumbers.Parse(phoneNumber, "")
	if err != nil {
		return ""
	}
	return phonenumbers.GetNationalSignificantNumber(number)
}

// LikelyFirst puts the types of a number that Twilio may sell it as in the order in which
// looking for it is likely to end soonest.
func LikelyFirst(phoneNumber string, types []NumberType) []NumberType {
	likely := LocalNumber
	if number, err := phonenumbers.Parse(phoneNumber, ""); err == nil {
		switch phonenumbers.GetNumberType(number) {
		case phonenumbers.MOBILE:
			likely = MobileNumber
		case phonenumbers.TOLL_FREE:
			likely = TollFreeNumber
		}
	}
	rank := func(t NumberType) int {
		if t == likely {
			return 0
		}
		return 1
	}
	return slices.SortedStableFunc(slices.Values(types), func(a, b NumberType) int { return cmp.Compare(rank(a), rank(b)) })
}
