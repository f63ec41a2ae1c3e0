package bot

// The values of VoiceReceiveMode and EmergencyStatus.
const (
	ReceiveVoice = "voice"
	ReceiveFax   = "fax"

	EmergencyActive   = "Active"
	EmergencyInactive = "Inactive"
)

// NumberSettings are the settings of a number that have nothing to do with who answers on
// it (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource). A SID is
// empty where the number has none.
type NumberSettings struct {
	AddressSID          string
	BundleSID           string
	IdentitySID         string
	EmergencyAddressSID string
	EmergencyStatus     string
	VoiceReceiveMode    string
	VoiceCallerIDLookup bool
}

// SettingsChange is a write to the settings of a number: nil leaves a setting as it is, an
// empty SID clears it.
type SettingsChange struct {
	AddressSID          *string
	BundleSID           *string
	IdentitySID         *string
	EmergencyAddressSID *string
	EmergencyStatus     *string
	VoiceReceiveMode    *string
	VoiceCallerIDLookup *bool
}

// Empty reports whether there is nothing to write.
func (c SettingsChange) Empty() bool { return c == SettingsChange{} }

// Apply is the settings after the change.
func (c SettingsChange) Apply(s NumberSettings) NumberSettings {
	set(&s.AddressSID, c.AddressSID)
	set(&s.BundleSID, c.BundleSID)
	set(&s.IdentitySID, c.IdentitySID)
	set(&s.EmergencyAddressSID, c.EmergencyAddressSID)
	set(&s.EmergencyStatus, c.EmergencyStatus)
	set(&s.VoiceReceiveMode, c.VoiceReceiveMode)
	set(&s.VoiceCallerIDLookup, c.VoiceCallerIDLookup)
	return s
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// From is the part of the change that a number with these settings is without. Nothing is
// sent that a number has already: Twilio refuses some settings where nothing of them
// changes (https://www.twilio.com/docs/api/errors/22222).
func (c SettingsChange) From(s NumberSettings) SettingsChange {
	without(&c.AddressSID, s.AddressSID)
	without(&c.BundleSID, s.BundleSID)
	without(&c.IdentitySID, s.IdentitySID)
	without(&c.EmergencyAddressSID, s.EmergencyAddressSID)
	without(&c.EmergencyStatus, s.EmergencyStatus)
	without(&c.VoiceReceiveMode, s.VoiceReceiveMode)
	without(&c.VoiceCallerIDLookup, s.VoiceCallerIDLookup)
	return c
}

func without[T comparable](wanted **T, now T) {
	if *wanted != nil && **wanted == now {
		*wanted = nil
	}
}

// NumberOrder is the purchase of one number.
type NumberOrder struct {
	PhoneNumber string // E.164
	Settings    SettingsChange
}
