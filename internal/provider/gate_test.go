package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// The kinds of cut.
const (
	refusedCall = "refused with 500"
	cutBefore   = "cut before"
	cutAfter    = "cut after"
	killedThere = "killed there"
)

var cutKinds = []string{refusedCall, cutBefore, cutAfter, killedThere}

// outage is how many calls fail when a connection is cut before its effect: it does
// not recover at once.
const outage = 4

// gate is a proxy between the provider and the sandbox. It counts calls, cuts one, and
// checks after every write whether a number that answered stopped answering.
type gate struct {
	next http.Handler
	box  *sandbox.Sandbox // is asked who answers: past next, which checks what the provider asks

	// writing is held by a write until its effect is checked: during another write, a
	// number may reference a bot that does not exist yet.
	writing sync.Mutex

	mu      sync.Mutex
	armed   bool
	calls   int
	nth     int
	kind    string
	refused string // the request that is refused, its repetitions too
	dead    bool
	// answered are the channels of numbers that answered when the gate was armed.
	answered []string
	silenced error
}

func (g *gate) arm(nth int, kind string, mayFallSilent []string) {
	answered := slices.DeleteFunc(g.answering(), func(side string) bool {
		return slices.ContainsFunc(mayFallSilent, func(phone string) bool { return strings.HasPrefix(side, phone) })
	})
	g.mu.Lock()
	defer g.mu.Unlock()
	g.armed, g.calls, g.nth, g.kind, g.refused, g.dead = true, 0, nth, kind, "", false
	g.answered, g.silenced = answered, nil
}

// disarm lets calls through again; numbers are still watched.
func (g *gate) disarm() (calls int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.armed, g.dead = false, false
	return g.calls
}

// ignore stops watching: later calls may silence numbers.
func (g *gate) ignore() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answered = nil
}

func (g *gate) isDead() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.dead
}

func (g *gate) violation() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.silenced
}

type fate int

const (
	passes fate = iota
	refuses
	cuts
	passesThenCuts
)

func (g *gate) decide(request string) fate {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.armed {
		return passes
	}
	g.calls++
	at := g.calls - g.nth
	switch {
	case g.nth == 0 || at < 0:
		return passes
	case g.kind == refusedCall && (at == 0 || request == g.refused):
		g.refused = request
		return refuses
	case g.kind == cutBefore && at < outage:
		return cuts
	case g.kind == cutAfter && at == 0:
		return passesThenCuts
	case g.kind == killedThere && at == 0:
		g.dead = true
		return passesThenCuts
	case g.kind == killedThere:
		return cuts
	}
	return passes
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		g.writing.Lock()
		defer g.writing.Unlock()
	}
	switch g.decide(r.Method + " " + r.URL.Path) {
	case refuses:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, `{"code": 20500, "message": "Internal server error", "more_info": "https://www.twilio.com/docs/errors/20500", "status": 500}`)
		return
	case cuts:
		panic(http.ErrAbortHandler)
	case passesThenCuts:
		g.next.ServeHTTP(httptest.NewRecorder(), r)
		g.watch(r)
		panic(http.ErrAbortHandler)
	}
	g.next.ServeHTTP(w, r)
	g.watch(r)
}

func (g *gate) watch(r *http.Request) {
	if r.Method == http.MethodGet {
		return
	}
	g.mu.Lock()
	watched := len(g.answered) > 0 && g.silenced == nil
	g.mu.Unlock()
	if !watched {
		return
	}
	now := g.answering()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, side := range g.answered {
		if !slices.Contains(now, side) && g.silenced == nil {
			g.silenced = fmt.Errorf("%s answered nothing after %s %s (call %d)", side, r.Method, r.URL.Path, g.calls)
		}
	}
}

// ask reads from the sandbox without counting.
func (g *gate) ask(address string, into any) {
	request := httptest.NewRequest(http.MethodGet, address, nil)
	request.SetBasicAuth(sandbox.StarterAccountSID, sandbox.StarterAuthToken)
	answer := httptest.NewRecorder()
	g.box.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK {
		panic(fmt.Sprintf("GET %s: %d %s", address, answer.Code, answer.Body))
	}
	if err := json.Unmarshal(answer.Body.Bytes(), into); err != nil {
		panic(err)
	}
}

