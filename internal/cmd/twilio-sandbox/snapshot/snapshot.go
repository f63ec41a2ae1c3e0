// Package snapshot reads the shape of a Twilio account and writes it as a sandbox: numbers and
// the other ways in, Messaging Services with their senders, and bots with their content. It
// reads no messages, calls, conversations or executions, and writes nothing at Twilio.
package snapshot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Options say what a snapshot has.
type Options struct {
	// Labels keeps the friendly names that people gave to what is not a bot, and their
	// messages on revisions of flows.
	Labels bool
	// Anonymise replaces phone numbers, the same one by the same one everywhere, and the
	// account's SID.
	Anonymise bool
	// Autopilot reads assistants, which Twilio has no more.
	Autopilot bool
	// Secrets are those of the credentials, which must not be in the file either.
	Secrets []string
	// Progress is told what was read.
	Progress func(what string, count int)
}

// Snapshot is what was read.
type Snapshot struct {
	Contents []byte // of the sandbox file
	Counts   []Count
	Calls    int
	Redacted []Redaction
	Unread   []error // kinds that the credentials may not read
}

// Count is how many there are of a kind.
type Count struct {
	What  string
	Count int
}

// reader reads one account.
type reader struct {
	client  *twilio.Client
	options Options

	mu    sync.Mutex
	calls int
	rows  map[string][]*jsondoc.Node // by table
	out   Snapshot
}

// kind is a collection of the account which is one list.
type kind struct {
	what, table string
	url, key    string
	query       map[string]string
	pageSize    int
	// optional kinds are left out where the credentials may not read them.
	optional bool
}

const (
	apiURL       = "https://api.twilio.com/2010-04-01/Accounts/"
	servicesURL  = "https://messaging.twilio.com/v1/Services"
	flowsURL     = "https://studio.twilio.com/v2/Flows"
	assistantURL = "https://autopilot.twilio.com/v1/Assistants"
)

func kinds(accountSID string) []kind {
	ofAccount := apiURL + accountSID
	return []kind{
		{what: "phone numbers", table: "incoming_phone_numbers", url: ofAccount + "/IncomingPhoneNumbers.json", key: "incoming_phone_numbers"},
		{what: "TwiML applications", table: "applications", url: ofAccount + "/Applications.json", key: "applications"},
		{what: "Messaging Services", table: "messaging_services", url: servicesURL, key: "services"},
		{what: "flows", table: "studio_flows", url: flowsURL, key: "flows"},
		{what: "WhatsApp senders", table: "messaging_senders", url: "https://messaging.twilio.com/v2/Channels/Senders", key: "senders", query: map[string]string{"Channel": "whatsapp"}, pageSize: 100, optional: true},
		{what: "RCS senders", table: "messaging_senders", url: "https://messaging.twilio.com/v2/Channels/Senders", key: "senders", query: map[string]string{"Channel": "rcs"}, pageSize: 100, optional: true},
		{what: "Conversations addresses", table: "conversations_addresses", url: "https://conversations.twilio.com/v1/Configuration/Addresses", key: "address_configurations", pageSize: 50, optional: true},
		{what: "short codes", table: "short_codes", url: ofAccount + "/SMS/ShortCodes.json", key: "short_codes", optional: true},
		{what: "SIP domains", table: "sip_domains", url: ofAccount + "/SIP/Domains.json", key: "domains", optional: true},
		{what: "SIP trunks", table: "sip_trunks", url: "https://trunking.twilio.com/v1/Trunks", key: "trunks", optional: true},
		{what: "BYOC trunks", table: "byoc_trunks", url: "https://voice.twilio.com/v1/ByocTrunks", key: "byoc_trunks", optional: true},
		{what: "Flex flows", table: "flex_flows", url: "https://flex-api.twilio.com/v1/FlexFlows", key: "flex_flows", optional: true},
	}
}

// inFlight is how many objects are read at once.
const inFlight = 8

