package sandbox

import "net/http"

// application is a TwiML Application; the empty string is unset.
type application struct {
	record
	FriendlyName          string `json:"friendly_name"`
	APIVersion            string `json:"api_version"`
	SmsURL                string `json:"sms_url"`
	SmsMethod             string `json:"sms_method"`
	SmsFallbackURL        string `json:"sms_fallback_url"`
	SmsFallbackMethod     string `json:"sms_fallback_method"`
	SmsStatusCallback     string `json:"sms_status_callback"`
	MessageStatusCallback string `json:"message_status_callback"`
	VoiceURL              string `json:"voice_url"`
	VoiceMethod           string `json:"voice_method"`
	VoiceFallbackURL      string `json:"voice_fallback_url"`
	VoiceFallbackMethod   string `json:"voice_fallback_method"`
	VoiceCallerIDLookup   bool   `json:"voice_caller_id_lookup"`
	StatusCallback        string `json:"status_callback"`
	StatusCallbackMethod  string `json:"status_callback_method"`
	PublicConnect         bool   `json:"public_application_connect_enabled"`
}

var applications = newTable[application]("applications")

const (
	applicationsPath = "/2010-04-01/Accounts/{AccountSid}/Applications"
	applicationPath  = applicationsPath + "/{Sid}"
)

// applicationParams are those twilio-go 1.31.0 sends
// (rest/api/v2010/accounts_applications.go), the same for create and update.
var applicationParams = []string{
	"FriendlyName", "ApiVersion",
	"SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod", "SmsStatusCallback", "MessageStatusCallback",
	"VoiceUrl", "VoiceMethod", "VoiceFallbackUrl", "VoiceFallbackMethod", "VoiceCallerIdLookup",
	"StatusCallback", "StatusCallbackMethod", "PublicApplicationConnectEnabled",
}

func applicationRoutes() []route {
	return []route{
		{method: "GET", pattern: applicationsPath, list: true, params: []string{"FriendlyName"}, handler: listApplications},
		{method: "POST", pattern: applicationsPath, params: applicationParams, handler: createApplication},
		{method: "GET", pattern: applicationPath, handler: fetchApplication},
		{method: "POST", pattern: applicationPath, params: applicationParams, handler: updateApplication},
		{method: "DELETE", pattern: applicationPath, handler: deleteApplication},
	}
}

func renderApplication(a application) object {
	return object{
		"account_sid":                        a.AccountSID,
		"api_version":                        a.APIVersion,
		"date_created":                       rfc2822(a.DateCreated),
		"date_updated":                       rfc2822(a.DateUpdated),
		"friendly_name":                      a.FriendlyName,
		"message_status_callback":            orNull(a.MessageStatusCallback),
		"public_application_connect_enabled": a.PublicConnect,
		"sid":                                a.SID,
		"sms_fallback_method":                a.SmsFallbackMethod,
		"sms_fallback_url":                   orNull(a.SmsFallbackURL),
		"sms_method":                         a.SmsMethod,
		"sms_status_callback":                orNull(a.SmsStatusCallback),
		"sms_url":                            orNull(a.SmsURL),
		"status_callback":                    orNull(a.StatusCallback),
		"status_callback_method":             a.StatusCallbackMethod,
		"uri":                                "/2010-04-01/Accounts/" + a.AccountSID + "/Applications/" + a.SID + ".json",
		"voice_caller_id_lookup":             a.VoiceCallerIDLookup,
		"voice_fallback_method":              a.VoiceFallbackMethod,
		"voice_fallback_url":                 orNull(a.VoiceFallbackURL),
		"voice_method":                       a.VoiceMethod,
		"voice_url":                          orNull(a.VoiceURL),
	}
}

func (c *call) application() (application, error) {
	a, ok := applications.get(c.state, c.PathValue("Sid"))
	if !ok || a.AccountSID != c.account.SID {
		return a, c.notFound()
	}
	return a, nil
}

func listApplications(c *call) (int, any, error) {
	name := c.params.Get("FriendlyName")
	found := applications.list(c.state, func(a application) bool {
		return a.AccountSID == c.account.SID && (name == "" || a.FriendlyName == name)
	})
	return listPage(c, "applications", found, renderApplication)
}

func fetchApplication(c *call) (int, any, error) {
	a, err := c.application()
	return http.StatusOK, renderApplication(a), err
}

func createApplication(c *call) (int, any, error) {
	a := application{
		record:               c.newRecord("AP"),
		APIVersion:           apiVersion,
		SmsMethod:            http.MethodPost,
		SmsFallbackMethod:    http.MethodPost,
		VoiceMethod:          http.MethodPost,
		VoiceFallbackMethod:  http.MethodPost,
		StatusCallbackMethod: http.MethodPost,
	}
	if err := c.changeApplication(&a); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, renderApplication(a), nil
}

func updateApplication(c *call) (int, any, error) {
	a, err := c.application()
	if err != nil {
		return 0, nil, err
	}
	c.touch(&a.record)
	if err := c.changeApplication(&a); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderApplication(a), nil
}

// deleteApplication leaves the numbers that point at it unchanged.
func deleteApplication(c *call) (int, any, error) {
	a, err := c.application()
	if err != nil {
		return 0, nil, err
	}
	applications.remove(c.state, a.SID)
	return http.StatusNoContent, nil, nil
}

func (c *call) changeApplication(a *application) error {
	f := c.fields()
	f.length("FriendlyName", &a.FriendlyName, 1, 64, 20002)
	f.oneOf("ApiVersion", &a.APIVersion, 20001, "2008-08-01", apiVersion)
	f.url("SmsUrl", &a.SmsURL)
	f.method("SmsMethod", &a.SmsMethod)
	f.url("SmsFallbackUrl", &a.SmsFallbackURL)
	f.method("SmsFallbackMethod", &a.SmsFallbackMethod)
	f.url("SmsStatusCallback", &a.SmsStatusCallback)
	f.url("MessageStatusCallback", &a.MessageStatusCallback)
	f.url("VoiceUrl", &a.VoiceURL)
	f.method("VoiceMethod", &a.VoiceMethod)
	f.url("VoiceFallbackUrl", &a.VoiceFallbackURL)
	f.method("VoiceFallbackMethod", &a.VoiceFallbackMethod)
	f.boolean("VoiceCallerIdLookup", &a.VoiceCallerIDLookup)
	f.url("StatusCallback", &a.StatusCallback)
	f.method("StatusCallbackMethod", &a.StatusCallbackMethod)
	f.boolean("PublicApplicationConnectEnabled", &a.PublicConnect)
	f.primary("SmsFallbackUrl", a.SmsURL, 21406)
	f.primary("VoiceFallbackUrl", a.VoiceURL, 21405)
	if err := f.result(); err != nil {
		return err
	}
	applications.put(c.state, *a)
	return nil
}
