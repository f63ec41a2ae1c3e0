package sandbox

import (
	"net/http"
	"time"
)

// voiceProduct has the trunks of carriers that customers bring along (BYOC), which are
// read, and changed in what they lead to. The change is not in the OpenAPI documents that
// tests check against; its parameters are those of twilio-go 1.31.0 (rest/voice/v1).
func voiceProduct() product {
	return product{
		host:     "voice",
		prefixes: []string{byocTrunksPath},
		routes: granted("voice/sip.byoc-trunks", []route{
			{method: "GET", pattern: byocTrunksPath, list: true, handler: listByocTrunks},
			{method: "GET", pattern: byocTrunkPath, handler: fetchByocTrunk},
			{method: "POST", pattern: byocTrunkPath, handler: updateByocTrunk, params: []string{
				"FriendlyName", "VoiceUrl", "VoiceMethod", "VoiceFallbackUrl", "VoiceFallbackMethod", "StatusCallbackUrl", "StatusCallbackMethod",
			}},
		}),
		tables:    []stored{byocTrunks},
		receivers: []findReceiver{findByocTrunk},
	}
}

// byocTrunk is a trunk whose calls come from another carrier.
type byocTrunk struct {
	record
	FriendlyName         string `json:"friendly_name"`
	VoiceURL             string `json:"voice_url"`
	VoiceMethod          string `json:"voice_method"`
	VoiceFallbackURL     string `json:"voice_fallback_url"`
	VoiceFallbackMethod  string `json:"voice_fallback_method"`
	StatusCallbackURL    string `json:"status_callback_url"`
	StatusCallbackMethod string `json:"status_callback_method"`
}

var byocTrunks = newTable[byocTrunk]("byoc_trunks")

const (
	byocTrunksPath = "/v1/ByocTrunks"
	byocTrunkPath  = byocTrunksPath + "/{Sid}"
)

func newByocTrunk() byocTrunk {
	return byocTrunk{VoiceMethod: http.MethodPost, VoiceFallbackMethod: http.MethodPost, StatusCallbackMethod: http.MethodPost}
}

func renderByocTrunk(t byocTrunk) object {
	return object{
		"sid":                    t.SID,
		"account_sid":            t.AccountSID,
		"friendly_name":          orNull(t.FriendlyName),
		"voice_url":              orNull(t.VoiceURL),
		"voice_method":           t.VoiceMethod,
		"voice_fallback_url":     orNull(t.VoiceFallbackURL),
		"voice_fallback_method":  t.VoiceFallbackMethod,
		"status_callback_url":    orNull(t.StatusCallbackURL),
		"status_callback_method": t.StatusCallbackMethod,
		"cnam_lookup_enabled":    false,
		"connection_policy_sid":  nil,
		"from_domain_sid":        nil,
		"date_created":           iso8601(t.DateCreated),
		"date_updated":           iso8601(t.DateUpdated),
		"url":                    "https://voice.twilio.com" + byocTrunksPath + "/" + t.SID,
	}
}

func listByocTrunks(c *call) (int, any, error) {
	found := byocTrunks.list(c.state, func(t byocTrunk) bool { return t.AccountSID == c.account.SID })
	return listPage(c, "byoc_trunks", found, renderByocTrunk)
}

func (c *call) byocTrunk() (byocTrunk, error) {
	t, ok := byocTrunks.get(c.state, c.PathValue("Sid"))
	if !ok || t.AccountSID != c.account.SID {
		return t, c.notFound()
	}
	return t, nil
}

func fetchByocTrunk(c *call) (int, any, error) {
	t, err := c.byocTrunk()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderByocTrunk(t), nil
}

func updateByocTrunk(c *call) (int, any, error) {
	t, err := c.byocTrunk()
	if err != nil {
		return 0, nil, err
	}
	f := c.fields()
	f.length("FriendlyName", &t.FriendlyName, 0, 255, 20002)
	f.url("VoiceUrl", &t.VoiceURL)
	f.method("VoiceMethod", &t.VoiceMethod)
	f.url("VoiceFallbackUrl", &t.VoiceFallbackURL)
	f.method("VoiceFallbackMethod", &t.VoiceFallbackMethod)
	f.url("StatusCallbackUrl", &t.StatusCallbackURL)
	f.method("StatusCallbackMethod", &t.StatusCallbackMethod)
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	c.touch(&t.record)
	byocTrunks.put(c.state, t)
	return http.StatusOK, renderByocTrunk(t), nil
}

// findByocTrunk finds a trunk by its SID, which stands for any number of its carrier.
func findByocTrunk(st *state, _ time.Time, to string) (receiver, bool) {
	t, ok := byocTrunks.get(st, to)
	return receiver{
		accountSID: t.AccountSID, sid: t.SID, address: t.SID, calls: true,
		voice: target{
			urlField: "voice_url", hooks: hooks{t.VoiceURL, t.VoiceMethod, t.VoiceFallbackURL, t.VoiceFallbackMethod},
			callback: t.StatusCallbackURL,
		},
	}, ok
}
