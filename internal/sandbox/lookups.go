package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// lookupsProduct is found by its host alone: Routes has the same paths.
func lookupsProduct() product {
	return product{
		host:   "lookups",
		tables: []stored{lookups},
		// The names of Lookup's permissions are in no public document; this one is the sandbox's.
		routes: granted("lookup/phone-numbers", []route{{
			method: "GET", pattern: "/v2/PhoneNumbers/{PhoneNumber}",
			params:  []string{"Fields", "CountryCode"},
			handler: lookUp,
		}}),
	}
}

// lookup is what is known of a number beside its form, which an operator sets. Its SID is the
// sandbox's own: Twilio has none.
type lookup struct {
	record
	PhoneNumber string      `json:"phone_number"`
	LineType    *lineType   `json:"line_type_intelligence,omitempty"`
	CallerName  *callerName `json:"caller_name,omitempty"`
}

// lineType is the package line_type_intelligence; the empty string is null. One that failed has
// nothing but an error code.
type lineType struct {
	Type              string `json:"type"`
	CarrierName       string `json:"carrier_name"`
	MobileCountryCode string `json:"mobile_country_code"`
	MobileNetworkCode string `json:"mobile_network_code"`
	ErrorCode         int    `json:"error_code"`
}

// callerName is the package caller_name, like lineType.
type callerName struct {
	CallerName string `json:"caller_name"`
	CallerType string `json:"caller_type"`
	ErrorCode  int    `json:"error_code"`
}

var lookups = newTable[lookup]("lookups")

// Errors of packages (https://www.twilio.com/docs/api/errors).
const (
	lookupOutOfCoverage = 60600
	lookupNotApproved   = 60601 // Canadian numbers need an approval
)

// lookupPackages are the values of Fields; those that are true the sandbox has.
var lookupPackages = map[string]bool{
	"validation": true, "line_type_intelligence": true, "caller_name": true,
	"sim_swap": false, "call_forwarding": false, "line_status": false, "identity_match": false, "reassigned_number": false,
	"sms_pumping_risk": false, "phone_number_quality_score": false, "pre_fill": false,
}

// lookUp answers for every number, also for one that is none
// (https://www.twilio.com/docs/lookup/v2-api/formatting-validation).
func lookUp(c *call) (int, any, error) {
	written, country := c.PathValue("PhoneNumber"), cmp.Or(c.params.Get("CountryCode"), "US")
	if !phonenumbers.GetSupportedRegions()[country] {
		return 0, nil, invalidParameter(20001, "CountryCode %q is not an ISO 3166 code", country)
	}
	asked := map[string]bool{}
	if fields := c.params.Get("Fields"); fields != "" {
		for name := range strings.SplitSeq(fields, ",") {
			has, known := lookupPackages[name]
			switch {
			case !known:
				return 0, nil, invalidParameter(20001, "Fields: %q is not a package", name)
			case !has:
				return 0, nil, invalidParameter(20001, "The sandbox does not have the package %q", name)
			}
			asked[name] = true
		}
	}
	answer := object{
		"calling_country_code": nil, "country_code": nil, "phone_number": written, "national_format": nil,
		"valid": false, "validation_errors": []string{},
		"url": c.host.url(c.original.EscapedPath()),
	}
	for name := range lookupPackages {
		if name != "validation" {
			answer[name] = nil
		}
	}
	number, err := phonenumbers.Parse(written, country)
	if err != nil {
		answer["validation_errors"] = []string{unparsed(err)}
		return http.StatusOK, answer, nil
	}
	e164 := phonenumbers.Format(number, phonenumbers.E164)
	answer["phone_number"], answer["national_format"] = e164, phonenumbers.Format(number, phonenumbers.NATIONAL)
	answer["calling_country_code"], answer["country_code"] = strconv.Itoa(int(number.GetCountryCode())), countryOf(number)
	// A number that an account of the sandbox owns is one, also where it is reserved for fiction.
	_, owned := numberOwned(c.state, e164)
	known, _ := lookups.first(c.state, func(l lookup) bool { return l.PhoneNumber == e164 })
	if !owned && known.SID == "" && !phonenumbers.IsValidNumber(number) {
		answer["validation_errors"] = []string{impossible(number)}
		return http.StatusOK, answer, nil
	}
	answer["valid"] = true
	if asked["line_type_intelligence"] {
		answer["line_type_intelligence"] = renderLineType(cmp.Or(known.LineType, defaultLineType(number)))
	}
	if asked["caller_name"] {
		answer["caller_name"] = renderCallerName(cmp.Or(known.CallerName, defaultCallerName(number)))
	}
	return http.StatusOK, answer, nil
}

