package sandbox

import "net/http"

// trunkingProduct has the SIP trunks, which are read alone: what an API changes on them
// is no part of the sandbox.
func trunkingProduct() product {
	return product{
		host:     "trunking",
		prefixes: []string{trunksPath},
		routes: granted("voice/sip.trunks", []route{
			{method: "GET", pattern: trunksPath, list: true, handler: listTrunks},
			{method: "GET", pattern: trunksPath + "/{Sid}", handler: fetchTrunk},
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

const trunksPath = "/v1/Trunks"

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

func fetchTrunk(c *call) (int, any, error) {
	t, ok := sipTrunks.get(c.state, c.PathValue("Sid"))
	if !ok || t.AccountSID != c.account.SID {
		return 0, nil, c.notFound()
	}
	return http.StatusOK, renderTrunk(t), nil
}
