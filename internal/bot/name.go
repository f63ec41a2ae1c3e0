package bot

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxNameLength is how many characters a bot's unique name may have: Autopilot
// keeps 64 (https://www.twilio.com/docs/autopilot/api/assistant), and so does a
// phone number's friendly name, which shows the bot's.
const MaxNameLength = 64

// FreeLabel is the friendly name of a number that no bot answers on.
const FreeLabel = "free"

// CheckName refuses a unique name that Twilio would not keep, or that would be
// read as one of this provider's marks.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("a bot's name may not be empty")
	case !utf8.ValidString(name):
		return errors.New("a bot's name must be valid UTF-8")
	case utf8.RuneCountInString(name) > MaxNameLength:
		return fmt.Errorf("a bot's name may have at most %d characters, this one has %d", MaxNameLength, utf8.RuneCountInString(name))
	case strings.TrimSpace(name) != name:
		return fmt.Errorf("a bot's name may not begin or end with a space: %q", name)
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("a bot's name may not hold control characters: %q", name)
	case strings.EqualFold(name, FreeLabel):
		return fmt.Errorf("%q cannot be a bot's name: it is the label of a phone number that no bot answers on", name)
	case IsSID(name):
		return fmt.Errorf("%q cannot be a bot's name: it has the form of a Twilio SID, by which bots are addressed too", name)
	}
	if mark, ok := reservedMark(name); ok {
		return fmt.Errorf("%q cannot be a bot's name: %q is how the provider marks work in progress at Twilio", name, mark)
	}
	return nil
}

// NameProblem says whose a name is.
func NameProblem(name string, owners []Bot) *Problem {
	var listed []string
	for _, owner := range owners {
		listed = append(listed, fmt.Sprintf("%s, on the engine %s", owner.SID, owner.Engine()))
	}
	detail := fmt.Sprintf("The account has a bot named %q: %s. Names are unique across engines, and nothing was written.", name, listed[0])
	if len(owners) > 1 {
		detail = fmt.Sprintf("The account has %d bots named %q: %s. Only their SIDs tell them apart, and nothing was written.",
			len(owners), name, strings.Join(listed, "; "))
	}
	return &Problem{Kind: NameTaken, Summary: "The bot's name is taken", Detail: detail, Cause: ErrNameTaken, Bots: owners, Name: name}
}
