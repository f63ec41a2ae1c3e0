package sandbox

import (
	"bytes"
	"encoding/json"
	"time"
)

// StudioSettings are the settings about Studio. Their zero values are the
// harsher behaviours.
type StudioSettings struct {
	// StudioReadLagMS is how old, in milliseconds, the state is that reads of
	// studio.twilio.com answer from, beyond ReadLagMS. Such reads were observed on
	// the real Twilio (RJPearson94/terraform-provider-twilio issue 86).
	StudioReadLagMS int `json:"studio_read_lag_ms"`
	// StudioKeepsDefinition returns a flow's definition as it was sent. Otherwise its
	// keys are sorted and optional ones are filled in. Twilio does not document which
	// it does.
	StudioKeepsDefinition bool `json:"studio_keeps_definition"`
	// StudioLeavesNumbers stops Studio from setting the status callback of a number
	// that is pointed at a flow, as it does since March 2021 (Studio changelog).
	StudioLeavesNumbers bool `json:"studio_leaves_numbers"`
}

// compactJSON is valid JSON without white space.
func compactJSON(text []byte) json.RawMessage {
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		panic(err) // only validated JSON is compacted
	}
	return compact.Bytes()
}

// readLag is how old the state is that reads of a product answer from.
func (s Settings) readLag(of product) time.Duration {
	lag := s.ReadLagMS
	if of.host == studioHost {
		lag += s.StudioReadLagMS
	}
	return time.Duration(lag) * time.Millisecond
}