// Take reads the account of a client.
func Take(ctx context.Context, client *twilio.Client, options Options) (Snapshot, error) {
	if options.Progress == nil {
		options.Progress = func(string, int) {}
	}
	r := &reader{client: client, options: options, rows: map[string][]*jsondoc.Node{}}
	if err := r.read(ctx); err != nil {
		return Snapshot{}, err
	}
	for _, rows := range r.rows {
		sortRows(rows)
	}
	r.unlabel()
	r.redact()
	account := client.AccountSID()
	if options.Anonymise {
		account = r.anonymise(account)
	}
	shape := sandbox.Shape{AccountSID: account, Rows: map[string][]json.RawMessage{}}
	for table, rows := range r.rows {
		for _, row := range rows {
			shape.Rows[table] = append(shape.Rows[table], json.RawMessage(row.Compact()))
		}
	}
	box, err := sandbox.Compose(shape)
	if err != nil {
		return Snapshot{}, err
	}
	r.out.Calls = r.calls
	if r.out.Contents, err = box.Contents(ctx); err != nil {
		return Snapshot{}, err
	}
	for _, secret := range options.Secrets {
		if secret != "" && bytes.Contains(r.out.Contents, []byte(secret)) {
			return Snapshot{}, errors.New("the secret of the credentials would be in the file, which is therefore not written")
		}
	}
	return r.out, nil
}

func (r *reader) read(ctx context.Context) error {
	for _, k := range kinds(r.client.AccountSID()) {
		rows, err := r.list(ctx, k)
		if k.optional && (errors.Is(err, bot.ErrForbidden) || errors.Is(err, bot.ErrNotFound)) {
			r.unread(k.what, err)
			continue
		}
		if err != nil {
			return fmt.Errorf("reading the %s: %w", k.what, err)
		}
		switch k.table {
		case "studio_flows":
			err = each(ctx, rows, r.flow)
		case "messaging_services":
			err = each(ctx, rows, r.members)
		}
		if err != nil {
			return fmt.Errorf("reading the %s: %w", k.what, err)
		}
		r.rows[k.table] = append(r.rows[k.table], rows...)
		r.count(k.what, len(rows))
	}
	if !r.options.Autopilot {
		return nil
	}
	assistants, err := r.list(ctx, kind{url: assistantURL, key: "assistants"})
	if err == nil {
		err = each(ctx, assistants, r.assistant)
	}
	if err != nil {
		return fmt.Errorf("reading the Autopilot assistants: %w", err)
	}
	r.rows["autopilot_assistants"] = assistants
	r.count("Autopilot assistants", len(assistants))
	return nil
}

// unread notes, once, what the credentials may not read.
func (r *reader) unread(what string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.ContainsFunc(r.out.Unread, func(known error) bool { return strings.HasPrefix(known.Error(), what+": ") }) {
		r.out.Unread = append(r.out.Unread, fmt.Errorf("%s: %w", what, err))
	}
}

func (r *reader) count(what string, count int) {
	r.options.Progress(what, count)
	if count > 0 {
		r.out.Counts = append(r.out.Counts, Count{what, count})
	}
}

// each does work on each row, several at once.
func each(ctx context.Context, rows []*jsondoc.Node, work func(context.Context, *jsondoc.Node) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(inFlight)
	for _, row := range rows {
		group.Go(func() error { return work(ctx, row) })
	}
	return group.Wait()
}

// add puts rows in a table.
func (r *reader) add(table string, rows ...*jsondoc.Node) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows[table] = append(r.rows[table], rows...)
}

// get reads one object.
func (r *reader) get(ctx context.Context, url string) (*jsondoc.Node, error) {
	return r.ask(ctx, url, nil)
}

