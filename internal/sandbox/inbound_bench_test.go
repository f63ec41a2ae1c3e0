package sandbox

import (
	"path/filepath"
	"testing"
)

// BenchmarkInbound is a message to a flow on a file: one half begins an
// execution, the other ends it.
func BenchmarkInbound(b *testing.B) {
	s, err := Open(filepath.Join(b.TempDir(), "twilio.sandbox.json"))
	if err != nil {
		b.Fatal(err)
	}
	flowOn(b, s)
	for b.Loop() {
		if _, err := s.Inbound(Inbound{To: myNumber, From: contact, Channel: "messaging", Body: "hi"}); err != nil {
			b.Fatal(err)
		}
	}
}
