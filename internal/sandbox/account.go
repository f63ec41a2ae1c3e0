package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

const accountActive = "active" // other values: suspended, closed

type account struct {
	record
	FriendlyName    string `json:"friendly_name"`
	OwnerAccountSID string `json:"owner_account_sid"` // its own SID for a main account
	Status          string `json:"status"`
	AuthTokenHash   string `json:"auth_token_hash"`
}

type apiKey struct {
	record
	FriendlyName string `json:"friendly_name"`
	SecretHash   string `json:"secret_hash"`
	Restriction
}

var (
	accounts = table[account, *account]{name: "accounts", everywhere: true}
	apiKeys  = table[apiKey, *apiKey]{name: "api_keys", everywhere: true}
)

func accountRoutes() []route {
	return []route{
		{method: "GET", pattern: "/2010-04-01/Accounts/{AccountSid}", noKeys: true, permission: "iam/accounts/read", handler: fetchAccount},
	}
}

func fetchAccount(c *call) (int, any, error) {
	a := c.account
	// Only a hash of an account's token is stored, so it can be shown only to those
	// who have just sent it.
	var token any
	if a.SID == c.caller.SID {
		_, token, _ = c.BasicAuth()
	}
	base := "/2010-04-01/Accounts/" + a.SID
	return http.StatusOK, object{
		"auth_token":        token,
		"date_created":      rfc2822(a.DateCreated),
		"date_updated":      rfc2822(a.DateUpdated),
		"friendly_name":     a.FriendlyName,
		"owner_account_sid": a.OwnerAccountSID,
		"sid":               a.SID,
		"status":            a.Status,
		"subresource_uris": object{
			"applications":           base + "/Applications.json",
			"incoming_phone_numbers": base + "/IncomingPhoneNumbers.json",
		},
		"type": "Full",
		"uri":  base + ".json",
	}, nil
}

// starterState is the starter account with its numbers.
func (s *Sandbox) starterState() *state {
	now := moment(s.clock())
	st := s.emptyState(StarterAccountSID, now)
	for _, number := range StarterNumbers() {
		row := newNumber(number)
		row.record = record{SID: s.newSID("PN"), AccountSID: StarterAccountSID, DateCreated: now, DateUpdated: now}
		numbers.put(st, row)
	}
	return st
}

// addAccount creates an account with an API key and returns their secrets, which
// cannot be read again.
func (s *Sandbox) addAccount(st *state, a account, now time.Time) (Credentials, error) {
	a.record = record{SID: s.newSID("AC"), DateCreated: now, DateUpdated: now}
	a.AccountSID = a.SID
	if a.OwnerAccountSID == "" {
		a.OwnerAccountSID = a.SID
	} else if _, ok := accounts.get(st, a.OwnerAccountSID); !ok {
		return Credentials{}, fmt.Errorf("owner_account_sid: there is no account %s", a.OwnerAccountSID)
	}
	secrets := Credentials{
		AccountSID: a.SID, AuthToken: s.newSID(""), APIKeySID: s.newSID("SK"), APIKeySecret: s.newSID(""),
	}
	a.AuthTokenHash = hashSecret(secrets.AuthToken)
	s.tokens.Store(a.SID, secrets.AuthToken)
	accounts.put(st, a)
	apiKeys.put(st, apiKey{
		record:     record{SID: secrets.APIKeySID, AccountSID: a.SID, DateCreated: now, DateUpdated: now},
		SecretHash: hashSecret(secrets.APIKeySecret),
	})
	return secrets, nil
}

// Credentials open one account of a sandbox.
type Credentials struct {
	AccountSID   string `json:"sid"`
	AuthToken    string `json:"auth_token"`
	APIKeySID    string `json:"api_key"`
	APIKeySecret string `json:"api_secret"`
}
