package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

// PermissionOf is the permission that a call needs, such as studio/flows/list, for a client
// that keeps a table of its own. granted is false where Twilio has no permission for the
// call; ok is false where there is no such call.
func (s *Sandbox) PermissionOf(method, address string) (permission string, granted, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false, false
	}
	c := &call{Request: &http.Request{Method: method, Host: u.Host, URL: u}}
	h, _ := s.hostFor(c.Request)
	if h == nil {
		return "", false, false
	}
	c.host = h
	r, ok := h.find(c)[method]
	if !ok {
		return "", false, false
	}
	permission, refused := strings.CutPrefix(r.needs(), notGrantable)
	return permission, permission != "" && !refused, true
}
