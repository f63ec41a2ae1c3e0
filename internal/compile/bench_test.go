package compile

import (
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// BenchmarkCompile600Tasks compiles as many tasks as Twilio allows in an assistant
// (https://www.twilio.com/docs/autopilot/api/limits), with ten samples each. For
// both channels the flow has more states than Studio allows, so the figures are of
// messages only; routed by keywords or trained it has more bytes than Studio allows, so
// those figures are of the whole work up to the refusal. Reading and checking the same schema
// is measured beside them, as what a compilation is compared with.
func BenchmarkCompile600Tasks(b *testing.B) {
	s := crowd(b, 600, 10)
	text := s.Export("crowd", "crowd")
	b.Run("Read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			read, err := schema.Parse(text)
			if err != nil {
				b.Fatal(err)
			}
			schema.Validate(read)
		}
	})
	for _, c := range []struct {
		name    string
		options Options
		fits    bool
	}{
		{"MessagingExact", Options{Channels: messaging.Channels, Routing: Exact}, true},
		{"MessagingKeywords", messaging, false},
		{"MessagingTrained", Options{Channels: messaging.Channels, Routing: Trained}, false},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if f, found := Compile(s, c.options); (f != nil) != c.fits {
					b.Fatalf("a flow: %v; %v", f != nil, found)
				}
			}
		})
	}
}

// BenchmarkDecompile400Tasks recovers a schema of 400 tasks, and compiles it to compare.
func BenchmarkDecompile400Tasks(b *testing.B) {
	f, found := Compile(crowd(b, 400, 10), messaging)
	if f == nil {
		b.Fatal(found)
	}
	b.ReportAllocs()
	for b.Loop() {
		if source, ok, err := Decompile(f); !ok || err != nil || !source.Intact {
			b.Fatalf("found %v, %v", ok, err)
		}
	}
}
