package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
)

// knobPrefix is the path of the sandbox's own calls, on any host. They need no
// credentials: a sandbox is served only on loopback.
const knobPrefix = "/_sandbox"

// knob answers with a value to write as JSON, nil for none.
type knob func(r *http.Request, body []byte) (any, error)

func (s *Sandbox) knobRoutes() http.Handler {
	mux := http.NewServeMux()
	for pattern, k := range map[string]knob{
		"GET /_sandbox/{$}":              s.knobOverview,
		"POST /_sandbox/numbers":         s.knobAddNumbers,
		"DELETE /_sandbox/numbers/{sid}": s.knobReleaseNumber,
		"POST /_sandbox/accounts":        s.knobAddAccount,
		"POST /_sandbox/accounts/{sid}":  s.knobAccountStatus,
		"POST /_sandbox/keys":            s.knobAddKey,
		"POST /_sandbox/faults":          s.knobAddFaults,
		"DELETE /_sandbox/faults":        func(*http.Request, []byte) (any, error) { s.ClearFaults(); return nil, nil },
		"GET /_sandbox/journal":          s.knobJournal,
		"DELETE /_sandbox/journal":       func(*http.Request, []byte) (any, error) { s.ClearJournal(); return nil, nil },
		"GET /_sandbox/settings":         func(*http.Request, []byte) (any, error) { return s.Settings() },
		"POST /_sandbox/settings": func(_ *http.Request, body []byte) (any, error) {
			return s.ChangeSettings(string(body))
		},
		"POST /_sandbox/messaging_services":         s.knobAddMessagingService,
		"DELETE /_sandbox/messaging_services/{sid}": s.knobRemoveMessagingService,
		"POST /_sandbox/short_codes":                knobAdd(s.addShortCode, renderShortCode),
		"POST /_sandbox/senders":                    knobAdd(s.addSender, (&call{now: moment(s.clock())}).renderSender),
		"POST /_sandbox/sip_domains":                knobAdd(s.addSipDomain, renderSipDomain),
		"POST /_sandbox/trunks":                     knobAdd(s.addTrunk, renderTrunk),
		"POST /_sandbox/byoc_trunks":                knobAdd(s.addByocTrunk, renderByocTrunk),
		"POST /_sandbox/flex_flows":                 knobAdd(s.addFlexFlow, renderFlexFlow),
		"GET /_sandbox/conversations":               s.knobConversations,
		"POST /_sandbox/conversations":              knobAdd(s.addConversation, renderConversation),
		"POST /_sandbox/conversations/{sid}":        s.knobCloseConversation,
		"POST /_sandbox/executions":                 s.knobAddExecution,
		"POST /_sandbox/executions/{sid}":           s.knobEndExecution,
		"POST /_sandbox/messages":                   knobAdd(s.addMessage, func(m message) object { return (&call{now: moment(s.clock())}).renderMessage(m) }),
		"POST /_sandbox/lookups":                    knobAdd(s.addLookup, renderLookupRow),
		"POST /_sandbox/inbound":                    s.knobInbound,
		"POST /_sandbox/reset":                      func(*http.Request, []byte) (any, error) { return nil, s.Reset() },
	} {
		mux.Handle(pattern, k)
	}
	return mux
}

// ServeHTTP runs the knob. Its errors are {"error": ...}: they are not Twilio's.
func (k knob) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The knobs require no credentials, so a web page in a browser on this machine
	// must not reach them, nor under a name of its own that it lets lead here.
	if r.Header.Get("Origin") != "" || !isLoopback(hostname(r.Host)) && !isTwilio(r.Host) {
		http.Error(w, `{"error": "the sandbox's knobs are not for web pages"}`, http.StatusForbidden)
		return
	}
	k.serve(w, r)
}

// serve runs the knob for whoever asks.
func (k knob) serve(w http.ResponseWriter, r *http.Request) {
	var body []byte
	var err error
	if r.Body != nil {
		body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	}
	var value any
	if err == nil {
		value, err = k(r, body)
	}
	status := http.StatusOK
	switch {
	case errors.Is(err, errNone):
		status, value = http.StatusNotFound, object{"error": err.Error()}
	case err != nil:
		status, value = http.StatusBadRequest, object{"error": err.Error()}
	case value == nil:
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(encodeJSON(value), '\n')) // fails only if the client has disconnected
}

func (s *Sandbox) knobOverview(r *http.Request, _ []byte) (any, error) {
	known := []object{}
	err := s.do(r.Context(), func() error {
		for _, a := range accounts.list(s.state, nil) {
			known = append(known, object{
				"sid": a.SID, "friendly_name": a.FriendlyName, "status": a.Status, "owner_account_sid": a.OwnerAccountSID,
			})
		}
		return nil
	})
	return object{
		"version":  fileVersion,
		"accounts": known,
		"starter":  Starter(),
	}, err
}

// knobJournal shows everything, errors included.
func (s *Sandbox) knobJournal(*http.Request, []byte) (any, error) {
	return s.traffic.list(func(*Entry) bool { return true }), nil
}

// Starter returns the credentials of the starter account.
func Starter() Credentials {
	return Credentials{
		AccountSID: StarterAccountSID, AuthToken: StarterAuthToken,
		APIKeySID: StarterAPIKeySID, APIKeySecret: StarterAPIKeySecret,
	}
}

func (s *Sandbox) knobAddNumbers(_ *http.Request, body []byte) (any, error) {
	all, err := oneOrMany(body)
	if err != nil {
		return nil, err
	}
	added, err := s.addNumbers(all)
	if err != nil {
		return nil, err
	}
	rendered := make([]object, len(added))
	for i, n := range added {
		rendered[i] = renderNumber(n)
	}
	return rendered, nil
}

func (s *Sandbox) knobReleaseNumber(r *http.Request, _ []byte) (any, error) {
	return nil, s.ReleaseNumber(r.PathValue("sid"))
}

func (s *Sandbox) knobAddAccount(_ *http.Request, body []byte) (any, error) {
	var wanted struct {
		FriendlyName    string `json:"friendly_name"`
		OwnerAccountSID string `json:"owner_account_sid"`
	}
	if err := decodeStrict(body, &wanted); err != nil {
		return nil, err
	}
	return s.AddAccount(wanted.FriendlyName, wanted.OwnerAccountSID)
}

func (s *Sandbox) knobAccountStatus(r *http.Request, body []byte) (any, error) {
	var wanted struct {
		Status string `json:"status"`
	}
	if err := decodeStrict(body, &wanted); err != nil {
		return nil, err
	}
	return nil, s.SetAccountStatus(r.PathValue("sid"), wanted.Status)
}

func (s *Sandbox) knobAddFaults(_ *http.Request, body []byte) (any, error) {
	all, err := oneOrMany(body)
	if err != nil {
		return nil, err
	}
	wanted := make([]Fault, len(all))
	for i, text := range all {
		if err := decodeStrict(text, &wanted[i]); err != nil {
			return nil, err
		}
		if _, err := wanted[i].check(); err != nil {
			return nil, err
		}
	}
	for _, f := range wanted {
		if err := s.AddFault(f); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (s *Sandbox) knobInbound(r *http.Request, body []byte) (any, error) {
	var in Inbound
	if err := decodeStrict(body, &in); err != nil {
		return nil, err
	}
	return s.receive(r.Context(), in)
}

// Inbound delivers a message or a call to a phone number and returns the answer.
func (s *Sandbox) Inbound(in Inbound) (InboundAnswer, error) {
	return s.receive(context.Background(), in)
}
