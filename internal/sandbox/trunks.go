package sandbox

import "net/http"

// trunkingProduct has the SIP trunks, which are read, and changed in what they lead to. The
// change is not in the OpenAPI documents that tests check against; its parameters are those
// of twilio-go 1.31.0 (rest/trunking/v1).
func trunkingProduct() product {
	return product{
		host:     "trunking",
		prefixes: []string{trunksPath},
		routes: granted("voice/sip.trunks", []route{
			{method: "GET", pattern: trunksPath, list: true, handler: listTrunks},
			{method: "GET", pattern: trunkPath, handler: fetchTrunk},
			{method: "POST", pattern: trunkPath, handler: updateTrunk, params: []string{"FriendlyName", "DisasterRecoveryUrl", "DisasterRecoveryMethod"}},
		}),
		tables: []stored{sipTrunks},
	}
}

// sipTrunk is an Elastic SIP trunk. Its disaster recovery URL takes its calls while its
// own side fails.
type sipTrunk struct {
	record
	FriendlyName           string `json:"friendly_name"`
	DomainName             string `json:"domain_name"`
	DisasterRecoveryURL    string `json:"disaster_recovery_url"`
	DisasterRecoveryMethod string `json:"disaster_recovery_method"`
}

var sipTrunks = newTable[sipTrunk]("sip_trunks")

const (
	trunksPath = "/v1/Trunks"
	trunkPath  = trunksPath + "/{Sid}"
)

func renderTrunk(t sipTrunk) object {
	url := "https://trunking.twilio.com" + trunksPath + "/" + t.SID
	return object{
		"sid":                      t.SID,
		"account_sid":              t.AccountSID,
		"friendly_name":            orNull(t.FriendlyName),
		"domain_name":              orNull(t.DomainName),
		"disaster_recovery_url":    orNull(t.DisasterRecoveryURL),
		"disaster_recovery_method": t.DisasterRecoveryMethod,
		"secure":                   false,
		"cnam_lookup_enabled":      false,
		"symmetric_rtp_enabled":    false,
		"recording":                object{"mode": "do-not-record", "trim": "do-not-trim"},
		"transfer_mode":            "disable-all",
		"transfer_caller_id":       "from-transferor",
		"auth_type":                "",
		"auth_type_set":            []string{},
		"date_created":             iso8601(t.DateCreated),
		"date_updated":             iso8601(t.DateUpdated),
		"url":                      url,
		"links": object{
			"origination_urls": url + "/OriginationUrls", "credential_lists": url + "/CredentialLists",
			"ip_access_control_lists": url + "/IpAccessControlLists", "phone_numbers": url + "/PhoneNumbers",
		},
	}
}

func listTrunks(c *call) (int, any, error) {
	found := sipTrunks.list(c.state, func(t sipTrunk) bool { return t.AccountSID == c.account.SID })
	return listPage(c, "trunks", found, renderTrunk)
}

func (c *call) trunk() (sipTrunk, error) {
	t, ok := sipTrunks.get(c.state, c.PathValue("Sid"))
	if !ok || t.AccountSID != c.account.SID {
		return t, c.notFound()
	}
	return t, nil
}

func fetchTrunk(c *call) (int, any, error) {
	t, err := c.trunk()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderTrunk(t), nil
}

func updateTrunk(c *call) (int, any, error) {
	t, err := c.trunk()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	f.length("FriendlyName", &t.FriendlyName, 0, 64, 20002)
	f.url("DisasterRecoveryUrl", &t.DisasterRecoveryURL)
	f.method("DisasterRecoveryMethod", &t.DisasterRecoveryMethod)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	c.touch(&t.record)
	sipTrunks.put(c.state, t)
	return http.StatusOK, renderTrunk(t), nil
}