func (g *gate) rows(address, key string) []map[string]any {
	var answer map[string]any
	g.ask(address, &answer)
	list, _ := answer[key].([]any)
	rows := make([]map[string]any, len(list))
	for i, each := range list {
		rows[i] = each.(map[string]any)
	}
	return rows
}

func field(row map[string]any, name string) string {
	value, _ := row[name].(string)
	return value
}

// bots names every bot of the account by its SID, and inert applications by the bots
// they suspend.
func (g *gate) bots() (names map[string]string, inert map[string]bool) {
	names, inert = map[string]string{}, map[string]bool{}
	for _, row := range g.rows(apiBase+"/Applications.json?PageSize=1000", "applications") {
		names[field(row, "sid")] = "application " + field(row, "friendly_name")
		if _, ok := bot.SuspendedBot(field(row, "friendly_name")); ok {
			inert[field(row, "sid")] = true
		}
	}
	for _, row := range g.rows(studioBase+"?PageSize=1000", "flows") {
		names[field(row, "sid")] = "flow " + field(row, "friendly_name")
		if _, ok := bot.SuspendedBot(field(row, "friendly_name")); ok {
			inert[field(row, "sid")] = true
		}
	}
	for _, row := range g.rows(autopilotBase+"/Assistants?PageSize=1000", "assistants") {
		names[field(row, "sid")] = "assistant " + field(row, "unique_name")
	}
	return names, inert
}

// answering lists the channels of numbers on which a bot that exists answers, and the URLs of
// functions.
func (g *gate) answering() []string {
	urls, _ := g.deployed()
	return slices.AppendSeq(urls, maps.Keys(g.answerers()))
}

// answerers names the bot that answers, by the number's channel.
func (g *gate) answerers() map[string]string {
	names, inert := g.bots()
	answerers := map[string]string{}
	for _, row := range g.rows(apiBase+"/IncomingPhoneNumbers.json?PageSize=1000", "incoming_phone_numbers") {
		for _, channel := range []string{"sms", "voice"} {
			sid := field(row, channel+"_application_sid")
			if sid == "" {
				to, _ := bot.Webhooks{}.Parse(field(row, channel+"_url"))
				sid = to.BotSID
			}
			if names[sid] != "" && !inert[sid] {
				answerers[field(row, "phone_number")+" "+channel] = names[sid]
			}
		}
	}
	for _, service := range g.rows(servicesBase+"?PageSize=1000", "services") {
		name := names[g.ledBy(field(service, "inbound_request_url"))]
		if service["use_inbound_webhook_on_number"] == false && name != "" {
			answerers[field(service, "sid")+" sms"] = name
		}
	}
	return answerers
}

// deployed lists what is deployed of functions: the URLs that answer, and the lines of a
// snapshot.
func (g *gate) deployed() (urls, lines []string) {
	for _, service := range g.rows(functionsBase+"?PageSize=1000", "services") {
		at := functionsBase + "/" + field(service, "sid")
		name := fmt.Sprintf("function %q, service %q", field(service, "unique_name"), field(service, "friendly_name"))
		lines = append(lines, name)
		for _, environment := range g.rows(at+"/Environments?PageSize=1000", "environments") {
			for _, variable := range g.rows(at+"/Environments/"+field(environment, "sid")+"/Variables?PageSize=1000", "variables") {
				lines = append(lines, fmt.Sprintf("%s: %s=%s", name, field(variable, "key"), field(variable, "value")))
			}
			if field(environment, "build_sid") == "" {
				continue
			}
			var build map[string]any
			g.ask(at+"/Builds/"+field(environment, "build_sid"), &build)
			versions, _ := build["function_versions"].([]any)
			for _, each := range versions {
				version, _ := each.(map[string]any)
				var content map[string]any
				g.ask(at+"/Functions/"+field(version, "function_sid")+"/Versions/"+field(version, "sid")+"/Content", &content)
				urls = append(urls, "function https://"+field(environment, "domain_name")+field(version, "path"))
				lines = append(lines, fmt.Sprintf("%s: %s %s on %s with %v: %s", name, field(version, "visibility"), field(version, "path"), field(build, "runtime"), build["dependencies"], field(content, "content")))
			}
		}
	}
	return urls, lines
}

