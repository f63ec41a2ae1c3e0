package sandbox

import "regexp"

// botKind is a way to run bots.
type botKind struct {
	engine string // "studio", "autopilot"
	// webhook matches the URLs that lead to such a bot, with groups named "account"
	// and "sid".
	webhook *regexp.Regexp
	// name finds a bot's name by its account and SID.
	name func(st *state, accountSID, sid string) (name string, found bool)
}
