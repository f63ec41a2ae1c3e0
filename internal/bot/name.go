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

// CheckName refuses a unique name for a new bot, or a new name for one that is there, which
// Twilio would not keep, or that would be read as one of this provider's marks. A bot that
// another client named so keeps its name.
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
	case strings.ContainsFunc(name, invisible):
		return fmt.Errorf("a bot's name may not hold control characters or others that nobody sees: %q", name)
	case name == "." || name == "..":
		return fmt.Errorf("%q cannot be a bot's name: in the path of a URL it stands for a folder, and Autopilot looks bots up by a path with their name", name)
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

// IsLabel reports whether a bot's name can be the friendly name of a phone number. One that
// was given by another client may be longer.
func IsLabel(name string) bool {
	return name != "" && utf8.RuneCountInString(name) <= MaxNameLength
}

// invisible reports whether a character would make a name look like another one, or turn
// the text around it, in a console: control and format characters, and separators of lines
// and paragraphs. The two joiners are letters' own in some scripts and in emoji.
func invisible(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return unicode.IsControl(r) || (unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) && r != nonJoiner && r != joiner)
}

// CheckNameOn refuses a name for a new bot on an engine, or a new name for one that is
// there. Autopilot takes a name in place of a SID in paths, and what is between Twilio and
// the provider may read an escaped slash as one that parts two segments.
func CheckNameOn(engine Engine, name string) error {
	if engine == Autopilot && strings.ContainsAny(name, `/\`) {
		return fmt.Errorf("%q cannot be the name of a bot on Autopilot, which takes names in the paths of URLs: leave slashes and backslashes out", name)
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
