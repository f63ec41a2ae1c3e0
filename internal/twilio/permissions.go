package twilio

import (
	"net/http"
	"slices"
	"strings"
)

// Permission is what a restricted API key needs for the calls to one resource
// (https://www.twilio.com/docs/iam/api-keys/restricted-api-keys).
type Permission struct {
	Resource string // in words
	Host     string // first label: api for api.twilio.com
	// Path is that of the list, without ".json"; {} stands for what identifies a row.
	Path string
	// Name is the permission without its action, such as studio/flows; empty where Twilio has
	// none, so that no restricted key can make the calls, or where it is Unnamed.
	Name string
	// Unnamed reports that there is a permission whose name Twilio does not publish outside of
	// its Console.
	Unnamed bool
	// Actions are those that the provider needs: read, list, create, update, delete.
	Actions []string
	// Action is the one action of a path that is not that of a list.
	Action string
}

const ofThisAccount = "/2010-04-01/Accounts/{}/"

// Permissions lists what the provider calls, and the permission of each. The names are those
// of a client's copy of Twilio's lists.
func Permissions() []Permission {
	return []Permission{
		{Resource: "Phone numbers", Host: "api", Path: ofThisAccount + "IncomingPhoneNumbers", Name: "phone-numbers/active-numbers", Actions: []string{"list", "read", "create", "update", "delete"}},
		{Resource: "Phone numbers on sale", Host: "api", Path: ofThisAccount + "AvailablePhoneNumbers/{}/{}", Name: "phone-numbers/available-numbers", Actions: []string{"list"}},
		{Resource: "Countries with phone numbers on sale", Host: "api", Path: ofThisAccount + "AvailablePhoneNumbers/{}", Name: "phone-numbers/available-numbers", Actions: []string{"list"}},
		{Resource: "TwiML applications", Host: "api", Path: ofThisAccount + "Applications", Name: "voice/twiml.apps", Actions: []string{"list", "read", "create", "update", "delete"}},
		{Resource: "Validation of flows", Host: "studio", Path: "/v2/Flows/Validate", Name: "studio/flows.validate", Action: "update"},
		{Resource: "Studio flows", Host: "studio", Path: "/v2/Flows", Name: "studio/flows", Actions: []string{"list", "read", "create", "update", "delete"}},
		{Resource: "Revisions of flows", Host: "studio", Path: "/v2/Flows/{}/Revisions", Name: "studio/flows.revisions", Actions: []string{"read"}},
		{Resource: "Executions of flows", Host: "studio", Path: "/v2/Flows/{}/Executions", Name: "studio/executions", Actions: []string{"list", "update"}},
		{Resource: "Messaging Services", Host: "messaging", Path: "/v1/Services", Name: "messaging/services", Actions: []string{"list", "read", "update"}},
		{Resource: "Numbers of Messaging Services", Host: "messaging", Path: "/v1/Services/{}/PhoneNumbers", Name: "messaging/services.phonenumbers", Actions: []string{"list"}},
		{Resource: "WhatsApp and RCS senders", Host: "messaging", Path: "/v2/Channels/Senders", Name: "messaging/whatsapp-senders", Actions: []string{"list", "read", "update"}},
		{Resource: "Messages", Host: "api", Path: ofThisAccount + "Messages", Name: "messaging/messages", Actions: []string{"list", "create"}},
		{Resource: "Lookup", Host: "lookups", Path: "/v2/PhoneNumbers", Unnamed: true, Actions: []string{"read"}},
		{Resource: "SIP domains", Host: "api", Path: ofThisAccount + "SIP/Domains", Name: "voice/sip.domains", Actions: []string{"list", "read", "update"}},
		{Resource: "SIP trunks", Host: "trunking", Path: "/v1/Trunks", Name: "voice/sip.trunks", Actions: []string{"list", "read", "update"}},
		{Resource: "BYOC trunks", Host: "voice", Path: "/v1/ByocTrunks", Name: "voice/sip.byoc-trunks", Actions: []string{"list", "read", "update"}},
		{Resource: "Short codes", Host: "api", Path: ofThisAccount + "SMS/ShortCodes", Actions: []string{"list", "read", "update"}},
		{Resource: "Conversations addresses", Host: "conversations", Path: "/v1/Configuration/Addresses", Actions: []string{"list", "read", "update"}},
		{Resource: "Open conversations", Host: "conversations", Path: "/v1/Conversations", Actions: []string{"list"}},
		{Resource: "Webhooks of conversations", Host: "conversations", Path: "/v1/Conversations/{}/Webhooks", Actions: []string{"list", "read", "update"}},
		{Resource: "Conversation Services", Host: "conversations", Path: "/v1/Services", Actions: []string{"list"}},
		{Resource: "Open conversations of a service", Host: "conversations", Path: "/v1/Services/{}/Conversations", Actions: []string{"list"}},
		{Resource: "Webhooks of conversations of a service", Host: "conversations", Path: "/v1/Services/{}/Conversations/{}/Webhooks", Actions: []string{"list", "read", "update"}},
		{Resource: "Services of functions", Host: "serverless", Path: "/v1/Services", Actions: []string{"read", "create", "update", "delete"}},
		{Resource: "Environments of functions", Host: "serverless", Path: "/v1/Services/{}/Environments", Actions: []string{"list", "read", "create", "delete"}},
		{Resource: "Environment variables of functions", Host: "serverless", Path: "/v1/Services/{}/Environments/{}/Variables", Actions: []string{"list", "create", "update", "delete"}},
		{Resource: "Deployments of functions", Host: "serverless", Path: "/v1/Services/{}/Environments/{}/Deployments", Actions: []string{"create"}},
		{Resource: "Functions", Host: "serverless", Path: "/v1/Services/{}/Functions", Actions: []string{"list", "create"}},
		{Resource: "Assets beside functions", Host: "serverless", Path: "/v1/Services/{}/Assets", Actions: []string{"list"}},
		{Resource: "Versions of functions", Host: "serverless", Path: "/v1/Services/{}/Functions/{}/Versions", Actions: []string{"list"}},
		{Resource: "Code of functions", Host: "serverless", Path: "/v1/Services/{}/Functions/{}/Versions/{}/Content", Action: "read"},
		{Resource: "Uploads of functions", Host: "serverless-upload", Path: "/v1/Services/{}/Functions/{}/Versions", Actions: []string{"create"}},
		{Resource: "Builds of functions", Host: "serverless", Path: "/v1/Services/{}/Builds", Actions: []string{"list", "read", "create"}},
		{Resource: "Flex Flows", Host: "flex-api", Path: "/v1/FlexFlows", Actions: []string{"list", "read", "update"}},
		{Resource: "Inbound processing Regions (voice)", Host: "routes", Path: "/v2/PhoneNumbers", Actions: []string{"read"}},
		{Resource: "Inbound processing Regions (messages)", Host: "routes", Path: "/v3/PhoneNumbers", Actions: []string{"read"}},
	}
}

