package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
)

// Records of an account that no API creates: Twilio, a carrier or WhatsApp makes them.
// fields is a JSON object with any field of the resource; account_sid is the starter
// account's when absent, sid a new one.

// AddShortCode adds a short code and returns its SID. short_code is needed.
func (s *Sandbox) AddShortCode(fields string) (sid string, err error) {
	added, err := s.addShortCode([]byte(fields))
	return added.SID, err
}

// AddSender adds a WhatsApp or RCS sender and returns its SID. sender_id is needed, such
// as whatsapp:+12025550142.
func (s *Sandbox) AddSender(fields string) (sid string, err error) {
	added, err := s.addSender([]byte(fields))
	return added.SID, err
}

// AddSipDomain adds a SIP domain and returns its SID. domain_name is needed, such as
// example.sip.twilio.com.
func (s *Sandbox) AddSipDomain(fields string) (sid string, err error) {
	added, err := s.addSipDomain([]byte(fields))
	return added.SID, err
}

// AddTrunk adds a SIP trunk and returns its SID.
func (s *Sandbox) AddTrunk(fields string) (sid string, err error) {
	added, err := s.addTrunk([]byte(fields))
	return added.SID, err
}

// AddByocTrunk adds a BYOC trunk and returns its SID.
func (s *Sandbox) AddByocTrunk(fields string) (sid string, err error) {
	added, err := s.addByocTrunk([]byte(fields))
	return added.SID, err
}

// AddFlexFlow adds a Flex Flow and returns its SID. flow_sid or url, for the
// integration_type studio or external, are fields of it.
func (s *Sandbox) AddFlexFlow(fields string) (sid string, err error) {
	added, err := s.addFlexFlow([]byte(fields))
	return added.SID, err
}

// AddConversation adds an open conversation of Twilio Conversations and returns its SID.
// contact, address and webhook, with the fields of an address configuration's
// auto_creation, are needed.
func (s *Sandbox) AddConversation(fields string) (sid string, err error) {
	added, err := s.addConversation([]byte(fields))
	return added.SID, err
}

// CloseConversation closes a conversation: its contact's next message is no longer its
// own.
func (s *Sandbox) CloseConversation(sid string) error {
	return s.change(func(st *state) error {
		talk, ok := openConversations.get(st, sid)
		if !ok {
			return fmt.Errorf("conversation %s: %w", sid, errNone)
		}
		talk.Closed, talk.DateUpdated = true, moment(s.clock())
		openConversations.put(st, talk)
		return nil
	})
}

var shortCodeForm = regexp.MustCompile(`^[0-9]{3,8}$`)

func (s *Sandbox) addShortCode(text []byte) (shortCode, error) {
	return addRecord(s, shortCodes, "SC", text, newShortCode(""), func(st *state, row *shortCode) error {
		if !shortCodeForm.MatchString(row.ShortCode) {
			return fmt.Errorf("short_code %q is not one, such as 55501", row.ShortCode)
		}
		if _, taken := shortCodes.first(st, func(o shortCode) bool { return o.ShortCode == row.ShortCode }); taken {
			return fmt.Errorf("the short code %s is already leased", row.ShortCode)
		}
		if row.FriendlyName == "" {
			row.FriendlyName = row.ShortCode
		}
		return nil
	})
}

func (s *Sandbox) addSender(text []byte) (sender, error) {
	return addRecord(s, senders, "XE", text, sender{Status: senderOnline}, func(st *state, row *sender) error {
		if !senderForm.MatchString(row.SenderID) {
			return fmt.Errorf("sender_id %q is not one, such as whatsapp:+12025550142", row.SenderID)
		}
		if _, taken := senders.first(st, func(o sender) bool { return o.SenderID == row.SenderID }); taken {
			return fmt.Errorf("the sender %s is already registered", row.SenderID)
		}
		return nil
	})
}

func (s *Sandbox) addSipDomain(text []byte) (sipDomain, error) {
	return addRecord(s, sipDomains, "SD", text, newSipDomain(""), func(st *state, row *sipDomain) error {
		if !domainName.MatchString(row.DomainName) {
			return fmt.Errorf("domain_name %q is not one, such as example.sip.twilio.com", row.DomainName)
		}
		if _, taken := sipDomainNamed(st, row.DomainName); taken {
			return fmt.Errorf("the SIP domain %s exists already", row.DomainName)
		}
		if row.FriendlyName == "" {
			row.FriendlyName = row.DomainName
		}
		return nil
	})
}

