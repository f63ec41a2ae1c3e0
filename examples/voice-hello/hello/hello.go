// Package hello serves TwiML that Terraform wrote.
package hello

import (
	"encoding/xml"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/twilio/twilio-go/client"
)

// Options configure the service.
type Options struct {
	// URL is where Twilio reaches it, without a slash at the end.
	URL string
	// AuthToken is the account's. With it, requests are checked for Twilio's signature
	// (https://www.twilio.com/docs/usage/security); without it, every request is answered.
	AuthToken string
	// Documents are the documents by path. One whose path ends in the number of the caller,
	// such as /hello/+447700900111, is for that caller alone.
	Documents map[string]string
}

// Handler answers with the documents.
func Handler(o Options) http.Handler { return http.HandlerFunc(o.answer) }

// parameter is a place in a document for what Twilio tells, such as {{Digits}}.
var parameter = regexp.MustCompile(`\{\{(\w+)\}\}`)

func (o Options) answer(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if !o.signed(r) {
		http.Error(w, "the request is not signed by Twilio", http.StatusForbidden)
		return
	}
	document, ok := o.Documents[r.URL.Path+"/"+r.Form.Get("From")]
	if !ok {
		document, ok = o.Documents[r.URL.Path]
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = io.WriteString(w, parameter.ReplaceAllStringFunc(document, func(place string) string {
		var escaped strings.Builder
		// Only a writer that fails is an error, which a Builder is not.
		_ = xml.EscapeText(&escaped, []byte(r.Form.Get(strings.Trim(place, "{}"))))
		return escaped.String()
	})) // fails only if the client has disconnected
}

// signed reports whether a request bears Twilio's signature.
func (o Options) signed(r *http.Request) bool {
	if o.AuthToken == "" {
		return true
	}
	params := map[string]string{}
	for name := range r.PostForm {
		params[name] = r.PostForm.Get(name)
	}
	validator := client.NewRequestValidator(o.AuthToken)
	return validator.Validate(o.URL+r.URL.RequestURI(), params, r.Header.Get("X-Twilio-Signature"))
}
