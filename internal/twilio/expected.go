package twilio

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"
)

// expectation is what a good answer to a call must have. A gateway or a proxy may answer
// with status 200 in Twilio's place, and what is missing must not pass for a list without
// rows or an object without values.
type expectation struct {
	list string // the name of the rows; empty where the answer is one object
	meta bool   // the list says in its meta which page comes next
	key  string // that the object must have, and each row; "sid" where it is empty, of a row
}

// expect is the expectation of a call, by the rules that all of Twilio's products follow:
// a path alternates between the name of a list and what identifies one of its rows, a GET
// of a list has its rows under the list's name in snake case, each with its sid, and
// everything else is one object.
func expect(method, host, path string) expectation {
	segments := strings.Split(strings.TrimSuffix(strings.Trim(path, "/"), ".json"), "/")[1:] // without the version
	ofAccount := len(segments) > 2 && segments[0] == "Accounts"
	if ofAccount {
		segments = segments[2:]
	}
	if len(segments) > 1 && slices.Contains(groups, segments[0]) {
		segments = segments[1:]
	}
	if len(segments) == 0 {
		return expectation{}
	}
	last := segments[len(segments)-1]
	switch {
	case ofAccount && segments[0] == "AvailablePhoneNumbers" && len(segments) == 3:
		return expectation{list: "available_phone_numbers", key: "phone_number"}
	case ofAccount && segments[0] == "AvailablePhoneNumbers" && len(segments) == 2:
		return expectation{key: "subresource_uris"}
	case last == "Defaults", last == "StyleSheet", last == "Actions":
		return expectation{key: "data"} // https://www.twilio.com/docs/autopilot/api: they have no SID of their own
	case strings.HasPrefix(host, "lookups."):
		return expectation{key: "valid"}
	case strings.HasPrefix(path, "/v3/PhoneNumbers/"):
		return expectation{key: "messagingRegion"} // rest/routes/v3 of twilio-go: it has no sid
	case last == "Content":
		return expectation{key: "content"} // of a version of a function
	case last == "Validate":
		return expectation{key: "valid"}
	case method == http.MethodGet && last == "Versions" && len(segments) == 5: // Services/ZS…/Functions/ZH…/Versions
		return expectation{list: snakeCase(strings.TrimSuffix(segments[2], "s")) + "_versions", meta: true}
	case method == http.MethodGet && len(segments)%2 == 1:
		return expectation{list: cmp.Or(listNames[last], snakeCase(last)), meta: !ofAccount}
	default:
		return expectation{key: "sid"}
	}
}

// groups are names in a path that hold other lists and have no rows of their own.
var groups = []string{"Channels", "Configuration", "SIP", "SMS"}

// listNames are the names of rows that differ from that of their list.
var listNames = map[string]string{"Addresses": "address_configurations", "ChannelSenders": "senders"}

func snakeCase(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// missing says what an answer, which is valid JSON, lacks; empty where it has all that is
// expected. A list has up to 1000 rows and is decoded by twilio-go anyway, so it is not
// decoded here.
func (e expectation) missing(answer []byte) string {
	if e.list == "" && e.key == "" {
		return ""
	}
	object := gjson.ParseBytes(answer)
	if !object.IsObject() {
		return "a JSON object"
	}
	if e.list == "" {
		if value := object.Get(e.key); !value.Exists() || e.key == "sid" && value.String() == "" {
			return fmt.Sprintf("%q", e.key)
		}
		return ""
	}
	rows := object.Get(e.list)
	if !rows.IsArray() {
		return fmt.Sprintf("the list %q", e.list)
	}
	count, lacking, key := 0, -1, cmp.Or(e.key, "sid")
	rows.ForEach(func(_, row gjson.Result) bool {
		if sid := row.Get(key); sid.Type != gjson.String || sid.Str == "" {
			lacking = count
		}
		count++
		return lacking < 0
	})
	if lacking >= 0 {
		return fmt.Sprintf("the %q of row %d of %q", key, lacking, e.list)
	}
	if e.meta && !object.Get("next_page_uri").Exists() && !object.Get("meta").IsObject() {
		return `the list's "meta"`
	}
	return ""
}

// incomplete is the error for a success that lacks what the call asks for.
func (c *Client) incomplete(current *call, resp *http.Response, missing string) *Error {
	e := c.newError(current)
	e.HTTPStatus = resp.StatusCode
	e.RequestID = resp.Header.Get("Twilio-Request-Id")
	e.Uncertain = !reads(current.method)
	e.Message = fmt.Sprintf("%s, but the answer lacks %s", statusText(resp), missing)
	if said := decodeError(peek(resp)); said.message != "" {
		e.Code, e.Message = said.code, e.Message+"; it says: "+c.redact(current, shorten(said.message))
	}
	e.Hint = "Something between here and Twilio may have answered in its place: check the proxy and api_url"
	return e
}
