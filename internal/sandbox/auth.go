package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
)

// hashSecret is what the state stores of a token or a secret. They are random
// and long, so a plain hash reveals nothing.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func secretMatches(secret, hash string) bool {
	return subtle.ConstantTimeCompare([]byte(hashSecret(secret)), []byte(hash)) == 1
}

// authenticate fills in the caller: Basic auth with account SID and auth token,
// or with the SID and secret of an API key.
func (c *call) authenticate(st *state) *apiError {
	user, password, ok := c.BasicAuth()
	if !ok {
		return errAuthenticate()
	}
	if key, found := apiKeys.get(st, user); found {
		if !secretMatches(password, key.SecretHash) {
			return errAuthenticate()
		}
		c.byKey, c.key = true, key
		c.caller, ok = accounts.get(st, key.AccountSID)
	} else {
		c.caller, ok = accounts.get(st, user)
		ok = ok && secretMatches(password, c.caller.AuthTokenHash)
	}
	if !ok {
		return errAuthenticate()
	}
	c.account = c.caller
	return c.caller.usable()
}

// enter sets the account acted upon to the one in the path: the caller's own or,
// since parent credentials reach the v2010 resources of subaccounts, one of its
// subaccounts. The product hosts have no account in the path.
func (c *call) enter(st *state) *apiError {
	sid := c.PathValue("AccountSid")
	if sid == "" || sid == c.caller.SID {
		return nil
	}
	account, ok := accounts.get(st, sid)
	if !ok || account.OwnerAccountSID != c.caller.SID {
		return c.notFound()
	}
	c.account = account
	return account.usable()
}

func (a account) usable() *apiError {
	if a.Status != accountActive {
		return apiErrorf(http.StatusUnauthorized, 20005, "Account not active: %s is %s", a.SID, a.Status)
	}
	return nil
}
