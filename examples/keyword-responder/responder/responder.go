// Package responder answers the messages of the keyword responder as a web service: for
// a TwiML application, and for the schema, whose assistants request an answer from it when no
// keyword matches.
package responder

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"

	"github.com/twilio/twilio-go/client"
)

// Options configure the service.
type Options struct {
	// URL is where Twilio reaches it, without a slash at the end.
	URL string
	// AuthToken is the account's. With it the requests for messages are checked for
	// Twilio's signature (https://www.twilio.com/docs/usage/security); without it,
	// every request is answered.
	AuthToken string
}

// Handler serves /messages, TwiML for a message that arrived; /actions, the actions of
// an assistant that found no task; and /logo.png.
func Handler(o Options) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /messages", o.messages)
	mux.HandleFunc("POST /actions", o.actions)
	mux.HandleFunc("GET /logo.png", logo)
	return mux
}

// echo is the answer to a message without a keyword.
func echo(from, text string) string {
	return fmt.Sprintf("%s wrote: %s", from, strings.TrimSpace(text))
}

// response is TwiML that answers with one message
// (https://www.twilio.com/docs/messaging/twiml/message).
type response struct {
	XMLName xml.Name `xml:"Response"`
	Body    string   `xml:"Message>Body"`
	Media   string   `xml:"Message>Media,omitempty"`
}

func (o Options) messages(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if !o.signed(r) {
		http.Error(w, "the request is not signed by Twilio", http.StatusForbidden)
		return
	}
	answer := response{}
	switch strings.ToLower(strings.TrimRight(strings.TrimSpace(r.PostForm.Get("Body")), ".,!?")) {
	case "help":
		answer.Body = "Text HELP, LOGO or LINK. Anything else comes back to you."
	case "logo":
		answer.Body, answer.Media = "Here is our logo.", o.URL+"/logo.png"
	case "link":
		answer.Body = "Find us at https://www.example.com/."
	default:
		answer.Body = echo(r.PostForm.Get("From"), r.PostForm.Get("Body"))
	}
	w.Header().Set("Content-Type", "text/xml")
	_ = xml.NewEncoder(w).Encode(answer) // fails only if the client has disconnected
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

// actions answers an assistant, or the flow that was compiled from one. It checks no
// signature, because Studio does not sign the requests of a flow; it only echoes the text.
func (o Options) actions(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	say := map[string]string{"say": echo(r.PostForm.Get("UserIdentifier"), r.PostForm.Get("CurrentInput"))}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"actions": []any{say}}) // fails only if the client has disconnected
}

// logo draws a ring.
func logo(w http.ResponseWriter, _ *http.Request) {
	const size = 64
	picture := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.RGBA{R: 0x31, G: 0x6f, B: 0xb5, A: 0xff}})
	for y := range size {
		for x := range size {
			dx, dy := x-size/2, y-size/2
			if d := dx*dx + dy*dy; d < 30*30 && d > 18*18 {
				picture.SetColorIndex(x, y, 1)
			}
		}
	}
	var encoded bytes.Buffer
	if err := png.Encode(&encoded, picture); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(encoded.Bytes()) // fails only if the client has disconnected
}
