package sandbox

import (
	"slices"
	"strings"
	"unicode"
)

// The last word of a name says what it is of: auth_token is a secret, token_url is none.
var (
	secretWords = []string{"secrets", "passwd", "passphrase", "passcode", "passkey", "pass", "pwd", "pw", "authorization", "cookie", "hmac", "auth", "credential", "credentials", "signature", "sig", "jwt", "bearer"}
	keyWords    = []string{"api", "access", "private", "secret", "auth", "subscription", "shared", "account", "function", "functions", "master", "encryption", "signing", "webhook", "app", "openai", "stripe", "sendgrid", "hmac", "storage", "security", "license"}
	// secretEnds end a word that is written together with the one before: authtoken.
	secretEnds = []string{"secret", "password", "token", "apikey"}
	// ofSecrets are behind the name of a secret, and say of which sort or place it is.
	ofSecrets = []string{"value", "values", "hash", "text", "string", "prod", "production", "live", "dev", "test", "staging", "old", "new", "primary", "secondary"}
)

// NamesSecret reports whether what has this name is a secret: a parameter of a URL, a header, a
// member of a JSON document.
func NamesSecret(name string) bool {
	words := wordsOf(name)
	if len(words) == 0 {
		return false
	}
	for len(words) > 1 && slices.Contains(ofSecrets, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	last := words[len(words)-1]
	return slices.Contains(secretWords, last) || slices.ContainsFunc(secretEnds, func(end string) bool { return strings.HasSuffix(last, end) }) || last == "key" && len(words) > 1 && slices.Contains(keyWords, words[len(words)-2])
}

// wordsOf splits api_key, X-Api-Key and apiKey into words.
func wordsOf(name string) []string {
	var words []string
	before := ' '
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r):
			before = ' '
			continue
		case before == ' ' || unicode.IsUpper(r) && unicode.IsLower(before):
			words = append(words, "")
		}
		words[len(words)-1] += string(unicode.ToLower(r))
		before = r
	}
	return words
}
