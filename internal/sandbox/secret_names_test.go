package sandbox

import "testing"

func TestSecretsOfURLsAreNotShown(t *testing.T) {
	for text, want := range map[string]string{
		"to https://bots.example.com/in?api_key=hidden&hotel=1": "to https://bots.example.com/in?api_key=[redacted]&hotel=1",
		"https://bots.example.com/in?a=1&sig=hidden":            "https://bots.example.com/in?a=1&sig=[redacted]",
		"https://bots.example.com/in?token=hidden#top":          "https://bots.example.com/in?token=[redacted]#top",
		"https://bots.example.com/in?mysecretword=hidden":       "https://bots.example.com/in?mysecretword=[redacted]",
		"https://ada:hidden@bots.example.com/in":                "https://[redacted]@bots.example.com/in",
		"https://bots.example.com/in?token_url=https://a.b/c":   "https://bots.example.com/in?token_url=https://a.b/c",
	} {
		if got := withoutSecrets(text); got != want {
			t.Errorf("%s is shown as %s", text, got)
		}
	}
}
