package bot

import (
	"strings"
	"testing"
)

func TestShownURLsHoldNoSecrets(t *testing.T) {
	for address, want := range map[string]string{
		"":                                                        "",
		"https://bot.example.com/sms":                             "https://bot.example.com/sms",
		"HTTPS://Bot.example.com:8443/a%20b":                      "https://Bot.example.com:8443/a%20b",
		"https://hook:pw@bot.example.com/sms":                     "https://…@bot.example.com/sms",
		"https://token@bot.example.com":                           "https://…@bot.example.com",
		"https://bot.example.com/sms?token=pw":                    "https://bot.example.com/sms?…",
		"https://bot.example.com/sms?":                            "https://bot.example.com/sms?…",
		"https://bot.example.com/sms#pw":                          "https://bot.example.com/sms#…",
		"http://u:p@h.example.com/x?q=pw#f":                       "http://…@h.example.com/x?…#…",
		"https://[::1]:80/x?q":                                    "https://[::1]:80/x?…",
		" https://bot.example.com/ ":                              "https://bot.example.com/",
		"https://hook:S3 CRET@bot.example.com/sms":                "an unreadable URL",
		"https://hook:pa#ss@bot.example.com/sms":                  "an unreadable URL",
		"https://hook:12/ss@bot.example.com/sms":                  "an unreadable URL",
		"https://hook:12#ss@bot.example.com/sms":                  "an unreadable URL",
		"https://to?ken@bot.example.com/sms":                      "an unreadable URL",
		"https://bot.example.com/@me":                             "https://bot.example.com/@me",
		"user:pw@bot.example.com/sms":                             "an unreadable URL",
		"https:user:pw@bot.example.com":                           "an unreadable URL",
		"//user:pw@bot.example.com":                               "an unreadable URL",
		"pw":                                                      "an unreadable URL",
		"sip:user:pw@sip.example.com":                             "an unreadable URL",
		"https://…@bot.example.com/sms?…":                         "https://…@bot.example.com/sms?…",
		"https://webhooks.twilio.com/v1/Accounts/AC/Flows/FW?a=b": "https://webhooks.twilio.com/v1/Accounts/AC/Flows/FW?…",
	} {
		got := ShownURL(address)
		if got != want {
			t.Errorf("%q is shown as %q, want %q", address, got, want)
		}
		if again := ShownURL(got); want != "an unreadable URL" && again != got {
			t.Errorf("%q is shown as %q the second time", got, again)
		}
	}
}

func TestURLsThatReachABotAreShownWhole(t *testing.T) {
	webhooks := Webhooks{}
	studio := webhooks.URL(Webhook{AccountSID: testAccount, BotSID: testFW})
	task := webhooks.URL(Webhook{AccountSID: testAccount, BotSID: testUA, Channel: Messaging, TargetTask: "order a pizza"})
	for _, whole := range []string{studio, task, strings.ReplaceAll(task, "+", "%20")} {
		if got := webhooks.ShownURL(whole); got != whole {
			t.Errorf("%q is shown as %q", whole, got)
		}
	}
	for address, want := range map[string]string{
		studio + "?token=pw": studio + "?…",
		studio + "?a;pw":     studio + "?…",
		studio + "#pw":       studio + "#…",
		task + "&token=pw":   strings.Replace(task, "TargetTask=order+a+pizza", "…", 1),
		strings.Replace(studio, "//", "//u:pw@", 1): strings.Replace(studio, "//", "//…@", 1),
		"https://bot.example.com/sms?TargetTask=pw": "https://bot.example.com/sms?…",
		"": "",
	} {
		if got := webhooks.ShownURL(address); got != want {
			t.Errorf("%q is shown as %q, want %q", address, got, want)
		}
	}
}

func TestShownTextHasNoSecretsOfURLs(t *testing.T) {
	for text, want := range map[string]string{
		"no URL: a://, b:/c, 1:2":                              "no URL: a://, b:/c, 1:2",
		"see https://www.twilio.com/docs/errors/21402.":        "see https://www.twilio.com/docs/errors/21402.",
		`("https://u:pw@h.example.com/x?q=pw")`:                `("https://…@h.example.com/x?…")`,
		"<http://u:pw@h.example.com>, https://h.example.com/?": "<http://…@h.example.com>, https://h.example.com/?",
		"a https://h.example.com/x?pw=1, b ftp://u:pw@h/y":     "a https://h.example.com/x?…, b ftp://…@h/y",
	} {
		if got := ShownText(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	const spaced = "https://u:S3 CRET@h.example.com/x"
	if got := ShownText("The URL "+spaced+" is bad", "7", spaced); strings.Contains(got, "CRET") || !strings.Contains(got, "is bad") {
		t.Errorf("what was sent is shown as %q", got)
	}
}

func TestHostsThatTwilioCannotReach(t *testing.T) {
	for host, public := range map[string]bool{
		"localhost": false, "LOCALHOST": false, "bot.localhost": false, "localhost.": false, "mac.local": false, "host.docker.internal": false, "nas.home.arpa": false, "bot": false,
		"127.0.0.1": false, "127.8.9.10": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "169.254.1.1": false, "0.0.0.0": false,
		"[::1]": false, "[::]": false, "[fc00::1]": false, "[fdab::1]": false, "[fe80::1]": false, "[::ffff:10.0.0.1]": false,
		"bot.example.com": true, "local.example.com": true, "notlocalhost.example.com": true, "mylocal.dev": true, "8.8.8.8": true, "172.15.0.1": true, "172.32.0.1": true, "192.169.1.1": true, "11.0.0.1": true, "[2001:db8::1]": true,
	} {
		if got := IsPublic("http://u:pw@" + host + ":8080/sms"); got != public {
			t.Errorf("%s: public is %v", host, got)
		}
	}
	for _, address := range []string{"", "not a url", "/path", "https://a b/"} {
		if !IsPublic(address) {
			t.Errorf("%q is no URL of a host, and is taken for one", address)
		}
	}
}

func TestRoutesAreNamedWithoutSecrets(t *testing.T) {
	const address = "https://user:hunter2pw@crm.example.com/in?token=hunter2pw"
	number := Number{SID: "PN1", PhoneNumber: "+1", Messaging: Side{URL: address, FallbackURL: address}}
	var change SideChange
	for what, text := range map[string]string{
		"a route":           number.Route(Messaging, Webhooks{}).String(),
		"a cleared URL":     number.Clear(Messaging, &change)[0].Detail,
		"a service":         Service{InboundURL: address}.OverrideNotice(number).Detail,
		"what is read back": SnapshotOf(number)[Messaging],
	} {
		if strings.Contains(text, "hunter2pw") {
			t.Errorf("%s tells a secret: %s", what, text)
		}
		if what != "what is read back" && !strings.Contains(text, "https://…@crm.example.com/in?…") {
			t.Errorf("%s does not say which URL: %s", what, text)
		}
	}
}
