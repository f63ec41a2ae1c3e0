package twilio

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// profiles is twilio-cli's configuration file, config.json, as far as it matters
// here (twilio-cli-core, src/services/config.js).
type profiles struct {
	path string

	Edge                string             `json:"edge"`
	RequireProfileInput bool               `json:"requireProfileInput"`
	Profiles            map[string]profile `json:"profiles"`
	// Projects are the profiles created before 2021, whose secrets went to the
	// keychain of the operating system.
	Projects []project `json:"projects"`
	// Active is called by the name that profiles had once.
	Active string `json:"activeProject"`
}

type profile struct {
	AccountSID string `json:"accountSid"`
	APIKey     string `json:"apiKey"`
	APISecret  string `json:"apiSecret"`
	Region     string `json:"region"`
	Edge       string `json:"edge"`
}

type project struct {
	ID string `json:"id"`
	profile
}

// profilesPath is where twilio-cli keeps its file.
func profilesPath(env func(string) string, home func() (string, error)) (string, error) {
	dir := env("TWILIO_CONFIG_DIR")
	if dir == "" {
		at, err := home()
		if err != nil {
			return "", fmt.Errorf("there is no home directory to look for .twilio-cli/config.json in (%w); set TWILIO_CONFIG_DIR", err)
		}
		dir = filepath.Join(at, ".twilio-cli")
	}
	return filepath.Join(dir, "config.json"), nil
}

// readProfiles reads the file at path; one that is not there is an empty one.
func readProfiles(path string) (profiles, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return profiles{path: path}, nil
	}
	if err != nil {
		return profiles{path: path}, fmt.Errorf("twilio-cli's configuration cannot be read: %w", err)
	}
	p, err := parseProfiles(data)
	p.path = path
	if err != nil {
		return p, fmt.Errorf("twilio-cli's configuration %s cannot be read: %w; repair it, or move it away and run \"twilio login\"", path, err)
	}
	return p, nil
}

func parseProfiles(data []byte) (profiles, error) {
	var p profiles
	if err := json.Unmarshal(data, &p); err != nil {
		// The text of a json error may quote a character of the file and no more.
		return profiles{}, err
	}
	trimmed := make(map[string]profile, len(p.Profiles))
	for name, each := range p.Profiles {
		trimmed[strings.TrimSpace(name)] = each.trim()
	}
	p.Profiles = trimmed
	for i := range p.Projects {
		p.Projects[i].ID = strings.TrimSpace(p.Projects[i].ID)
		p.Projects[i].profile = p.Projects[i].trim()
	}
	p.Active, p.Edge = strings.TrimSpace(p.Active), strings.TrimSpace(p.Edge)
	return p, nil
}

func (p profile) trim() profile {
	return profile{
		AccountSID: strings.TrimSpace(p.AccountSID),
		APIKey:     strings.TrimSpace(p.APIKey),
		APISecret:  strings.TrimSpace(p.APISecret),
		Region:     strings.TrimSpace(p.Region),
		Edge:       strings.TrimSpace(p.Edge),
	}
}

// find looks a profile up by name, in both lists as twilio-cli does.
func (p profiles) find(name string) (profile, error) {
	if found, ok := p.Profiles[name]; ok {
		return p.complete(name, found)
	}
	for _, old := range p.Projects {
		if old.ID == name {
			return p.complete(name, old.profile)
		}
	}
	return profile{}, fmt.Errorf("there is no profile %q in %s; see \"twilio profiles:list\", or create it with \"twilio profiles:create\"", name, p.path)
}

// active is the name of the profile that counts when none is named; "" if there
// is none. Without an active profile it is the first of the old ones and never one
// of the new, as with twilio-cli.
func (p profiles) active() string {
	if p.Active != "" {
		return p.Active
	}
	if len(p.Projects) > 0 {
		return p.Projects[0].ID
	}
	return ""
}

func (p profiles) complete(name string, found profile) (profile, error) {
	switch {
	case found.APIKey == "" && found.APISecret == "":
		return profile{}, fmt.Errorf("the profile %q in %s has no API key: twilio-cli kept those created before 2021 in the operating system's keychain, out of reach here; run \"twilio profiles:create\" to create it again", name, p.path)
	case found.APIKey == "" || found.APISecret == "":
		return profile{}, fmt.Errorf("the profile %q in %s has half an API key: apiKey and apiSecret belong together; run \"twilio profiles:create\" to create it again", name, p.path)
	case !isSID(found.AccountSID, "AC"):
		return profile{}, fmt.Errorf("the profile %q in %s has an accountSid that is not an Account SID (AC and 32 hexadecimal digits)", name, p.path)
	case !isSID(found.APIKey, "SK") && !isSID(found.APIKey, "AC"):
		return profile{}, fmt.Errorf("the apiKey of the profile %q in %s is not an API key's SID (SK and 32 hexadecimal digits)", name, p.path)
	case bot.IsSID(found.APISecret):
		return profile{}, fmt.Errorf("the apiSecret of the profile %q in %s is a SID, not the secret of an API key; run \"twilio profiles:create\" to create it again", name, p.path)
	}
	if found.Edge == "" {
		found.Edge = p.Edge
	}
	return found, nil
}
