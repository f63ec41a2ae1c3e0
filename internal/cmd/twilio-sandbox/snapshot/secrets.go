package snapshot

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// Redacted is what stands for a secret. A configuration that is planned against a snapshot
// gives it for the secret, and its plan is empty.
const Redacted = "REDACTED"

// Redaction says where a secret was, and not what it was.
type Redaction struct {
	Table, SID, Where, Why string
}

func (r Redaction) String() string {
	return fmt.Sprintf("%s %s, %s: %s", strings.ReplaceAll(r.Table, "_", " "), r.SID, r.Where, r.Why)
}

// redact replaces secrets in all rows.
func (r *reader) redact() {
	r.throughCompiled(func(row, schema *jsondoc.Node) { r.scrubberOf("studio_flows", row).value(schema, "schema") })
	for _, table := range sortedTables(r.rows) {
		for _, row := range r.rows[table] {
			r.scrubberOf(table, row).value(row, "")
		}
	}
	r.out.Redacted = slices.Compact(r.out.Redacted)
}

func (r *reader) scrubberOf(table string, row *jsondoc.Node) scrubber {
	return scrubber{known: r.options.Secrets, note: func(where, why string) {
		r.out.Redacted = append(r.out.Redacted, Redaction{table, row.Get("sid").String(), where, why})
	}}
}

func sortedTables(rows map[string][]*jsondoc.Node) []string {
	var tables []string
	for table := range rows {
		tables = append(tables, table)
	}
	slices.Sort(tables)
	return tables
}

// scrubber replaces secrets in a value.
type scrubber struct {
	known []string
	note  func(where, why string)
}

func (s scrubber) value(n *jsondoc.Node, where string) {
	if n == nil {
		return
	}
	switch n.Kind {
	case '"':
		n.Text = s.text(n.Text, where)
	case '[':
		for i, elem := range n.Elems {
			s.value(elem, fmt.Sprintf("%s[%d]", where, i))
		}
	case '{':
		if carriesSchema(n) { // which was changed before it was packed
			return
		}
		// A parameter or a variable of a widget is an object with its name as a value.
		named := ""
		for _, name := range []string{"key", "name"} {
			if n.Get(name).Is('"') && n.Get("value") != nil {
				named = n.Get(name).Text
			}
		}
		for _, m := range n.Members {
			at := strings.TrimPrefix(where+"."+m.Name, ".")
			name := m.Name
			if m.Name == "value" && named != "" {
				name, at = named, strings.TrimPrefix(where+"."+named, ".")
			}
			s.member(m.Value, name, at)
		}
	}
}

// member is a value that has a name, which may say that it is a secret.
func (s scrubber) member(n *jsondoc.Node, name, where string) {
	secret := sandbox.NamesSecret(name) && n != nil
	switch {
	case name == "unique_name": // what the API calls it by
	case secret && n.Is('"') && isValue(n.Text):
		n.Text = Redacted
		s.note(where, "a secret by its name")
	case secret && n.Is('['): // of the values of a header, each
		for i, elem := range n.Elems {
			s.member(elem, name, fmt.Sprintf("%s[%d]", where, i))
		}
	case secret && n.Is('{'): // of credentials, each
		for _, m := range n.Members {
			s.member(m.Value, name, where+"."+m.Name)
		}
	case secret && n.Is('0'):
		n.Kind, n.Text = '"', Redacted
		s.note(where, "a secret by its name")
	default:
		s.value(n, where)
	}
}

// isValue reports whether a text has more than what a flow computes, such as
// "{{flow.variables.token}}".
func isValue(text string) bool {
	rest := liquid.ReplaceAllString(text, "")
	return strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) && rest != Redacted
}

var liquid = regexp.MustCompile(`(?s)\{\{.*?\}\}|\{%.*?%\}`)

