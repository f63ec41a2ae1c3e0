// Command server serves the documents of the example.
//
//	URL=https://hello.example.com TWILIO_AUTH_TOKEN=... go run ./examples/voice-hello/server documents.json
//
// The file is what `terraform output -json documents` prints. It listens on the port of PORT,
// or else 8080. URL is where Twilio reaches it.
package main

import (
	"cmp"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/examples/voice-hello/hello"
)

func main() {
	if os.Getenv("URL") == "" || len(os.Args) != 2 {
		log.Fatal("usage: URL=<the address under which Twilio reaches this program> server <file of documents>")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	options := hello.Options{URL: os.Getenv("URL"), AuthToken: os.Getenv("TWILIO_AUTH_TOKEN")}
	if err := json.Unmarshal(text, &options.Documents); err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
	server := &http.Server{
		Addr:              ":" + cmp.Or(os.Getenv("PORT"), "8080"),
		Handler:           hello.Handler(options),
		ReadHeaderTimeout: 10 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}