// countryOf is the country of a number or, where it is not assigned, the main one of its country
// code.
func countryOf(number *phonenumbers.PhoneNumber) any {
	if region := phonenumbers.GetRegionCodeForNumber(number); len(region) == 2 && region != "ZZ" {
		return region
	}
	return orNull(phonenumbers.GetRegionCodeForCountryCode(int(number.GetCountryCode())))
}

// unparsed is the validation error of what is no number.
func unparsed(err error) string {
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return "INVALID_COUNTRY_CODE"
	case errors.Is(err, phonenumbers.ErrTooShortNSN), errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return "TOO_SHORT"
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return "TOO_LONG"
	default:
		return "NOT_A_NUMBER"
	}
}

// impossible is the validation error of a number that is not assigned to anyone.
func impossible(number *phonenumbers.PhoneNumber) string {
	switch phonenumbers.IsPossibleNumberWithReason(number) {
	case phonenumbers.TOO_SHORT:
		return "TOO_SHORT"
	case phonenumbers.TOO_LONG:
		return "TOO_LONG"
	case phonenumbers.INVALID_COUNTRY_CODE:
		return "INVALID_COUNTRY_CODE"
	case phonenumbers.INVALID_LENGTH:
		return "INVALID_LENGTH"
	default:
		return "INVALID_BUT_POSSIBLE"
	}
}

func isCanadian(number *phonenumbers.PhoneNumber) bool {
	return phonenumbers.GetRegionCodeForNumber(number) == "CA"
}

// defaultLineType is the line type of a number of which nothing was set.
func defaultLineType(number *phonenumbers.PhoneNumber) *lineType {
	if isCanadian(number) {
		return &lineType{ErrorCode: lookupNotApproved}
	}
	names := map[phonenumbers.PhoneNumberType]string{
		phonenumbers.FIXED_LINE: "landline", phonenumbers.VOIP: "nonFixedVoip", phonenumbers.TOLL_FREE: "tollFree",
		phonenumbers.PREMIUM_RATE: "premium", phonenumbers.SHARED_COST: "sharedCost", phonenumbers.PERSONAL_NUMBER: "personal",
		phonenumbers.UAN: "uan", phonenumbers.VOICEMAIL: "voicemail", phonenumbers.PAGER: "pager",
	}
	if name := names[phonenumbers.GetNumberType(number)]; name != "" {
		return &lineType{Type: name}
	}
	return &lineType{Type: "mobile", CarrierName: "Sandbox Wireless"}
}

// defaultCallerName is the same for the name, which Twilio knows of American numbers alone.
func defaultCallerName(number *phonenumbers.PhoneNumber) *callerName {
	if number.GetCountryCode() != 1 || isCanadian(number) {
		return &callerName{ErrorCode: lookupOutOfCoverage}
	}
	return &callerName{}
}

func codeOrNull(code int) any {
	if code == 0 {
		return nil
	}
	return code
}

func renderLineType(l *lineType) object {
	return object{
		"type": orNull(l.Type), "carrier_name": orNull(l.CarrierName), "mobile_country_code": orNull(l.MobileCountryCode),
		"mobile_network_code": orNull(l.MobileNetworkCode), "error_code": codeOrNull(l.ErrorCode),
	}
}

func renderCallerName(n *callerName) object {
	return object{"caller_name": orNull(n.CallerName), "caller_type": orNull(n.CallerType), "error_code": codeOrNull(n.ErrorCode)}
}

func renderLookupRow(l lookup) object {
	return object{"sid": l.SID, "phone_number": l.PhoneNumber}
}

// addLookup sets what is known of a number.
func (s *Sandbox) addLookup(text []byte) (lookup, error) {
	return addRecord(s, lookups, "LK", text, lookup{}, func(_ *state, row *lookup) error {
		if !e164Form.MatchString(row.PhoneNumber) {
			return fmt.Errorf("phone_number %q is not in E.164, such as +12025550142", row.PhoneNumber)
		}
		return nil
	})
}

// AddLookup sets what Lookup knows of a number. fields is a JSON object with phone_number and,
// as Lookup answers them, line_type_intelligence and caller_name.
func (s *Sandbox) AddLookup(fields string) error {
	_, err := s.addLookup([]byte(fields))
	return err
}
