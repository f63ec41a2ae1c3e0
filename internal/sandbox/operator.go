package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// What an operator does by hand, in the Console or by waiting for an outside
// change. Each has a knob of the same name.

// errNone is the error for an object that does not exist.
var errNone = errors.New("it does not exist")

// AddNumber adds a phone number to the account and returns its SID. fields is
// a JSON object with any field of the IncomingPhoneNumber resource;
// phone_number, in E.164, is needed. account_sid is the starter account's when
// absent.
func (s *Sandbox) AddNumber(fields string) (sid string, err error) {
	added, err := s.addNumbers([]json.RawMessage{json.RawMessage(fields)})
	if err != nil {
		return "", err
	}
	return added[0].SID, nil
}

// AddNumbersAndService adds phone numbers as AddNumber does and, unless it is empty, a service
// as AddMessagingService does: all of it or, on an error, nothing.
func (s *Sandbox) AddNumbersAndService(fields []string, service string) error {
	return s.change(func(st *state) error {
		all := make([]json.RawMessage, len(fields))
		for i := range fields {
			all[i] = json.RawMessage(fields[i])
		}
		_, err := s.putNumbers(st, all)
		if err == nil && service != "" {
			_, err = s.putMessagingService(st, []byte(service))
		}
		return err
	})
}

// addNumbers adds all or, on an error, none.
func (s *Sandbox) addNumbers(all []json.RawMessage) (added []incomingPhoneNumber, err error) {
	err = s.change(func(st *state) error {
		added, err = s.putNumbers(st, all)
		return err
	})
	return added, err
}

func (s *Sandbox) putNumbers(st *state, all []json.RawMessage) (added []incomingPhoneNumber, err error) {
	owned := map[string]bool{}
	for n := range numbers.rows(st) {
		owned[n.PhoneNumber] = true
	}
	for _, text := range all {
		n, err := s.readNumber(text)
		if err != nil {
			return nil, err
		}
		if owned[n.PhoneNumber] {
			return nil, fmt.Errorf("the number %s is already owned", n.PhoneNumber)
		}
		owned[n.PhoneNumber] = true
		if _, taken := numbers.get(st, n.SID); taken {
			return nil, fmt.Errorf("a number with the SID %s exists already", n.SID)
		}
		if _, known := accounts.get(st, n.AccountSID); !known {
			return nil, fmt.Errorf("account_sid of %s: there is no account %s", n.PhoneNumber, n.AccountSID)
		}
		numbers.put(st, n)
		added = append(added, n)
	}
	return added, nil
}

func (s *Sandbox) readNumber(text json.RawMessage) (incomingPhoneNumber, error) {
	var named struct {
		PhoneNumber string `json:"phone_number"`
	}
	if err := json.Unmarshal(text, &named); err != nil {
		return incomingPhoneNumber{}, fmt.Errorf("a number is a JSON object: %w", err)
	}
	if !e164Form.MatchString(named.PhoneNumber) {
		return incomingPhoneNumber{}, fmt.Errorf("phone_number %q is not in E.164, such as +12025550142", named.PhoneNumber)
	}
	n := newNumber(named.PhoneNumber)
	now := moment(s.clock())
	n.record = record{AccountSID: StarterAccountSID, DateCreated: now, DateUpdated: now}
	if err := decodeStrict(text, &n); err != nil {
		return n, fmt.Errorf("number %s: %w", named.PhoneNumber, err)
	}
	n.Seq = 0
	if n.SID == "" {
		n.SID = s.newSID("PN")
	}
	if !isSID("PN", n.SID) {
		return n, fmt.Errorf("number %s: %q is not a SID beginning with PN", n.PhoneNumber, n.SID)
	}
	return n, nil
}

// ReleaseNumber releases a number, as the Console does.
func (s *Sandbox) ReleaseNumber(sid string) error {
	return s.change(func(st *state) error {
		n, ok := numbers.get(st, sid)
		if !ok {
			return fmt.Errorf("number %s: %w", sid, errNone)
		}
		release(st, n)
		return nil
	})
}

// AddAccount creates an account, a subaccount if the owner is given, and returns
// its only credentials: the sandbox stores hashes.
func (s *Sandbox) AddAccount(friendlyName, ownerAccountSID string) (secrets Credentials, err error) {
	err = s.change(func(st *state) error {
		a := account{FriendlyName: friendlyName, OwnerAccountSID: ownerAccountSID, Status: accountActive}
		secrets, err = s.addAccount(st, a, moment(s.clock()))
		return err
	})
	return secrets, err
}

// SetAccountStatus makes an account active, suspended or closed.
func (s *Sandbox) SetAccountStatus(sid, status string) error {
	return s.change(func(st *state) error {
		a, ok := accounts.get(st, sid)
		if !ok {
			return fmt.Errorf("account %s: %w", sid, errNone)
		}
		switch status {
		case accountActive, "suspended", "closed":
		default:
			return fmt.Errorf("status must be active, suspended or closed, not %q", status)
		}
		a.Status, a.DateUpdated = status, moment(s.clock())
		accounts.put(st, a)
		return nil
	})
}

// Settings returns the settings in force.
func (s *Sandbox) Settings() (settings Settings, err error) {
	err = s.look(context.Background(), func() error {
		settings = s.state.settings
		return nil
	})
	return settings, err
}

// ChangeSettings changes the settings named in the JSON object and returns all.
func (s *Sandbox) ChangeSettings(fields string) (settings Settings, err error) {
	err = s.change(func(st *state) error {
		settings = st.settings
		if err := decodeStrict([]byte(fields), &settings); err != nil {
			return fmt.Errorf("settings: %w", err)
		}
		if min(settings.ReadLagMS, settings.StudioReadLagMS, settings.ModelBuildMS, settings.SenderUpdateMS, settings.FunctionBuildMS) < 0 {
			return errors.New("settings: a duration cannot be negative")
		}
		if err := settings.checkStandIn(); err != nil {
			return err
		}
		st.settings, st.changed = settings, true
		return nil
	})
	return settings, err
}

// Reset returns the sandbox to its initial state: the starter account, the settings
// of its options, no faults and an empty journal.
func (s *Sandbox) Reset() error {
	s.ClearFaults()
	s.ClearJournal()
	s.sockets.closeAll()
	return s.change(func(st *state) error {
		*st = *s.starterState()
		st.changed = true
		return nil
	})
}

// Restore replaces all data by what Contents returned, of this sandbox or another one.
func (s *Sandbox) Restore(contents []byte) error {
	return s.change(func(st *state) error {
		restored, err := s.decode(contents)
		if err != nil {
			return err
		}
		*st = *restored
		st.changed = true
		return nil
	})
}

func (s *Sandbox) change(change func(*state) error) error {
	return s.do(context.Background(), func() error { return s.update(change) })
}

// oneOrMany reads a JSON value or a list of them.
func oneOrMany(text []byte) ([]json.RawMessage, error) {
	text = bytes.TrimSpace(text)
	if !bytes.HasPrefix(text, []byte("[")) {
		return []json.RawMessage{text}, nil
	}
	var all []json.RawMessage
	err := json.Unmarshal(text, &all)
	return all, err
}
