package sandbox

// Settings choose among behaviours that Twilio's documents leave open or that
// depend on timing. They belong to the state: every process on one file
// shares them.
type Settings struct {
	// ApplicationClearsURL makes setting sms_application_sid clear sms_url and
	// setting sms_url clear sms_application_sid, and the same for voice. Twilio's
	// API reference says URLs are ignored, its agent skill (twilio-numbers-senders)
	// says they are cleared.
	ApplicationClearsURL bool `json:"application_clears_url"`
	// ReadLagMS is how old, in milliseconds, the state is that reads answer from.
	ReadLagMS int `json:"read_lag_ms"`
	// ModelBuildMS is how long, in milliseconds, an Autopilot model build takes; 0 is
	// a second.
	ModelBuildMS int `json:"model_build_ms"`
	// SenderUpdateMS is how long, in milliseconds, an update of a WhatsApp sender takes; 0
	// is a second.
	SenderUpdateMS int `json:"sender_update_ms"`
	// ConversationsTakeMessages keeps a message that Conversations takes (an open
	// conversation, or an address configuration that creates one) from the receiver's own
	// webhook and its Messaging Service. Twilio's page on inbound messages says both that a
	// number's webhook "will always fire" and that a pair of addresses bound to a
	// conversation stops triggering it.
	ConversationsTakeMessages bool `json:"conversations_take_messages"`
	// PlaceholderURLs gives a number that is bought the URLs of Twilio's placeholders. Numbers
	// that people bought by the API have them or not.
	PlaceholderURLs bool `json:"placeholder_urls"`
	StudioSettings
	AutopilotSettings
	ServerlessSettings
}
