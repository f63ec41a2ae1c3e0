package sandbox

import (
	"net/http"
	"strconv"
)

// flexProduct has the Flex Flows of legacy Flex: what leads messages of a channel to a
// flow or a webhook. They are read, changed in what they lead to, and deleted. Messages
// do not come by them here: how Flex takes them from a number is not documented.
func flexProduct() product {
	return product{
		host:     "flex-api",
		homeOnly: true,
		prefixes: []string{flexFlowsPath},
		routes: granted(notGrantable+"flex/flex-flows", []route{
			{method: "GET", pattern: flexFlowsPath, list: true, params: []string{"FriendlyName"}, handler: listFlexFlows},
			{method: "GET", pattern: flexFlowPath, handler: fetchFlexFlow},
			{method: "POST", pattern: flexFlowPath, handler: updateFlexFlow,
				params: []string{"FriendlyName", "ContactIdentity", "Enabled", "IntegrationType", "Integration.FlowSid", "Integration.Url", "Integration.RetryCount"}},
			{method: "DELETE", pattern: flexFlowPath, handler: deleteFlexFlow},
		}),
		tables: []stored{flexFlows},
	}
}

type flexFlow struct {
	record
	FriendlyName    string `json:"friendly_name"`
	ChatServiceSID  string `json:"chat_service_sid"`
	ChannelType     string `json:"channel_type"`
	ContactIdentity string `json:"contact_identity"`
	Enabled         bool   `json:"enabled"`
	IntegrationType string `json:"integration_type"` // studio, external or task
	FlowSID         string `json:"flow_sid"`
	URL             string `json:"url"`
	RetryCount      int    `json:"retry_count"` // of studio and external
}

// flexRetries is how often a Flex Flow retries what fails, where nobody says it.
const flexRetries = 3

var flexFlows = newTable[flexFlow]("flex_flows")

const (
	flexFlowsPath = "/v1/FlexFlows"
	flexFlowPath  = flexFlowsPath + "/{Sid}"
)

func renderFlexFlow(f flexFlow) object {
	integration := object{}
	switch f.IntegrationType {
	case "studio":
		integration["flow_sid"], integration["retry_count"] = f.FlowSID, f.RetryCount
	case "external":
		integration["url"], integration["retry_count"] = f.URL, f.RetryCount
	}
	return object{
		"sid":              f.SID,
		"account_sid":      f.AccountSID,
		"friendly_name":    f.FriendlyName,
		"chat_service_sid": orNull(f.ChatServiceSID),
		"channel_type":     f.ChannelType,
		"contact_identity": orNull(f.ContactIdentity),
		"enabled":          f.Enabled,
		"integration_type": f.IntegrationType,
		"integration":      integration,
		"long_lived":       false,
		"janitor_enabled":  false,
		"date_created":     iso8601(f.DateCreated),
		"date_updated":     iso8601(f.DateUpdated),
		"url":              "https://flex-api.twilio.com" + flexFlowsPath + "/" + f.SID,
	}
}

func (c *call) flexFlow() (flexFlow, error) {
	f, ok := flexFlows.get(c.state, c.PathValue("Sid"))
	if !ok || f.AccountSID != c.account.SID {
		return f, c.notFound()
	}
	return f, nil
}

func listFlexFlows(c *call) (int, any, error) {
	name := c.params.Get("FriendlyName")
	found := flexFlows.list(c.state, func(f flexFlow) bool {
		return f.AccountSID == c.account.SID && (name == "" || f.FriendlyName == name)
	})
	return listPage(c, "flex_flows", found, renderFlexFlow)
}

func fetchFlexFlow(c *call) (int, any, error) {
	f, err := c.flexFlow()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderFlexFlow(f), nil
}

func updateFlexFlow(c *call) (int, any, error) {
	f, err := c.flexFlow()
	if err != nil {
		return 0, nil, err
	}
	p := c.fields()
	p.present("FriendlyName")
	p.text("FriendlyName", &f.FriendlyName)
	p.text("ContactIdentity", &f.ContactIdentity)
	p.boolean("Enabled", &f.Enabled)
	p.oneOf("IntegrationType", &f.IntegrationType, 20001, "studio", "external", "task")
	if _, sent := p.sent("IntegrationType"); sent {
		f.RetryCount = flexRetries // whether one that is not sent stays is not documented
	}
	retries := strconv.Itoa(f.RetryCount)
	p.oneOf("Integration.RetryCount", &retries, 20001, "0", "1", "2", "3")
	f.RetryCount, _ = strconv.Atoi(retries)
	p.sid("Integration.FlowSid", "FW", &f.FlowSID)
	p.url("Integration.Url", &f.URL)
	switch {
	case f.IntegrationType == "studio" && f.FlowSID == "":
		p.fail(invalidParameter(20001, "Integration.FlowSid is needed for the type studio"))
	case f.IntegrationType == "external" && f.URL == "":
		p.fail(invalidParameter(20001, "Integration.Url is needed for the type external"))
	}
	if err := p.result(); err != nil {
		return 0, nil, err
	}
	c.touch(&f.record)
	flexFlows.put(c.state, f)
	return http.StatusOK, renderFlexFlow(f), nil
}

func deleteFlexFlow(c *call) (int, any, error) {
	f, err := c.flexFlow()
	if err != nil {
		return 0, nil, err
	}
	flexFlows.remove(c.state, f.SID)
	return http.StatusNoContent, nil, nil
}
