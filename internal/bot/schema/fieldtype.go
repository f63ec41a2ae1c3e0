package schema

import (
	"net/url"
	"regexp"
)

// builtinSIDs are the built-in field types by SID, which Twilio may return for an
// assistant's fields in place of the name (dabblelab/autopilot-core, builtInFieldTypes.json; the
// names: https://www.twilio.com/docs/autopilot/built-in-field-types).
var builtinSIDs = map[string]string{
	"UB9bce39a559ebba8ad7cc0eb050b006f9": "Twilio.ALPHANUMERIC",
	"UB4130bb37b688db48eee4c6225c442c39": "Twilio.CITY",
	"UB33a70fdcf028f0b38718fa3af13fa0ad": "Twilio.COUNTRY",
	"UB263f22d51bad0933ee6df561b5eb4174": "Twilio.COUNTRY_ISO_ALPHA2",
	"UB67553e526f26837242dfb54cd8b6ab0c": "Twilio.COUNTRY_ISO_ALPHA3",
	"UBee5a6123468ac8691cfa1b21297753c5": "Twilio.CURRENCY",
	"UB98df8f10368a8219e8c502159ecb0d99": "Twilio.DATE",
	"UBd4fc42d42a99ccff01053d6b99d5a5b9": "Twilio.DAY_OF_WEEK",
	"UB36e50a2caa1b826ce7da4aaa444cec08": "Twilio.EMAIL",
	"UB04cc3caa97eebecb37d7306941fead79": "Twilio.FIRST_NAME",
	"UB90ae830d3ba92630e776aece499e4c3d": "Twilio.LANGUAGE",
	"UB1acd1e47b32288fedb829b2da7e1b161": "Twilio.LAST_NAME",
	"UB6158e3f6fc519ac5e8aee4eca7fc63b9": "Twilio.MONTH",
	"UB2d5c8ef1654c60cbf8a178c206314612": "Twilio.NUMBER",
	"UB38ae14ac8665efbcaafa967eb7da9ded": "Twilio.NUMBER_SEQUENCE",
	"UBeb96371fcad6f2de0aa3b7b2ccb0edad": "Twilio.PHONE_NUMBER",
	"UB299b79bec26e8de166658d66cc35f191": "Twilio.TIME",
	"UB68c611f8170b88406f14dd0f4daf2d22": "Twilio.US_STATE",
	"UB377f7bb9716a4200563feeb205c4b98a": "Twilio.YES_NO",
}

// CanonicalFieldType returns the name of a built-in field type for its UB SID, which
// Twilio may return in its place. Any other name or SID is returned unchanged.
func CanonicalFieldType(nameOrSID string) string {
	if name, ok := builtinSIDs[nameOrSID]; ok {
		return name
	}
	return nameOrSID
}

// fieldTypeSID is the form of a field type's SID.
var fieldTypeSID = regexp.MustCompile(`^UB[0-9a-fA-F]{32}$`)

// ownActions is the path of a task's own Actions resource, which Twilio returns as
// actions_url when no other is set.
var ownActions = regexp.MustCompile(`^/v1/Assistants/[^/]+/Tasks/[^/]+/Actions$`)

// externalURL is the URL Twilio fetches the task's actions from, if it is not the
// task's own resource.
func (t Task) externalURL() string {
	if u, err := url.Parse(t.ActionsURL); err == nil && ownActions.MatchString(u.Path) {
		return ""
	}
	return t.ActionsURL
}
