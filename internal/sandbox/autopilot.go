package sandbox

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run/autopilot"
)

// Autopilot as in Twilio's last OpenAPI document for autopilot.twilio.com/v1,
// shut down by Twilio on 2023-08-25.

const (
	assistantsPath = "/v1/Assistants"
	assistantPath  = assistantsPath + "/{Assistant}"
)

// AutopilotSettings are the settings about Autopilot.
type AutopilotSettings struct {
	// StrictDeletes refuses to delete what still has content. Twilio does not
	// document whether it does, or deletes the content too.
	StrictDeletes bool `json:"strict_deletes"`
	// FailBuilds is how many of the next model builds fail.
	FailBuilds int `json:"fail_builds"`
	// SynonymText makes synonym_of of a field value the text of the value it is a
	// synonym of, as observed in Twilio's answers, and not that value's SID, as in
	// Twilio's OpenAPI document.
	SynonymText bool `json:"synonym_text"`
}

// assistant is an Autopilot Assistant.
type assistant struct {
	record
	UniqueName       string          `json:"unique_name"`
	FriendlyName     string          `json:"friendly_name"`
	LogQueries       bool            `json:"log_queries"`
	DevelopmentStage string          `json:"development_stage"`
	CallbackURL      string          `json:"callback_url,omitempty"`
	CallbackEvents   string          `json:"callback_events,omitempty"`
	Defaults         json.RawMessage `json:"defaults"`
	StyleSheet       json.RawMessage `json:"style_sheet"`
	// Trained counts the writes to what a model is built from.
	Trained int64      `json:"training_writes"`
	Deleted *time.Time `json:"deleted,omitempty"`
}

var assistants = newTable[assistant]("autopilot_assistants")

// What an assistant begins with: the API fills in these on a bare create.
const (
	stockDefaults   = `{"defaults":{"assistant_initiation":"task://hello-world","fallback":"task://hello-world","collect":{"validate_on_failure":"task://hello-world"}}}`
	stockStyleSheet = `{"style_sheet":` + autopilot.StockStyleSheet + `}`
	stockActions    = `{"actions":[{"say":{"speech":"Hello World!"}}]}`
)

var assistantParams = []string{"FriendlyName", "LogQueries", "UniqueName", "CallbackUrl", "CallbackEvents", "StyleSheet", "Defaults"}

func autopilotProduct() product {
	routes := []route{
		{method: "GET", pattern: assistantsPath, list: true, handler: listAssistants},
		{method: "POST", pattern: assistantsPath, params: assistantParams, handler: createAssistant},
		{method: "POST", pattern: assistantsPath + "/Restore", params: []string{"Assistant"}, handler: restoreAssistant},
		{method: "GET", pattern: assistantPath, handler: fetchAssistant},
		{method: "POST", pattern: assistantPath, params: append(slices.Clone(assistantParams), "DevelopmentStage"), handler: updateAssistant},
		{method: "DELETE", pattern: assistantPath, handler: deleteAssistant},
		{method: "GET", pattern: assistantPath + "/Dialogues/{Sid}", handler: fetchDialogue},
	}
	for _, part := range []struct {
		name string
		of   func(*assistant) *json.RawMessage
	}{
		{"Defaults", func(a *assistant) *json.RawMessage { return &a.Defaults }},
		{"StyleSheet", func(a *assistant) *json.RawMessage { return &a.StyleSheet }},
	} {
		routes = append(routes,
			route{method: "GET", pattern: assistantPath + "/" + part.name, handler: func(c *call) (int, any, error) {
				a, err := c.assistant()
				return http.StatusOK, c.renderPart(a, part.name, *part.of(&a)), err
			}},
			route{method: "POST", pattern: assistantPath + "/" + part.name, params: []string{part.name}, handler: func(c *call) (int, any, error) {
				a, err := c.assistant()
				if err != nil {
					return 0, nil, err
				}
				f := c.fields()
				f.jsonObject(part.name, part.of(&a), 20001)
				c.touch(&a.record)
				assistants.put(c.state, a)
				return http.StatusOK, c.renderPart(a, part.name, *part.of(&a)), f.result()
			}})
	}
	routes = append(routes, taskRoutes()...)
	routes = append(routes, fieldTypeRoutes()...)
	routes = append(routes, modelBuildRoutes()...)
	routes = append(routes, queryRoutes()...)
	routes = append(routes, autopilotWebhookRoutes()...)
	return product{
		host: "autopilot", homeOnly: true, prefixes: []string{assistantsPath}, routes: granted(notGrantable+"autopilot/assistants", routes),
		tables: []stored{assistants, tasks, taskFields, taskSamples, fieldTypes, fieldValues, modelBuilds, queries, autopilotWebhooks, dialogues},
		bots: []botKind{{
			engine: "autopilot",
			// Every spelling found in Twilio's documents and in public code.
			webhook: regexp.MustCompile(`^(?i:https?://channels\.autopilot\.twilio\.com)/v[12]/(?P<account>AC[0-9a-fA-F]{32})/(?P<sid>UA[0-9a-fA-F]{32})/twilio[-/](?:messaging|chat|voice)/?(?:\?.*)?$`),
			find: func(st *state, accountSID, sid string) (InboundBot, bool) {
				a, ok := assistants.get(st, sid)
				if !ok || a.AccountSID != accountSID || a.Deleted != nil {
					return InboundBot{}, false
				}
				return *a.bot(), true
			},
			open: openAssistant, calls: assistantCall,
		}},
	}
}

