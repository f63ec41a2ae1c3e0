package bot

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// omitted stands for what a shown URL leaves out.
const omitted = "…"

// ShownURL is a URL as messages and computed attributes show it: scheme, host and path. The
// user and password, the query and the fragment may hold secrets, and are replaced by "…".
// Of the URLs that reach a bot nothing is a secret: their query names a task. What is no
// absolute URL is not shown at all, since it is not known where its secrets are.
func (w Webhooks) ShownURL(address string) string {
	if _, ok := w.Parse(address); !ok {
		return ShownURL(address)
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.User != nil || u.Fragment != "" {
		return ShownURL(address)
	}
	query, err := url.ParseQuery(u.RawQuery)
	delete(query, targetTask)
	if err != nil || len(query) > 0 {
		return ShownURL(address)
	}
	return address
}

// ShownURL is Webhooks.ShownURL of a URL that reaches no bot.
func ShownURL(address string) string {
	if address == "" {
		return ""
	}
	// A URL that was shown before is shown as it was.
	plain := strings.Replace(address, "://"+omitted+"@", "://", 1)
	u, err := url.Parse(strings.TrimSpace(plain))
	if err != nil || u.Scheme == "" || u.Host == "" || cutCredentials(u) {
		return "an unreadable URL"
	}
	var b strings.Builder
	b.WriteString(u.Scheme + "://")
	if u.User != nil || plain != address {
		b.WriteString(omitted + "@")
	}
	b.WriteString(u.Host + u.EscapedPath())
	if u.RawQuery != "" || u.ForceQuery {
		b.WriteString("?" + omitted)
	}
	if u.Fragment != "" {
		b.WriteString("#" + omitted)
	}
	return b.String()
}

// cutCredentials reports whether what looks like a host may be the beginning of a user and
// password in which a slash, ? or # is not escaped, so that the rest of them follows it.
func cutCredentials(u *url.URL) bool {
	behind := u.EscapedPath() + u.RawQuery + u.Fragment
	return u.User == nil && strings.Contains(behind, "@") && (u.Port() != "" || !strings.Contains(u.Hostname(), "."))
}

// anyURL finds the URLs in a text. What ends a sentence is not a part of one.
var anyURL = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>` + "`" + `]*[^\s"'<>` + "`" + `.,;:!?)\]}]`)

// ShownText is a text by another author, such as an error message of Twilio's, with every
// URL in it as ShownURL shows it. sent are values that were sent to that author, who may
// have put them into the text as they are, or in part where they hold spaces.
func ShownText(text string, sent ...string) string {
	for _, each := range sent {
		if len(each) > 0 && strings.Contains(each, "://") {
			text = strings.ReplaceAll(text, each, ShownURL(each))
		}
	}
	return anyURL.ReplaceAllStringFunc(text, ShownURL)
}

// HasCredentials reports whether a URL has a user or a password in it.
func HasCredentials(address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	return err == nil && u.User != nil
}

// privateSuffixes end the names of hosts that no public resolver knows (RFC 6761, RFC 6762,
// RFC 8375, and ICANN's reservation of .internal).
var privateSuffixes = []string{".localhost", ".local", ".internal", ".home.arpa"}

// IsPublic reports whether Twilio, on the public Internet, can reach the host of a URL: not
// a loopback, private or link-local address, nor a name that only a local network knows. It
// asks no resolver. What is no URL of a host is for others to refuse.
func IsPublic(address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Hostname() == "" {
		return true
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified()
	}
	for _, suffix := range privateSuffixes {
		if strings.HasSuffix("."+host, suffix) {
			return false
		}
	}
	return strings.Contains(host, ".")
}
