package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Restriction is what a key may do.
type Restriction struct {
	// Permissions are those of a restricted key, without "/twilio/" before them:
	// studio/flows/list, or with * for all actions, all resources of a product, or all
	// (studio/flows/*, studio/*, *). Nil for a standard key. A call for which Twilio has no
	// permission is refused to every restricted key.
	Permissions []string `json:"permissions"`
	// Refuses are permissions, in the same form, that the key lacks although it is a
	// standard one: what a test takes away. For calls without a permission the sandbox
	// has names of its own (route.permission).
	Refuses []string `json:"refuses,omitempty"`
	// Status is how it is refused: 401, with code 70051 (also when 0), or 403, with 20403.
	Status int `json:"status,omitempty"`
}

// Key is an API key as an operator creates one.
type Key struct {
	AccountSID string `json:"account_sid,omitempty"` // the starter account's when empty
	// Region is the only Region in which the key is good, such as ie1; where empty it is
	// good in all, as the credentials that every account has are.
	Region string `json:"region,omitempty"`
	Restriction
}

// isGoodIn reports whether the key is one of a Region. Twilio's keys are of one Region
// each; restricted ones are of us1 alone.
func (k apiKey) isGoodIn(region string) bool {
	if k.Permissions != nil && region != "" {
		return false
	}
	return k.Region == "" || k.Region == nameOf(region)
}

// AddKey creates an API key, which may be restricted, and returns its credentials.
func (s *Sandbox) AddKey(wanted Key) (secrets Credentials, err error) {
	if wanted.AccountSID == "" {
		wanted.AccountSID = StarterAccountSID
	}
	if status := wanted.Status; !slices.Contains([]int{0, http.StatusUnauthorized, http.StatusForbidden}, status) {
		return secrets, fmt.Errorf("status of a key must be 401 or 403, not %d", status)
	}
	if !isRegion(wanted.Region) {
		return secrets, fmt.Errorf("%q is not a Region, such as ie1", wanted.Region)
	}
	for _, name := range slices.Concat(wanted.Permissions, wanted.Refuses) {
		if !s.isPermission(name) {
			return secrets, fmt.Errorf("%q is not a permission, such as studio/flows/list or studio/*", name)
		}
	}
	err = s.change(func(st *state) error {
		if _, ok := accounts.get(st, wanted.AccountSID); !ok {
			return fmt.Errorf("account %s: %w", wanted.AccountSID, errNone)
		}
		now := moment(s.clock())
		secrets = Credentials{AccountSID: wanted.AccountSID, APIKeySID: s.newSID("SK"), APIKeySecret: s.newSID("")}
		apiKeys.put(st, apiKey{
			record:      record{SID: secrets.APIKeySID, AccountSID: wanted.AccountSID, Region: wanted.Region, DateCreated: now, DateUpdated: now},
			SecretHash:  hashSecret(secrets.APIKeySecret),
			Restriction: wanted.Restriction,
		})
		return nil
	})
	return secrets, err
}

// isPermission reports whether a name selects the permission of a route.
func (s *Sandbox) isPermission(name string) bool {
	for _, h := range s.hosts {
		for _, r := range h.routes {
			if permission := r.needs(); permission != "" && selects(name, permission) {
				return true
			}
		}
	}
	return false
}

// notGrantable begins the permissions that Twilio does not have: the products that its
// list of permissions leaves out, and what it has no name for. No restricted key can do
// these.
const notGrantable = "-"

// needs is the permission that a route needs, https://twilio.com/docs/iam/api-keys/restricted-api-keys
// (the names are those of a client's copy of the lists on that page).
func (r route) needs() string {
	if r.permission == "" || strings.Count(r.permission, "/") > 1 {
		return r.permission
	}
	action := map[string]string{http.MethodGet: "read", http.MethodPost: "update", http.MethodDelete: "delete"}[r.method]
	switch {
	case r.list:
		action = "list"
	case r.method == http.MethodPost && !strings.HasSuffix(r.pattern, "}"):
		action = "create"
	}
	return r.permission + "/" + action
}

// selects reports whether a permission, or one with a *, has a permission in it.
func selects(name, permission string) bool {
	permission = strings.TrimPrefix(permission, notGrantable)
	if beginning, all := strings.CutSuffix(name, "*"); all {
		return strings.HasPrefix(permission, beginning)
	}
	return name == permission
}

// allows reports whether the key may make a call.
func (k apiKey) allows(permission string) bool {
	selected := func(name string) bool { return selects(name, permission) }
	if k.Permissions != nil && (permission == "" || strings.HasPrefix(permission, notGrantable) || !slices.ContainsFunc(k.Permissions, selected)) {
		return false
	}
	return !slices.ContainsFunc(k.Refuses, selected)
}

// refuse is the error for a call that a key may not make, in the words that were seen
// on live accounts.
func (k apiKey) refuse(permission string) *apiError {
	if k.Status == http.StatusForbidden {
		return apiErrorf(http.StatusForbidden, 20403, "Forbidden")
	}
	permission = strings.TrimPrefix(permission, notGrantable)
	if permission == "" {
		return apiErrorf(http.StatusUnauthorized, 70051, "Authorization Error: this resource is not supported by restricted API keys")
	}
	return apiErrorf(http.StatusUnauthorized, 70051, "Authorization Error: required permission twilio/%s is missing", permission)
}

func (s *Sandbox) knobAddKey(_ *http.Request, body []byte) (any, error) {
	var wanted Key
	if err := decodeStrict(body, &wanted); err != nil {
		return nil, err
	}
	secrets, err := s.AddKey(wanted)
	if errors.Is(err, errNone) {
		return nil, err
	}
	return secrets, err
}
