// Command server serves the keyword responder.
//
//	URL=https://responder.example.com TWILIO_AUTH_TOKEN=... go run ./examples/keyword-responder/server
//
// It listens on the port of PORT, or else 8080. URL is where Twilio reaches it.
package main

import (
	"cmp"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/examples/keyword-responder/responder"
)

func main() {
	if os.Getenv("URL") == "" {
		log.Fatal("URL is not set: set it to the address under which Twilio reaches this program, such as https://responder.example.com")
	}
	server := &http.Server{
		Addr:              ":" + cmp.Or(os.Getenv("PORT"), "8080"),
		Handler:           responder.Handler(responder.Options{URL: os.Getenv("URL"), AuthToken: os.Getenv("TWILIO_AUTH_TOKEN")}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}
