package bot

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Marks are what an operation leaves at Twilio so that a fresh process, with no
// state, can tell where the last one stopped. They are written and read here and
// nowhere else.

const (
	uploadingMark = " [uploading]"

	// suspendedPrefix begins the friendly name of a hold: the bot whose SID follows is
	// suspended.
	suspendedPrefix = "suspended "
	// replacingPrefix begins the friendly name of an application that was created to
	// replace the bot whose SID follows.
	replacingPrefix = "replaces "
	// buildPrefix begins the unique name of the model build of an assistant that
	// replaced the bot whose SID follows.
	buildPrefix = "replaces-"
	// asidePrefix begins the unique name of an assistant that is being removed.
	asidePrefix = "replaced-"

	// functionMark stands between the name of a function's service and that of the bot that
	// the function belongs to, in the friendly name of the service.
	functionMark = " of bot "

	commitPrefix = "twiliobot: "
)

// The commit messages of a flow's revisions. That of revision 1 never changes, so
// it shows for good that the flow is ours.
const (
	MarkCreated = commitPrefix + "created"
	MarkUpdated = commitPrefix + "updated"

	commitReplaces = commitPrefix + "replaces "
)

var (
	uploadingFor  = regexp.MustCompile(` \[uploading for ((?:UA|FW|AP)[0-9a-fA-F]{32})\]$`)
	uploadingLike = regexp.MustCompile(`(?i) \[uploading[^\]]*\]$`)
)

// maxAssistantName is how many characters Autopilot keeps of a friendly name.
const maxAssistantName = 255

// MarkUploading is the friendly name of an Autopilot assistant whose content is not
// whole yet; replaces is the SID of the bot that it is created to replace, or empty. The
// name is cut where it would not fit with its mark.
func MarkUploading(friendlyName, replaces string) string {
	mark := uploadingMark
	if replaces != "" {
		mark = " [uploading for " + replaces + "]"
	}
	for utf8.RuneCountInString(friendlyName)+len(mark) > maxAssistantName {
		_, size := utf8.DecodeLastRuneInString(friendlyName)
		friendlyName = friendlyName[:len(friendlyName)-size]
	}
	return friendlyName + mark
}

// ReadUploading takes the mark off a friendly name, and returns the SID of the bot that
// the assistant was created to replace; ok reports whether there was a mark.
func ReadUploading(friendlyName string) (plain, replaces string, ok bool) {
	if plain, ok := strings.CutSuffix(friendlyName, uploadingMark); ok {
		return plain, "", true
	}
	if at := uploadingFor.FindStringSubmatchIndex(friendlyName); at != nil {
		return friendlyName[:at[0]], friendlyName[at[2]:at[3]], true
	}
	return friendlyName, "", false
}

// MarkSuspended is the friendly name of the hold of a suspended bot.
func MarkSuspended(sid string) string { return suspendedPrefix + sid }

// SuspendedBot is the SID of the bot that a hold suspends, from the application's
// friendly name; false for an application that is no hold.
func SuspendedBot(friendlyName string) (sid string, ok bool) {
	return botAfter(friendlyName, suspendedPrefix)
}

// MarkReplacing is the friendly name of an application until the bot it replaces is
// gone.
func MarkReplacing(sid string) string { return replacingPrefix + sid }

// ReplacedByApplication is the SID of the bot that an application was created to
// replace, from its friendly name.
func ReplacedByApplication(friendlyName string) (sid string, ok bool) {
	return botAfter(friendlyName, replacingPrefix)
}

// MarkBuild is the unique name of the model build of an assistant that replaces a
// bot.
func MarkBuild(sid string) string { return buildPrefix + sid }

// MarkAside is the unique name under which a replaced assistant is removed: Twilio
// keeps a deleted assistant's name reserved, and so its own stays free.
func MarkAside(sid string) string { return asidePrefix + sid }

// MarkRevision is the commit message of a flow's first revision; replaces is the
// bot that the flow replaces, empty where there is none.
func MarkRevision(replaces string) string {
	if replaces == "" {
		return MarkCreated
	}
	return commitReplaces + replaces
}

// IsRevisionMark reports whether a commit message is one of ours.
func IsRevisionMark(commitMessage string) bool { return strings.HasPrefix(commitMessage, commitPrefix) }

// ReplacedByFlow is the SID of the bot that a flow replaced, from the commit message of
// its first revision.
func ReplacedByFlow(commitMessage string) (sid string, ok bool) {
	return botAfter(commitMessage, commitReplaces)
}

func botAfter(text, prefix string) (sid string, ok bool) {
	sid, ok = strings.CutPrefix(text, prefix)
	if !ok {
		return "", false
	}
	if _, ok = EngineOf(sid); !ok {
		return "", false
	}
	return sid, true
}

// MarkFunction is the friendly name of the service of a function: the unique name of the
// bot that the function belongs to.
func MarkFunction(service, botName string) string { return service + functionMark + botName }

// FunctionOwner is the unique name of the bot that a function belongs to, from the unique
// name and the friendly name of its service; false for a service that belongs to no bot.
func FunctionOwner(service, friendlyName string) (botName string, ok bool) {
	botName, ok = strings.CutPrefix(friendlyName, service+functionMark)
	if !ok {
		return "", false // CutPrefix returns the whole name
	}
	return botName, botName != ""
}

// reservedMark finds in a name what would be read as a mark.
func reservedMark(name string) (string, bool) {
	lower := strings.ToLower(name)
	for _, prefix := range []string{suspendedPrefix, commitPrefix, replacingPrefix, buildPrefix, asidePrefix} {
		if strings.HasPrefix(lower, prefix) {
			return strings.TrimSpace(prefix), true
		}
	}
	if mark := uploadingLike.FindString(name); mark != "" {
		return strings.TrimSpace(mark), true
	}
	return "", false
}