// bot is the assistant as the bot that answers.
func (a assistant) bot() *InboundBot {
	return &InboundBot{SID: a.SID, UniqueName: a.UniqueName, FriendlyName: a.FriendlyName, Engine: "autopilot"}
}

// autopilotURL is the URL of a part of an assistant.
func autopilotURL(path string) string {
	return "https://autopilot.twilio.com" + assistantsPath + "/" + path
}

// renderRestored is the answer of Restore: an assistant without links and url.
func renderRestored(c *call, a assistant) object {
	build, built := newestBuild(c, a)
	var latest any
	if built {
		latest = build.SID
	}
	return object{
		"sid": a.SID, "account_sid": a.AccountSID, "unique_name": a.UniqueName, "friendly_name": a.FriendlyName,
		"date_created": iso8601(a.DateCreated), "date_updated": iso8601(a.DateUpdated),
		"log_queries": a.LogQueries, "development_stage": a.DevelopmentStage,
		"latest_model_build_sid": latest, "needs_model_build": needsModelBuild(c, a),
		"callback_url": orNull(a.CallbackURL), "callback_events": orNull(a.CallbackEvents),
	}
}

func (c *call) renderAssistant(a assistant) object {
	rendered := renderRestored(c, a)
	rendered["url"] = autopilotURL(a.SID)
	rendered["links"] = object{
		"field_types": autopilotURL(a.SID + "/FieldTypes"), "tasks": autopilotURL(a.SID + "/Tasks"),
		"model_builds": autopilotURL(a.SID + "/ModelBuilds"), "queries": autopilotURL(a.SID + "/Queries"),
		"style_sheet": autopilotURL(a.SID + "/StyleSheet"), "defaults": autopilotURL(a.SID + "/Defaults"),
		"dialogues": autopilotURL(a.SID + "/Dialogues"), "webhooks": autopilotURL(a.SID + "/Webhooks"),
	}
	return rendered
}

func (c *call) renderPart(a assistant, name string, data json.RawMessage) object {
	return object{"account_sid": a.AccountSID, "assistant_sid": a.SID, "data": data, "url": autopilotURL(a.SID + "/" + name)}
}

// live reports whether the assistant is the account's and not deleted.
func (c *call) live(a assistant) bool { return a.AccountSID == c.account.SID && a.Deleted == nil }

// assistant is the one in the path, by SID or unique name.
func (c *call) assistant() (assistant, error) {
	return named(c, assistants, c.PathValue("Assistant"), c.live, func(a assistant) string { return a.UniqueName })
}

// training is the assistant, marked as changed in what its model is built from.
func (c *call) training() (assistant, error) {
	a, err := c.assistant()
	if err != nil {
		return a, err
	}
	a.Trained++
	assistants.put(c.state, a)
	return a, nil
}

func listAssistants(c *call) (int, any, error) {
	return listPage(c, "assistants", assistants.list(c.state, c.live), c.renderAssistant)
}

func fetchAssistant(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.renderAssistant(a), nil
}

func createAssistant(c *call) (int, any, error) {
	c.forget()
	if count(c, assistants, c.live) >= maxAssistants {
		return 0, nil, errOver("assistants", maxAssistants)
	}
	a := assistant{
		record: c.newRecord("UA"), LogQueries: true, DevelopmentStage: "in-development",
		Defaults: json.RawMessage(stockDefaults), StyleSheet: json.RawMessage(stockStyleSheet),
	}
	a.UniqueName = "assistant-" + a.SID[2:]
	if err := c.changeAssistant(&a); err != nil {
		return 0, nil, err
	}
	t := task{record: c.newRecord("UD"), AssistantSID: a.SID, UniqueName: "hello-world", FriendlyName: "", Actions: json.RawMessage(stockActions)}
	tasks.put(c.state, t)
	for _, text := range []string{"hello", "hi", "hey"} {
		taskSamples.put(c.state, taskSample{record: c.newRecord("UF"), AssistantSID: a.SID, TaskSID: t.SID, Language: "en-US", TaggedText: text})
	}
	return http.StatusCreated, c.renderAssistant(a), nil
}

func updateAssistant(c *call) (int, any, error) {
	a, err := c.assistant()
	if err != nil {
		return 0, nil, err
	}
	c.touch(&a.record)
	if err := c.changeAssistant(&a); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.renderAssistant(a), nil
}

func (c *call) changeAssistant(a *assistant) error {
	f := c.fields()
	f.uniqueName(&a.UniqueName, func(name string) bool {
		return has(c, assistants, func(other assistant) bool {
			return other.SID != a.SID && other.AccountSID == a.AccountSID && other.UniqueName == name && !c.forgotten(other)
		})
	})
	f.length("FriendlyName", &a.FriendlyName, 0, 255, 20001)
	f.boolean("LogQueries", &a.LogQueries)
	f.url("CallbackUrl", &a.CallbackURL)
	f.text("CallbackEvents", &a.CallbackEvents)
	f.jsonObject("Defaults", &a.Defaults, 20001)
	f.jsonObject("StyleSheet", &a.StyleSheet, 20001)
	f.oneOf("DevelopmentStage", &a.DevelopmentStage, 20001, "in-development", "in-production")
	assistants.put(c.state, *a)
	return f.result()
}