func (r *reader) ask(ctx context.Context, url string, query map[string][]string) (*jsondoc.Node, error) {
	r.mu.Lock()
	r.calls++
	r.mu.Unlock()
	var answer json.RawMessage
	if err := r.client.Do(ctx, "GET", url, query, &answer); err != nil {
		return nil, err
	}
	return jsondoc.Parse(answer)
}

// list reads a whole list, a page at a time, as rows of the file.
func (r *reader) list(ctx context.Context, k kind) ([]*jsondoc.Node, error) {
	size := twilio.MaxPageSize
	if k.pageSize > 0 {
		size = k.pageSize
	}
	sid := func(row *jsondoc.Node) *string { return new(row.Get("sid").String()) }
	if k.key == "revisions" { // they bear the SID of their flow
		sid = func(row *jsondoc.Node) *string { return new(spelling(row.Get("revision"))) }
	}
	rows, err := twilio.All(ctx, sid, func(page, token string) ([]*jsondoc.Node, string, error) {
		query := map[string][]string{"PageSize": {fmt.Sprint(size)}}
		for name, value := range k.query {
			query[name] = []string{value}
		}
		if page != "" {
			query["Page"] = []string{page}
		}
		if token != "" {
			query["PageToken"] = []string{token}
		}
		answer, err := r.ask(ctx, k.url, query)
		if err != nil {
			return nil, "", err
		}
		next := answer.Get("next_page_uri").String()
		if next == "" {
			next = answer.Get("meta").Get("next_page_url").String()
		}
		rows := answer.Get(k.key)
		if rows == nil || !rows.Is('[') {
			return nil, "", fmt.Errorf("the answer has no list of %s", k.key)
		}
		return rows.Elems, next, nil
	})
	for _, row := range rows {
		toRow(row)
		if row.Get("account_sid") == nil { // of a sender
			set(row, "account_sid", text(r.client.AccountSID()))
		}
		if integration := row.Get("integration"); integration != nil { // of a Flex Flow
			row.Members = append(row.Members, only(integration, "flow_sid", "url", "retry_count").Members...)
		}
	}
	return rows, err
}

// toRow makes a row of the file of what the API answers: what is null is left out, and dates
// are written in one form.
func toRow(row *jsondoc.Node) {
	row.Members = slices.DeleteFunc(row.Members, func(m jsondoc.Member) bool { return !m.Value.Present() })
	for _, m := range row.Members {
		if m.Name == "date_created" || m.Name == "date_updated" {
			for _, form := range []string{time.RFC1123Z, time.RFC1123, time.RFC3339} {
				if date, err := time.Parse(form, m.Value.Text); err == nil {
					m.Value.Text = date.UTC().Format(time.RFC3339)
				}
			}
		}
	}
}

// sortRows puts rows in the order of their creation.
func sortRows(rows []*jsondoc.Node) {
	slices.SortStableFunc(rows, func(a, b *jsondoc.Node) int {
		for _, name := range []string{"date_created", "sid"} {
			if order := strings.Compare(a.Get(name).String(), b.Get(name).String()); order != 0 {
				return order
			}
		}
		return 0
	})
}

// text is a string, as a value.
func text(s string) *jsondoc.Node { return &jsondoc.Node{Kind: '"', Text: s} }

// number is a number, as a value.
func number(n int) *jsondoc.Node { return &jsondoc.Node{Kind: '0', Text: fmt.Sprint(n)} }

// set gives a member of an object a value.
func set(object *jsondoc.Node, name string, value *jsondoc.Node) {
	for i, m := range object.Members {
		if m.Name == name {
			object.Members[i].Value = value
			return
		}
	}
	object.Members = append(object.Members, jsondoc.Member{Name: name, Value: value})
}

// only leaves an object the members of these names.
func only(object *jsondoc.Node, names ...string) *jsondoc.Node {
	kept := &jsondoc.Node{Kind: '{'}
	for _, name := range names {
		if value := object.Get(name); value.Present() {
			set(kept, name, value)
		}
	}
	return kept
}