// ledBy is the SID of the bot that a URL for messages leads to.
func (g *gate) ledBy(address string) string {
	if to, ok := (bot.Webhooks{}).Parse(address); ok || address == "" {
		return to.BotSID
	}
	for _, application := range g.rows(apiBase+"/Applications.json?PageSize=1000", "applications") {
		if field(application, "sms_url") == address {
			return field(application, "sid")
		}
	}
	return ""
}

// snapshot describes the account without SIDs and dates.
func (g *gate) snapshot() []string {
	names, _ := g.bots()
	var swaps []string
	for sid, name := range names {
		swaps = append(swaps, sid, name)
	}
	named := strings.NewReplacer(swaps...)
	var lines []string
	add := func(format string, args ...any) {
		lines = append(lines, named.Replace(named.Replace(fmt.Sprintf(format, args...))))
	}
	for _, row := range g.rows(apiBase+"/IncomingPhoneNumbers.json?PageSize=1000", "incoming_phone_numbers") {
		method := func(name string) string {
			if field(row, name+"_url") == "" {
				return "" // without a URL it is never used
			}
			return field(row, name+"_method")
		}
		// A number that was bound once and freed has a label that says so; one that never
		// was has its own number as label. Neither has a bot.
		if label := field(row, "friendly_name"); label == bot.FreeLabel || strings.Trim(label, "+()- 0123456789") == "" {
			row["friendly_name"] = "no bot"
		}
		add("number %s %q: sms %q %s %q fallback %q, voice %q %s %q fallback %q", field(row, "phone_number"), field(row, "friendly_name"),
			field(row, "sms_application_sid"), method("sms"), field(row, "sms_url"), field(row, "sms_fallback_url"),
			field(row, "voice_application_sid"), method("voice"), field(row, "voice_url"), field(row, "voice_fallback_url"))
		if field(row, "address_sid") != "" || field(row, "voice_receive_mode") != "voice" {
			add("number %s is set: address %q, %s", field(row, "phone_number"), field(row, "address_sid"), field(row, "voice_receive_mode"))
		}
	}
	for _, row := range g.rows(servicesBase+"?PageSize=1000", "services") {
		add("service %s: %q, defers %v", field(row, "sid"), field(row, "inbound_request_url"), row["use_inbound_webhook_on_number"])
	}
	for _, row := range g.rows(apiBase+"/Applications.json?PageSize=1000", "applications") {
		add("application %q: %q %q", field(row, "friendly_name"), field(row, "sms_url"), field(row, "voice_url"))
	}
	for _, row := range g.rows(studioBase+"?PageSize=1000", "flows") {
		var flow map[string]any
		g.ask(studioBase+"/"+field(row, "sid"), &flow)
		add("flow %q %s: %s", field(flow, "friendly_name"), field(flow, "status"), marshal(flow["definition"]))
	}
	for _, row := range g.rows(autopilotBase+"/Assistants?PageSize=1000", "assistants") {
		at := autopilotBase + "/Assistants/" + field(row, "sid")
		builds := g.rows(at+"/ModelBuilds?PageSize=1000", "model_builds")
		newest := "none"
		if len(builds) > 0 {
			newest = field(builds[0], "status")
		}
		add("assistant %q %q: needs a build %v, newest build %s", field(row, "unique_name"), field(row, "friendly_name"), row["needs_model_build"], newest)
		for _, task := range g.rows(at+"/Tasks?PageSize=1000", "tasks") {
			var samples []string
			for _, sample := range g.rows(at+"/Tasks/"+field(task, "sid")+"/Samples?PageSize=1000", "samples") {
				samples = append(samples, field(sample, "tagged_text"))
			}
			slices.Sort(samples)
			add("assistant %q task %q: %q", field(row, "unique_name"), field(task, "unique_name"), samples)
		}
	}
	_, functions := g.deployed()
	lines = append(lines, functions...)
	slices.Sort(lines)
	return lines
}

// builds counts the model builds of the account.
func (g *gate) builds() int {
	n := 0
	for _, row := range g.rows(autopilotBase+"/Assistants?PageSize=1000", "assistants") {
		n += len(g.rows(autopilotBase+"/Assistants/"+field(row, "sid")+"/ModelBuilds?PageSize=1000", "model_builds"))
	}
	return n
}
