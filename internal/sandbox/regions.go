package sandbox

import (
	"net/http"
	"regexp"
	"slices"
)

// homeRegion is the Region of hosts that name none. Its rows have an empty Region.
const homeRegion = "us1"

// edges are the Regions with an edge of their own
// (https://www.twilio.com/docs/global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region).
var edges = map[string]string{"au1": "sydney", "ie1": "dublin", "jp1": "tokyo"}

var regionForm = regexp.MustCompile(`^[a-z]{2}[0-9]$`)

// hostIn is the host of a product in a Region.
func hostIn(region, product string) string {
	switch edge := edges[region]; {
	case region == "":
		return product + ".twilio.com"
	case edge != "":
		return product + "." + edge + "." + region + ".twilio.com"
	default:
		return product + "." + region + ".twilio.com"
	}
}

// nameOf is the name of a Region as rows have it.
func nameOf(region string) string {
	if region == "" {
		return homeRegion
	}
	return region
}

// rowsOf is a Region as rows have it, by its name.
func rowsOf(name string) string {
	if name == homeRegion {
		return ""
	}
	return name
}

// inboundRoute is the Inbound Processing Region of a number, a SIP domain or a trunk:
// where their calls and messages are processed, by what is configured there.
type inboundRoute struct {
	record
	Kind            string `json:"kind"` // one of the constants below
	Name            string `json:"name"`
	FriendlyName    string `json:"friendly_name"`
	VoiceRegion     string `json:"voice_region"`
	MessagingRegion string `json:"messaging_region"` // of numbers
}

const (
	routedNumber = "phone_number"
	routedDomain = "sip_domain"
	routedTrunk  = "sip_trunk_domain"
)

var inboundRoutes = table[inboundRoute, *inboundRoute]{name: "inbound_routes", everywhere: true}

// routesProduct is found by its host alone: Lookup has the same paths.
func routesProduct() product {
	p := product{host: "routes", tables: []stored{inboundRoutes}}
	for path, kind := range map[string]string{"PhoneNumbers": routedNumber, "SipDomains": routedDomain, "Trunks": routedTrunk} {
		pattern := "/v2/" + path + "/{Name}"
		p.routes = append(p.routes,
			route{method: "GET", pattern: pattern, handler: func(c *call) (int, any, error) { return fetchRoute(c, kind, renderRoute) }},
			route{method: "POST", pattern: pattern, params: []string{"VoiceRegion", "FriendlyName"},
				handler: func(c *call) (int, any, error) {
					return updateRoute(c, kind, "VoiceRegion", "", "FriendlyName", renderRoute)
				}},
		)
	}
	// Version 3 is in no document; twilio-go 1.31.0 has it (rest/routes/v3/phone_numbers.go).
	const newer = "/v3/PhoneNumbers/{Name}"
	p.routes = append(p.routes,
		route{method: "GET", pattern: newer, handler: func(c *call) (int, any, error) { return fetchRoute(c, routedNumber, renderNewerRoute) }},
		route{method: "POST", pattern: newer, params: []string{"voiceRegion", "messagingRegion", "friendlyName"},
			handler: func(c *call) (int, any, error) {
				return updateRoute(c, routedNumber, "voiceRegion", "messagingRegion", "friendlyName", renderNewerRoute)
			}},
	)
	granted(notGrantable+"routes/inbound", p.routes)
	return p
}

func renderRoute(r inboundRoute) object {
	path := map[string]string{routedNumber: "PhoneNumbers", routedDomain: "SipDomains", routedTrunk: "Trunks"}[r.Kind]
	return object{
		r.Kind:          r.Name,
		"sid":           r.SID,
		"account_sid":   r.AccountSID,
		"friendly_name": orNull(r.FriendlyName),
		"voice_region":  r.VoiceRegion,
		"date_created":  iso8601(r.DateCreated),
		"date_updated":  iso8601(r.DateUpdated),
		"url":           "https://routes.twilio.com/v2/" + path + "/" + r.Name,
	}
}

