package bot

import (
	"regexp"
	"strings"
)

// Marks are what an operation leaves at Twilio so that a fresh process, with no
// state, can tell where the last one stopped. They are written and read here and
// nowhere else.

const uploadingSuffix = " [uploading]"

var (
	uploadingFor  = regexp.MustCompile(` \[uploading for (UA[0-9a-fA-F]{32})\]$`)
	uploadingLike = regexp.MustCompile(`(?i) \[uploading[^\]]*\]$`)
)

// suspendedPrefix begins the friendly name of an inert application: the bot whose
// SID follows is suspended.
const suspendedPrefix = "suspended "

// MarkUploading is the friendly name of an Autopilot assistant whose content is
// not whole yet.
func MarkUploading(friendlyName string) string { return friendlyName + uploadingSuffix }

// ReadUploading takes the mark off a friendly name; the second result tells
// whether there was one.
func ReadUploading(friendlyName string) (string, bool) {
	if plain, ok := strings.CutSuffix(friendlyName, uploadingSuffix); ok {
		return plain, true
	}
	if at := uploadingFor.FindStringIndex(friendlyName); at != nil {
		return friendlyName[:at[0]], true
	}
	return friendlyName, false
}

// SuspendedBot tells which bot an inert application suspends, from the
// application's friendly name; false for any other application.
func SuspendedBot(friendlyName string) (sid string, ok bool) {
	sid, ok = strings.CutPrefix(friendlyName, suspendedPrefix)
	if !ok {
		return "", false
	}
	_, ok = EngineOf(sid)
	return sid, ok
}

// reservedMark finds in a name what would be read as a mark.
func reservedMark(name string) (string, bool) {
	lower := strings.ToLower(name)
	for _, prefix := range []string{suspendedPrefix, "twiliobot: ", "replaces-"} {
		if strings.HasPrefix(lower, prefix) {
			return strings.TrimSpace(prefix), true
		}
	}
	if mark := uploadingLike.FindString(name); mark != "" {
		return strings.TrimSpace(mark), true
	}
	return "", false
}

// The commit messages of a flow's revisions. That of revision 1 never changes, so
// it tells for good that the flow is ours.
const (
	MarkCreated = "twiliobot: created"
	MarkUpdated = "twiliobot: updated"
)