func (s *Sandbox) addTrunk(text []byte) (sipTrunk, error) {
	fresh := sipTrunk{DisasterRecoveryMethod: http.MethodPost}
	return addRecord(s, sipTrunks, "TK", text, fresh, func(*state, *sipTrunk) error { return nil })
}

func (s *Sandbox) addByocTrunk(text []byte) (byocTrunk, error) {
	return addRecord(s, byocTrunks, "BY", text, newByocTrunk(), func(*state, *byocTrunk) error { return nil })
}

func (s *Sandbox) addFlexFlow(text []byte) (flexFlow, error) {
	fresh := flexFlow{ChannelType: "sms", Enabled: true, IntegrationType: "studio", RetryCount: flexRetries}
	return addRecord(s, flexFlows, "FO", text, fresh, func(_ *state, row *flexFlow) error {
		if !slices.Contains([]string{"studio", "external", "task"}, row.IntegrationType) {
			return fmt.Errorf("integration_type must be studio, external or task, not %q", row.IntegrationType)
		}
		return nil
	})
}

func (s *Sandbox) addConversation(text []byte) (openConversation, error) {
	return addRecord(s, openConversations, "CH", text, openConversation{}, func(st *state, row *openConversation) error {
		r, err := s.receiverOf(st, row.Address)
		switch {
		case err != nil:
			return err
		case row.Contact == "":
			return errors.New("a conversation needs a contact")
		case r.accountSID != row.AccountSID:
			return fmt.Errorf("address %s of account %s: %w", row.Address, row.AccountSID, errNone)
		}
		if talk, via := conversing(st, r, row.Contact); via == viaConversation {
			return fmt.Errorf("%s and %s are in conversation %s", row.Contact, row.Address, talk.SID)
		}
		row.Address = r.address
		return nil
	})
}

// addRecord adds a row that text describes, over its initial values.
func addRecord[T any, P rowOf[T]](s *Sandbox, t table[T, P], prefix string, text []byte, row T, check func(*state, *T) error) (T, error) {
	now := moment(s.clock())
	rec := P(&row).rec()
	*rec = record{AccountSID: StarterAccountSID, DateCreated: now, DateUpdated: now}
	if err := decodeStrict(text, &row); err != nil {
		return row, fmt.Errorf("%s: %w", t.name, err)
	}
	rec.Seq = 0
	if rec.SID == "" {
		rec.SID = s.newSID(prefix)
	}
	if !isSID(prefix, rec.SID) {
		return row, fmt.Errorf("%s: %q is not a SID beginning with %s", t.name, rec.SID, prefix)
	}
	return row, s.change(func(st *state) error {
		if _, taken := t.get(st, rec.SID); taken {
			return fmt.Errorf("%s exists already", rec.SID)
		}
		if _, known := accounts.get(st, rec.AccountSID); !known {
			return fmt.Errorf("account_sid: there is no account %s", rec.AccountSID)
		}
		if err := check(st, &row); err != nil {
			return err
		}
		t.put(st, row)
		return nil
	})
}

// knobAdd is the knob of an add function.
func knobAdd[T any](add func([]byte) (T, error), render func(T) object) knob {
	return func(_ *http.Request, body []byte) (any, error) {
		row, err := add(body)
		if err != nil {
			return nil, err
		}
		return render(row), nil
	}
}

func renderConversation(c openConversation) object {
	state := "active"
	if c.Closed {
		state = "closed"
	}
	return object{
		"sid": c.SID, "account_sid": c.AccountSID, "contact": c.Contact, "address": c.Address, "state": state,
		"webhook": renderAutoCreation(&c.Webhook), "address_sid": orNull(c.AddressSID),
	}
}

func (s *Sandbox) knobConversations(r *http.Request, _ []byte) (any, error) {
	st, err := s.snapshot(r.Context())
	if err != nil {
		return nil, err
	}
	rendered := []object{}
	for _, c := range openConversations.list(st, nil) {
		rendered = append(rendered, renderConversation(c))
	}
	return rendered, nil
}

func (s *Sandbox) knobCloseConversation(r *http.Request, body []byte) (any, error) {
	var wanted struct {
		State string `json:"state"`
	}
	if err := decodeStrict(body, &wanted); err != nil {
		return nil, err
	}
	if wanted.State != "closed" {
		return nil, fmt.Errorf("state must be closed, not %q", wanted.State)
	}
	return nil, s.CloseConversation(r.PathValue("sid"))
}
