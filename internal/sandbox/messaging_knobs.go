package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

// AddMessagingService creates a Messaging Service and returns its SID. fields is a
// JSON object with any field of the Service resource and phone_numbers, the
// owned numbers in E.164 to add to it. account_sid is the starter account's when
// absent.
func (s *Sandbox) AddMessagingService(fields string) (sid string, err error) {
	added, err := s.addMessagingService([]byte(fields))
	return added.SID, err
}

func (s *Sandbox) addMessagingService(text []byte) (service messagingService, err error) {
	err = s.change(func(st *state) error {
		service, err = s.putMessagingService(st, text)
		return err
	})
	return service, err
}

func (s *Sandbox) putMessagingService(st *state, text []byte) (messagingService, error) {
	var members struct {
		PhoneNumbers []string `json:"phone_numbers"`
	}
	if err := json.Unmarshal(text, &members); err != nil {
		return messagingService{}, fmt.Errorf("a messaging service is a JSON object: %w", err)
	}
	wanted := struct {
		*messagingService
		PhoneNumbers json.RawMessage `json:"phone_numbers"` // read above
	}{messagingService: new(messagingService)}
	*wanted.messagingService = newMessagingService()
	now := moment(s.clock())
	wanted.record = record{AccountSID: StarterAccountSID, DateCreated: now, DateUpdated: now}
	if err := decodeStrict(text, &wanted); err != nil {
		return messagingService{}, fmt.Errorf("messaging service: %w", err)
	}
	service := *wanted.messagingService
	service.Seq = 0
	if service.SID == "" {
		service.SID = s.newSID("MG")
	}
	if !isSID("MG", service.SID) {
		return service, fmt.Errorf("messaging service: %q is not a SID beginning with MG", service.SID)
	}
	if there, taken := messagingServices.get(st, service.SID); taken {
		return service, fmt.Errorf("the messaging service %q (%s) exists already", there.FriendlyName, service.SID)
	}
	if _, known := accounts.get(st, service.AccountSID); !known {
		return service, fmt.Errorf("account_sid of the messaging service: there is no account %s", service.AccountSID)
	}
	messagingServices.put(st, service)
	for _, e164 := range slices.Compact(members.PhoneNumbers) {
		n, owned := numberOwned(st, e164)
		if !owned || n.AccountSID != service.AccountSID {
			return service, fmt.Errorf("number %q of account %s: %w", e164, service.AccountSID, errNone)
		}
		if err := join(st, service, n.SID, now); err != nil {
			return service, fmt.Errorf("number %s: %w", e164, err)
		}
	}
	return service, nil
}

// RemoveMessagingService deletes a service; the own webhooks of its numbers apply
// again.
func (s *Sandbox) RemoveMessagingService(sid string) error {
	return s.change(func(st *state) error {
		if _, ok := messagingServices.get(st, sid); !ok {
			return fmt.Errorf("messaging service %s: %w", sid, errNone)
		}
		removeService(st, sid)
		return nil
	})
}

func (s *Sandbox) knobAddMessagingService(_ *http.Request, body []byte) (any, error) {
	service, err := s.addMessagingService(body)
	if err != nil {
		return nil, err
	}
	return renderService(service), nil
}

func (s *Sandbox) knobRemoveMessagingService(r *http.Request, _ []byte) (any, error) {
	return nil, s.RemoveMessagingService(r.PathValue("sid"))
}
