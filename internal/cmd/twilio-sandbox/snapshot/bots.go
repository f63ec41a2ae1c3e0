package snapshot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// flow reads the revisions of a flow into its row. Only of the latest one and of the one that
// is published, which answers, the definition is kept: of the others no plan reads it.
func (r *reader) flow(ctx context.Context, row *jsondoc.Node) error {
	url := flowsURL + "/" + row.Get("sid").String()
	latest, err := r.get(ctx, url)
	if err != nil {
		return err
	}
	listed, err := r.list(ctx, kind{url: url + "/Revisions", key: "revisions"})
	if err != nil {
		return err
	}
	last, err := strconv.Atoi(spelling(latest.Get("revision")))
	if err != nil || last < 1 {
		return fmt.Errorf("the latest revision of flow %s has no number", row.Get("sid").String())
	}
	revisions := make([]*jsondoc.Node, last)
	put := func(revision *jsondoc.Node) {
		toRow(revision)
		if n, err := strconv.Atoi(spelling(revision.Get("revision"))); err == nil && n >= 1 && n <= last {
			kept := only(revision, "sid", "account_sid", "date_created", "date_updated", "friendly_name", "status", "commit_message", "definition")
			set(kept, "seq", number(n))
			revisions[n-1] = kept
		}
	}
	for _, each := range listed {
		put(each)
	}
	put(latest)
	if latest.Get("status").String() != "published" {
		live, err := r.get(ctx, url+"/Revisions/LatestPublished")
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		if err == nil {
			put(live)
		}
	}
	all := &jsondoc.Node{Kind: '['}
	for i, revision := range revisions {
		if revision == nil { // one that Twilio lists no more
			revision = only(latest, "sid", "account_sid", "friendly_name")
			set(revision, "date_created", row.Get("date_created"))
			set(revision, "date_updated", row.Get("date_created"))
			set(revision, "status", text("draft"))
			set(revision, "seq", number(i+1))
		}
		all.Elems = append(all.Elems, revision)
	}
	*row = *only(row, "sid", "account_sid", "date_created", "date_updated")
	set(row, "revisions", all)
	return nil
}

// members reads what is in a Messaging Service.
func (r *reader) members(ctx context.Context, service *jsondoc.Node) error {
	sid := service.Get("sid").String()
	for _, k := range []kind{
		{url: servicesURL + "/" + sid + "/PhoneNumbers", key: "phone_numbers"},
		{url: servicesURL + "/" + sid + "/ShortCodes", key: "short_codes"},
		{url: servicesURL + "/" + sid + "/ChannelSenders", key: "senders"},
	} {
		rows, err := r.list(ctx, k)
		if k.key != "phone_numbers" && (errors.Is(err, bot.ErrForbidden) || errors.Is(err, bot.ErrNotFound)) {
			r.unread("what is in Messaging Services besides phone numbers", err)
			continue
		}
		if err != nil {
			return err
		}
		for _, row := range rows {
			member := only(row, "sid", "account_sid", "date_created", "date_updated")
			set(member, "service_sid", text(sid))
			r.add("messaging_service_numbers", member)
		}
	}
	return nil
}

// assistant reads an Autopilot assistant: its row, and those of what it has.
func (r *reader) assistant(ctx context.Context, row *jsondoc.Node) error {
	url := assistantURL + "/" + row.Get("sid").String()
	stale := row.Get("needs_model_build").Is('t')
	// Its model is built from the first write, and from what was written since where it is stale.
	set(row, "training_writes", number(1))
	if stale {
		set(row, "training_writes", number(2))
	}
	for name, path := range map[string]string{"defaults": "/Defaults", "style_sheet": "/StyleSheet"} {
		part, err := r.get(ctx, url+path)
		if err != nil {
			return err
		}
		if data := part.Get("data"); data.Present() {
			set(row, name, data)
		}
	}
	for _, list := range []struct {
		path, key, table string
		then             func(context.Context, string, *jsondoc.Node) error
	}{
		{"/Tasks", "tasks", "autopilot_tasks", r.task},
		{"/FieldTypes", "field_types", "autopilot_field_types", r.fieldType},
		{"/Webhooks", "webhooks", "autopilot_webhooks", nil},
		{"/ModelBuilds", "model_builds", "autopilot_model_builds", nil},
	} {
		rows, err := r.list(ctx, kind{url: url + list.path, key: list.key})
		if err != nil {
			return err
		}
		for _, each := range rows {
			if list.then != nil {
				if err := list.then(ctx, url+list.path+"/"+each.Get("sid").String(), each); err != nil {
					return err
				}
			}
		}
		if list.key == "model_builds" {
			builds(rows)
		}
		r.add(list.table, rows...)
	}
	return nil
}

// task reads the actions of a task into its row, and its fields and samples.
func (r *reader) task(ctx context.Context, url string, row *jsondoc.Node) error {
	actions, err := r.get(ctx, url+"/Actions")
	if err != nil {
		return err
	}
	if data := actions.Get("data"); data.Present() {
		set(row, "actions", data)
	}
	if strings.HasSuffix(row.Get("actions_url").String(), "/Tasks/"+row.Get("sid").String()+"/Actions") {
		row.Members = without(row, "actions_url") // Twilio's own
	}
	for _, list := range [][3]string{{"/Fields", "fields", "autopilot_fields"}, {"/Samples", "samples", "autopilot_samples"}} {
		rows, err := r.list(ctx, kind{url: url + list[0], key: list[1]})
		if err != nil {
			return err
		}
		r.add(list[2], rows...)
	}
	return nil
}

// fieldType reads the values of a field type. A synonym may be answered with the text of its
// value instead of its SID.
func (r *reader) fieldType(ctx context.Context, url string, _ *jsondoc.Node) error {
	rows, err := r.list(ctx, kind{url: url + "/FieldValues", key: "field_values"})
	if err != nil {
		return err
	}
	sids := map[[2]string]string{}
	for _, row := range rows {
		if !row.Get("synonym_of").Present() {
			sids[[2]string{row.Get("language").String(), row.Get("value").String()}] = row.Get("sid").String()
		}
	}
	for _, row := range rows {
		if sid, ok := sids[[2]string{row.Get("language").String(), row.Get("synonym_of").String()}]; ok {
			set(row, "synonym_of", text(sid))
		}
	}
	r.add("autopilot_field_values", rows...)
	return nil
}

// builds gives the rows of model builds what the file has of them. The newest that was
// completed is the model.
func builds(rows []*jsondoc.Node) {
	sortRows(rows)
	model := -1
	for i, row := range rows {
		switch row.Get("status").String() {
		case "completed":
			model = i
		case "failed", "canceled":
			set(row, "fails", &jsondoc.Node{Kind: 't'})
		}
	}
	for i, row := range rows {
		ready, err := time.Parse(time.RFC3339, row.Get("date_created").String())
		if took, notGiven := strconv.Atoi(spelling(row.Get("build_duration"))); err == nil && notGiven == nil {
			ready = ready.Add(time.Duration(took) * time.Second)
		}
		set(row, "ready", text(ready.Format(time.RFC3339)))
		trained := 0
		if i == model {
			trained = 1
		}
		set(row, "training_writes", number(trained))
	}
}

// without are the members of an object but the one of a name.
func without(object *jsondoc.Node, name string) []jsondoc.Member {
	var kept []jsondoc.Member
	for _, m := range object.Members {
		if m.Name != name {
			kept = append(kept, m)
		}
	}
	return kept
}

// spelling is how a number is written; empty where there is none.
func spelling(n *jsondoc.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}