// PermissionOf finds what a call needs: the resource and the action. ok is false for a call
// that Permissions does not list.
func PermissionOf(method, host, path string) (p Permission, action string, ok bool) {
	product, _, _ := strings.Cut(host, ".")
	segments := strings.Split(strings.TrimSuffix(path, ".json"), "/")
	for _, p := range Permissions() {
		list := strings.Split(p.Path, "/")
		row := slices.Concat(list, []string{"{}"})
		switch {
		case p.Host != product:
		case p.Action != "" && fits(list, segments):
			return p, p.Action, (method == http.MethodGet) == (p.Action == "read")
		case p.Action != "":
		case fits(list, segments):
			action = map[string]string{http.MethodGet: "list", http.MethodPost: "create"}[method]
			return p, action, slices.Contains(p.Actions, action)
		case fits(row, segments):
			action = map[string]string{http.MethodGet: "read", http.MethodPost: "update", http.MethodDelete: "delete"}[method]
			return p, action, slices.Contains(p.Actions, action)
		}
	}
	return Permission{}, "", false
}

func fits(template, segments []string) bool {
	return slices.EqualFunc(template, segments, func(want, got string) bool { return want == got || want == "{}" && got != "" })
}

// permissionHint says what credentials need that were refused for want of rights.
func permissionHint(method, host, path string) string {
	p, action, ok := PermissionOf(method, host, path)
	switch {
	case !ok:
		return "The credentials lack the right to do this"
	case p.Unnamed:
		return "A restricted API key needs a permission of the product " + p.Resource + " for this, which the Console lists"
	case p.Name == "":
		return "No restricted API key can be permitted this; a standard API key and the auth token are"
	default:
		return "A restricted API key needs the permission /twilio/" + p.Name + "/" + action + " for this"
	}
}