func renderNewerRoute(r inboundRoute) object {
	return object{
		"phoneNumber":     r.Name,
		"accountSid":      r.AccountSID,
		"friendlyName":    orNull(r.FriendlyName),
		"voiceRegion":     r.VoiceRegion,
		"messagingRegion": r.MessagingRegion,
		"dateCreated":     iso8601(r.DateCreated),
		"dateUpdated":     iso8601(r.DateUpdated),
		"url":             "https://routes.twilio.com/v3/PhoneNumbers/" + r.Name,
	}
}

// routeOf finds the route of a name, which has none before its Region is first set: it is
// in us1 then.
func routeOf(st *state, kind, name string) (inboundRoute, bool) {
	return inboundRoutes.first(st, func(r inboundRoute) bool { return r.Kind == kind && r.Name == name })
}

func fetchRoute(c *call, kind string, render func(inboundRoute) object) (int, any, error) {
	r, ok := routeOf(c.state, kind, c.PathValue("Name"))
	if !ok || r.AccountSID != c.account.SID || c.wrongHost() {
		return 0, nil, c.notFound()
	}
	return http.StatusOK, render(r), nil
}

// wrongHost reports whether version 3 was asked for elsewhere than in us1.
func (c *call) wrongHost() bool { return c.region != "" && c.original.Path[:3] == "/v3" }

// updateRoute sets the Regions, at once: at Twilio that takes up to five minutes.
func updateRoute(c *call, kind, voice, messaging, friendlyName string, render func(inboundRoute) object) (int, any, error) {
	name := c.PathValue("Name")
	member, ok := c.routable(kind, name)
	if !ok || c.wrongHost() {
		return 0, nil, c.notFound()
	}
	r, known := routeOf(c.state, kind, name)
	if !known || r.AccountSID != c.account.SID {
		r = inboundRoute{record: c.newRecord("QQ"), Kind: kind, Name: name, VoiceRegion: homeRegion, MessagingRegion: homeRegion}
		r.Region = ""
	}
	f := c.fields()
	f.length(friendlyName, &r.FriendlyName, 0, 64, 20001)
	f.oneOf(voice, &r.VoiceRegion, 20001, "us1", "ie1", "au1", "jp1")
	if messaging != "" && c.params.Has(messaging) {
		if _, in := serviceOf(c.state, c.account.SID, member); in {
			f.fail(invalidParameter(20001, "%s cannot be changed while %s is in a Messaging Service", messaging, name))
		}
		f.oneOf(messaging, &r.MessagingRegion, 20001, "us1", "ie1")
	}
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	c.touch(&r.record)
	inboundRoutes.put(c.state, r)
	return http.StatusOK, render(r), nil
}

// routable finds what a route is of, among the account's. Trunks are not part of the
// sandbox: a route is taken of any.
func (c *call) routable(kind, name string) (sid string, ok bool) {
	switch kind {
	case routedNumber:
		n, owned := numberOwned(c.state, name)
		return n.SID, owned && n.AccountSID == c.account.SID
	case routedDomain:
		d, owned := sipDomainNamed(c.state, name)
		return d.SID, owned && d.AccountSID == c.account.SID
	default:
		return "", true
	}
}

// processedIn is the Region in which the calls or messages to a receiver are processed.
func processedIn(st *state, r receiver, channel string) string {
	way, ok := routeOf(st, r.routed, r.routedAs)
	switch {
	case !ok || way.AccountSID != r.accountSID:
		return ""
	case channel == channelVoice:
		return rowsOf(way.VoiceRegion)
	default:
		return rowsOf(way.MessagingRegion)
	}
}

// forgetRoutes deletes the route of what left the account.
func forgetRoutes(st *state, kind, name string) {
	for _, r := range inboundRoutes.list(st, func(r inboundRoute) bool { return r.Kind == kind && r.Name == name }) {
		inboundRoutes.remove(st, r.SID)
	}
}

// isRegion reports whether a Region can have that name.
func isRegion(name string) bool {
	return regionForm.MatchString(name) || slices.Contains([]string{"", homeRegion}, name)
}
