package twilio_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// The table says what the sandbox, which was written from Twilio's lists by itself, needs.
func TestPermissionsAreThoseThatTheSandboxNeeds(t *testing.T) {
	t.Parallel()
	box := sandbox.New()
	for _, p := range twilio.Permissions() {
		for _, action := range slices.Concat(p.Actions, strings.Fields(p.Action)) {
			path := strings.ReplaceAll(p.Path, "{}", "AC00000000000000000000000000000000")
			if action != "list" && action != "create" && p.Action == "" {
				path += "/AC00000000000000000000000000000001"
			}
			if p.Host == "api" {
				path += ".json"
			}
			method := map[string]string{"list": http.MethodGet, "read": http.MethodGet, "create": http.MethodPost, "update": http.MethodPost, "delete": http.MethodDelete}[action]
			needed, granted, ok := box.PermissionOf(method, "https://"+p.Host+".twilio.com"+path)
			if !ok || granted != (p.Name != "" || p.Unnamed) || granted && !p.Unnamed && needed != p.Name+"/"+action {
				t.Errorf("%s, %s: the sandbox needs %q, granted %v, %v", p.Resource, action, needed, granted, ok)
			}
			if found, does, ok := twilio.PermissionOf(method, p.Host+".twilio.com", path); !ok || found.Resource != p.Resource || does != action {
				t.Errorf("%s %s is found as %q, %s", method, path, found.Resource, does)
			}
		}
	}
}
