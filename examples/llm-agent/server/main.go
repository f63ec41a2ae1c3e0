// Command server serves the agent with the stand-in for a model.
//
//	URL=https://agent.example.com TWILIO_AUTH_TOKEN=... go run ./examples/llm-agent/server documents.json
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

	"github.com/twiliobot/terraform-provider-twiliobot/examples/llm-agent/agent"
)

func main() {
	if os.Getenv("URL") == "" || len(os.Args) != 2 {
		log.Fatal("usage: URL=<the address under which Twilio reaches this program> server <file of documents>")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	options := agent.Options{URL: os.Getenv("URL"), AuthToken: os.Getenv("TWILIO_AUTH_TOKEN")}
	if err := json.Unmarshal(text, &options.Documents); err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
	server := &http.Server{
		Addr:              ":" + cmp.Or(os.Getenv("PORT"), "8080"),
		Handler:           agent.Handler(options),
		ReadHeaderTimeout: 10 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}