// forms are secrets that their form shows.
var forms = []struct {
	why  string
	form *regexp.Regexp
}{
	{"a private key", regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`)},
	{"a JSON Web Token", regexp.MustCompile(`\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?`)},
	{"a key by its form", regexp.MustCompile(`\b(?:(?:sk|rk|pk)_(?:live|test)_[0-9A-Za-z]{10,}|sk-[\w-]{20,}|xox[abeprs]-[\w-]{10,}|gh[pousr]_[0-9A-Za-z]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|xapp-[\w-]{16,}|ya29\.[\w-]{20,}|shp(?:at|ca|pa|ss)_[0-9a-f]{32}|hf_[0-9A-Za-z]{30,}|npm_[0-9A-Za-z]{36}|pypi-[\w-]{16,}|whsec_[0-9A-Za-z+/]{16,}|dop_v1_[0-9a-f]{64}|sq0(?:atp|csp)-[\w-]{20,}|xkeysib-[\w-]{20,})`)},
	{"32, 40 or 64 hexadecimal digits, as a token has", regexp.MustCompile(`\b(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64})\b`)},
	{"credentials of an Authorization header", regexp.MustCompile(`(?i)\bauthorization["']?\s*[:=]\s*["']?(?:token|digest|api-?key|key|hmac)\s+[^\s"'<>]{6,}`)},
	{"a key of a Telegram bot", regexp.MustCompile(`\b(?:bot)?[0-9]{6,}:[\w-]{30,}`)},
	{"a webhook URL that is its own key", regexp.MustCompile(`(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks|hooks\.zapier\.com/hooks|hook\.[\w.]*make\.com|[\w.-]*webhook\.office\.com|script\.google\.com/macros/s|maker\.ifttt\.com/(?:trigger|use))/[^\s"'<>]+`)},
}

var (
	authorization = regexp.MustCompile(`\b(?i:bearer|basic)\s+[A-Za-z0-9._~+/-]{8,}=*`)
	// encoded is in what was drawn or encoded, and hardly in a word of a language.
	encoded = regexp.MustCompile(`[0-9]|[a-z][A-Z]|=$`)
)

var (
	// webURL is of any scheme: that of a database has a password too.
	webURL   = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://[^\s"'<>]+`)
	userInfo = regexp.MustCompile(`^([A-Za-z][\w+.-]*://)[^/?#]*@`)
	// bareUser is a user and a password before a host, without a scheme. A SIP address has
	// neither.
	bareUser   = regexp.MustCompile(`(^|[\s"'=<(])([\w.%+-]+:[^\s"'@/:]+)@([\w-]+\.[\w.-]+)`)
	assignment = regexp.MustCompile(`([A-Za-z][\w.-]*)(\s*=\s*["']?|["']?\s*:\s*["']?)([^\s"'&,;{}<>]+)`)
	random     = regexp.MustCompile(`[A-Za-z0-9_-]{24,}`)
	twilioSID  = regexp.MustCompile(`^[A-Z]{2}[0-9a-f]{32}$`)
)

// named are values beside their names: what comes before the value, the name in it, and the
// value.
var named = []*regexp.Regexp{
	// JSON with what a flow computes, which is none yet.
	regexp.MustCompile(`("([A-Za-z][\w.-]*)"\s*:\s*")((?:[^"\\]|\\.)*)"`),
	// An element of XML.
	regexp.MustCompile(`(<(?:\w+:)?([\w.-]+)[^<>]*>)([^<>]+)</`),
	// An element with a name and a value, as of TwiML.
	regexp.MustCompile(`(\b(?:name|key)=["']([\w.-]+)["'][^<>]*?\bvalue=["'])([^"'<>]+)`),
}

// addressSchemes are before addresses that have an @ and no password.
var addressSchemes = []string{"sip", "sips", "mailto", "tel", "client", "xmpp", "im", "rcs", "whatsapp", "messenger"}

// text replaces secrets in a text: one that is a JSON document, a form, a URL or prose.
func (s scrubber) text(old, where string) string {
	if !isValue(old) {
		return old
	}
	if strings.HasPrefix(old, "{") || strings.HasPrefix(old, "[") {
		if document, err := jsondoc.Parse([]byte(old)); err == nil {
			before := document.Compact()
			s.value(document, where)
			if after := document.Compact(); string(after) != string(before) {
				return string(after)
			}
			return old
		}
	}
	replaced := func(text, why string) string {
		s.note(where, why)
		return text
	}
	now := old
	for _, secret := range s.known {
		if strings.Contains(now, secret) {
			now = replaced(strings.ReplaceAll(now, secret, Redacted), "the secret of the credentials that read the account")
		}
	}
	now = webURL.ReplaceAllStringFunc(now, func(address string) string { return s.url(address, where) })
	now = authorization.ReplaceAllStringFunc(now, func(found string) string {
		words := strings.Fields(found)
		if !encoded.MatchString(words[1]) {
			return found // "basic insurance"
		}
		return replaced(words[0]+" "+Redacted, "credentials of an Authorization header")
	})
	for _, each := range forms {
		now = each.form.ReplaceAllStringFunc(now, func(string) string { return replaced(Redacted, each.why) })
	}
	for _, form := range named {
		now = form.ReplaceAllStringFunc(now, func(found string) string {
			match := form.FindStringSubmatch(found)
			before, name, value := match[1], match[2], match[3]
			if !sandbox.NamesSecret(name) || !isValue(value) {
				return found
			}
			return replaced(before+Redacted+found[len(before)+len(value):], "a secret by its name")
		})
	}
	now = bareUser.ReplaceAllStringFunc(now, func(found string) string {
		match := bareUser.FindStringSubmatch(found)
		who, password, _ := strings.Cut(match[2], ":")
		if slices.Contains(addressSchemes, strings.ToLower(who)) || !isValue(password) {
			return found
		}
		return replaced(match[1]+Redacted+"@"+match[3], "a user and password in a URL")
	})
	// A form, or a line that assigns: "token=…", "X-Api-Key: …". What Liquid assigns is computed.
	assigned := func(part string) string {
		return assignment.ReplaceAllStringFunc(part, func(found string) string {
			match := assignment.FindStringSubmatch(found)
			// What is quoted, or assigned, is no sentence.
			sure := strings.Contains(match[2], "=") || strings.IndexAny(match[2], `"'`) == 0 || strings.ContainsAny(match[3], "0123456789") && len(match[3]) >= 8
			if !sure || strings.HasPrefix(match[3], Redacted) || strings.HasPrefix(match[3], "//") || !sandbox.NamesSecret(match[1]) {
				return found
			}
			return replaced(match[1]+match[2]+Redacted, "a secret by its name")
		})
	}
	var whole strings.Builder
	at := 0
	for _, computed := range liquid.FindAllStringIndex(now, -1) {
		whole.WriteString(assigned(now[at:computed[0]]) + now[computed[0]:computed[1]])
		at = computed[1]
	}
	return whole.String() + assigned(now[at:])
}

// url replaces the secrets of a URL: who asks, values of the query and of the fragment by their
// names, and what looks drawn at random.
func (s scrubber) url(old, where string) string {
	now, fragment, hasFragment := strings.Cut(old, "#")
	if who := userInfo.FindStringSubmatch(now); who != nil && isValue(strings.TrimPrefix(who[0], who[1])) {
		now = who[1] + Redacted + "@" + now[len(who[0]):]
		s.note(where, "a user and password in a URL")
	}
	head, query, asks := strings.Cut(now, "?")
	scheme, rest, _ := strings.Cut(head, "://")
	host, path, hasPath := strings.Cut(rest, "/")
	if hasPath {
		segments := strings.Split(path, "/")
		for i, segment := range segments {
			if isRandom(segment) || i > 0 && isKeyOf(strings.ToLower(segments[i-1]), segment) {
				segments[i] = Redacted
				s.note(where, "a part of a URL that looks drawn at random")
			}
		}
		head = scheme + "://" + host + "/" + strings.Join(segments, "/")
	}
	if asks {
		head += "?" + s.params(query, where)
	}
	if hasFragment {
		head += "#" + s.params(fragment, where)
	}
	return head
}

// params replaces the secrets of a query, or of a fragment that has the form of one.
func (s scrubber) params(query, where string) string {
	params := strings.Split(query, "&")
	for i, param := range params {
		name, value, given := strings.Cut(param, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			plain = name
		}
		bare := slices.Contains([]string{"key", "code", "token", "k"}, strings.ToLower(plain)) && len(value) >= 8
		if inner, err := url.QueryUnescape(value); err == nil && inner != value && webURL.MatchString(inner) {
			if now := s.text(inner, where); now != inner { // such as of a redirect
				params[i], value = name+"="+url.QueryEscape(now), ""
			}
		}
		if given && isValue(value) && (sandbox.NamesSecret(plain) || bare || isRandom(value)) {
			params[i] = name + "=" + Redacted
			s.note(where, "the parameter "+plain+" of a URL")
		}
	}
	return strings.Join(params, "&")
}

// isKeyOf reports whether a segment of a path is the secret that the one before it says.
func isKeyOf(before, segment string) bool {
	switch {
	case slices.Contains([]string{"webhook", "webhooks", "webhook-test", "hook", "hooks"}, before):
		return uuid.MatchString(segment)
	case before == "key", sandbox.NamesSecret(before):
		return len(segment) >= 8 && strings.ContainsAny(segment, "0123456789") && isValue(segment) && !twilioSID.MatchString(segment)
	}
	return false
}

var uuid = regexp.MustCompile(`(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// isRandom reports whether a word looks drawn at random: long, without words in it. A SID is
// known by its form.
func isRandom(word string) bool {
	word = strings.TrimRight(word, "=") // the padding of Base64
	if twilioSID.MatchString(word) || random.FindString(word) != word || word == "" {
		return false
	}
	var upper, lower, digits int
	for _, r := range word {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		case unicode.IsDigit(r):
			digits++
		}
	}
	return upper >= 3 && lower >= 3 && digits >= 3 || digits >= 6 && upper+lower >= 6 && !strings.ContainsAny(word, "_-")
}
