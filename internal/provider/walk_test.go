package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// A block is a resource of a configuration. Its attributes may reference the SID of
// an assistant written before it.
type block struct {
	address string // twiliobot_assistant.bot
	values  func(refs map[string]tftypes.Value) map[string]tftypes.Value
}

func (b block) kind() string { return strings.Split(b.address, ".")[0] }

// stack is a working directory: the state between Terraform's runs. It does
// what Terraform does with the provider, over the plugin protocol, in a
// thousandth of the time: refresh, plan, apply, each walk with a new provider.
type stack struct {
	w        *world
	url      string
	blocks   []block // of the last apply
	states   map[string]savedState
	deposed  []savedState // that a replacement left, to be deleted
	warnings []string     // of the last plan and what was done by it
	// warned are the attributes that the warnings are at.
	warned []string
	// dead reports whether the process was killed: then its answers are discarded.
	dead func() bool
	// settings are attributes of the provider, in place of those that it has by default.
	settings map[string]tftypes.Value
	// later lists attributes, by address, whose values are unknown until apply; those of the
	// provider have no address.
	later map[string][]string
	// ignored is the ignore_changes of a resource, by its address.
	ignored map[string][]string
	// between is done once, after the next plan and before it is applied; nil for nothing.
	between func()
}

type savedState struct {
	state    *tfprotov6.DynamicValue
	private  []byte
	identity *tfprotov6.ResourceIdentityData
	kind     string
	order    int
}

var errKilled = errors.New("the process was killed")

func newStack(w *world, url string) *stack {
	return &stack{w: w, url: url, states: map[string]savedState{}, dead: func() bool { return false }}
}

// provider is a new provider process, configured. Some attributes of its configuration may
// be unknown.
func (s *stack) provider(unknown ...string) (*wire, error) {
	process := &twiliobotProvider{version: "test"}
	if s.url == s.w.server.URL {
		process.transport = sandbox.InProcess(s.w.server.Config.Handler)
	}
	server := NewServer(process)
	ctx := context.Background()
	schema, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	p := &wire{s.w.t, server, schema}
	given := map[string]tftypes.Value{
		"account_sid": tftypes.NewValue(tftypes.String, sandbox.StarterAccountSID),
		"auth_token":  tftypes.NewValue(tftypes.String, sandbox.StarterAuthToken),
		"api_url":     tftypes.NewValue(tftypes.String, s.url),
		"max_retries": tftypes.NewValue(tftypes.Number, 0),
	}
	maps.Copy(given, s.settings)
	config := p.value(schema.Provider, withUnknown(schema.Provider, given, unknown))
	configured, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.15.0", Config: config})
	if err != nil {
		return nil, err
	}
	return p, said(configured.Diagnostics)
}

// said is the errors among diagnostics.
func said(diagnostics []*tfprotov6.Diagnostic) error {
	var all []error
	for _, each := range diagnostics {
		if each.Severity == tfprotov6.DiagnosticSeverityError {
			all = append(all, fmt.Errorf("%s: %s", each.Summary, each.Detail))
		}
	}
	return errors.Join(all...)
}

// plannedBlock is one resource as planned.
type plannedBlock struct {
	config, state *tfprotov6.DynamicValue
	private       []byte
	noop          bool
}

// apply refreshes, plans and applies.
func (s *stack) apply(blocks []block, refresh bool) error {
	changes, err := s.plan(blocks, refresh)
	if err != nil {
		return err
	}
	if s.between != nil {
		s.between()
		s.between = nil
	}
	p, err := s.provider()
	if err != nil {
		return err
	}
	s.blocks = blocks
	failed := map[string]bool{}
	var all []error
	// What is destroyed is gone before its dependencies change.
	for _, address := range s.orphans(blocks) {
		had := s.states[address]
		null, err := tfprotov6.NewDynamicValue(p.kind(had.kind), tftypes.NewValue(p.kind(had.kind), nil))
		if err != nil {
			return err
		}
		answer, err := p.server.ApplyResourceChange(context.Background(), &tfprotov6.ApplyResourceChangeRequest{
			TypeName: had.kind, PriorState: had.state, PlannedState: &null, Config: &null,
			PlannedPrivate: changes[address].private, PlannedIdentity: had.identity,
		})
		if s.dead() {
			return errKilled
		}
		if err == nil {
			s.warn(answer.Diagnostics)
			err = said(answer.Diagnostics)
		}
		if err != nil {
			all = append(all, fmt.Errorf("destroying %s: %w", address, err))
			if had.kind != "twiliobot_assistant" {
				failed["orphan"] = true
			}
			continue
		}
		delete(s.states, address)
	}
	if failed["orphan"] {
		return errors.Join(all...)
	}
	refs := map[string]tftypes.Value{}
	for i, b := range blocks {
		change := changes[b.address]
		if !change.noop {
			if err := s.change(p, b, i, refs, change); err != nil {
				if errors.Is(err, errKilled) {
					return err
				}
				all = append(all, fmt.Errorf("%s: %w", b.address, err))
				break // what comes after it may depend on it
			}
		}
		if had, ok := s.states[b.address]; ok {
			refs[b.address] = p.attribute(b.kind(), had.state, "sid")
		}
	}
	return errors.Join(all...)
}

// change plans one resource again, with all its references known, and applies it. What
// was known in the first plan must be the same in the second.
func (s *stack) change(p *wire, b block, order int, refs map[string]tftypes.Value, first plannedBlock) error {
	had := s.states[b.address]
	change, err := s.planOne(p, b, had, refs, nil)
	if s.dead() {
		return errKilled
	}
	if err == nil {
		err = p.consistent("final plan", b.kind(), first.state, change.state)
	}
	if err != nil || change.noop {
		return err
	}
	return s.carryOut(p, b, order, change)
}

// carryOut applies the plan of one resource.
func (s *stack) carryOut(p *wire, b block, order int, change plannedBlock) error {
	had := s.states[b.address]
	prior := had.state
	if prior == nil {
		null, err := tfprotov6.NewDynamicValue(p.kind(b.kind()), tftypes.NewValue(p.kind(b.kind()), nil))
		if err != nil {
			return err
		}
		prior = &null
	}
	answer, err := p.server.ApplyResourceChange(context.Background(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: b.kind(), PriorState: prior, PlannedState: change.state, Config: change.config,
		PlannedPrivate: change.private, PlannedIdentity: had.identity,
	})
	if s.dead() {
		return errKilled
	}
	if err != nil {
		return err
	}
	now := savedState{state: answer.NewState, private: answer.Private, identity: answer.NewIdentity, kind: b.kind(), order: order}
	if !p.null(b.kind(), now.state) {
		s.states[b.address] = now
	}
	s.warn(answer.Diagnostics)
	if err := said(answer.Diagnostics); err != nil {
		return err
	}
	return p.consistent("result after apply", b.kind(), change.state, answer.NewState)
}

// consistent refuses, as Terraform does, a result that differs from the plan.
func (p *wire) consistent(what, typeName string, planned, now *tfprotov6.DynamicValue) error {
	before, after := p.attributes(typeName, planned), p.attributes(typeName, now)
	var all []error
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if err := completes(name, before[name], after[name]); err != nil {
			all = append(all, fmt.Errorf("Provider produced inconsistent %s: %w", what, err))
		}
	}
	return errors.Join(all...)
}

func (s *stack) warn(diagnostics []*tfprotov6.Diagnostic) {
	for _, each := range diagnostics {
		if each.Severity == tfprotov6.DiagnosticSeverityWarning {
			s.warnings = append(s.warnings, each.Summary+": "+each.Detail)
			s.warned = append(s.warned, each.Attribute.String())
		}
	}
}

// plan refreshes and plans; it returns the changes by address.
func (s *stack) plan(blocks []block, refresh bool) (map[string]plannedBlock, error) {
	p, err := s.provider(s.later[""]...)
	if err != nil {
		return nil, err
	}
	s.warnings, s.warned = nil, nil
	if refresh {
		for _, address := range s.inOrder() {
			had := s.states[address]
			read, err := p.server.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{
				TypeName: had.kind, CurrentState: had.state, Private: had.private, CurrentIdentity: had.identity,
			})
			if err == nil {
				s.warn(read.Diagnostics)
				err = said(read.Diagnostics)
			}
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", address, err)
			}
			if p.null(had.kind, read.NewState) {
				delete(s.states, address)
				continue
			}
			had.state, had.private, had.identity = read.NewState, read.Private, read.NewIdentity
			s.states[address] = had
		}
	}
	changes := map[string]plannedBlock{}
	for _, address := range s.orphans(blocks) { // in the order of a destroy, as Terraform does
		had := s.states[address]
		null, err := tfprotov6.NewDynamicValue(p.kind(had.kind), tftypes.NewValue(p.kind(had.kind), nil))
		if err != nil {
			return nil, err
		}
		answer, err := p.server.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
			TypeName: had.kind, PriorState: had.state, ProposedNewState: &null, Config: &null, PriorPrivate: had.private, PriorIdentity: had.identity,
		})
		if err == nil {
			s.warn(answer.Diagnostics)
			err = said(answer.Diagnostics)
		}
		if err != nil {
			return nil, fmt.Errorf("planning to destroy %s: %w", address, err)
		}
		changes[address] = plannedBlock{private: answer.PlannedPrivate}
	}
	refs := map[string]tftypes.Value{}
	for _, b := range blocks {
		change, err := s.planOne(p, b, s.states[b.address], refs, s.later[b.address])
		if err != nil {
			return nil, fmt.Errorf("planning %s: %w", b.address, err)
		}
		changes[b.address] = change
		refs[b.address] = p.attribute(b.kind(), change.state, "sid")
	}
	return changes, nil
}

// planOne plans one resource, of which some attributes may be unknown.
func (s *stack) planOne(p *wire, b block, had savedState, refs map[string]tftypes.Value, unknown []string) (plannedBlock, error) {
	schema := p.schema.ResourceSchemas[b.kind()]
	config := p.value(schema, withUnknown(schema, b.values(refs), unknown))
	validated, err := p.server.ValidateResourceConfig(context.Background(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: b.kind(), Config: config, ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err == nil {
		err = said(validated.Diagnostics)
	}
	if err != nil {
		return plannedBlock{}, err
	}
	prior := had.state
	if prior == nil {
		prior = p.dynamic(p.kind(b.kind()), tftypes.NewValue(p.kind(b.kind()), nil))
	}
	config = p.ignoring(b.kind(), prior, config, s.ignored[b.address])
	answer, err := p.server.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: b.kind(), PriorState: prior, ProposedNewState: p.proposed(b.kind(), prior, config), Config: config,
		PriorPrivate: had.private, PriorIdentity: had.identity,
	})
	if err == nil {
		s.warn(answer.Diagnostics)
		err = said(answer.Diagnostics)
	}
	if err != nil {
		return plannedBlock{}, err
	}
	if err := p.valid(b.kind(), prior, config, answer.PlannedState); err != nil {
		return plannedBlock{}, fmt.Errorf("Provider produced invalid plan: %w", err)
	}
	if len(answer.RequiresReplace) > 0 {
		return plannedBlock{}, fmt.Errorf("it would be replaced, for %v", answer.RequiresReplace)
	}
	return plannedBlock{config, answer.PlannedState, answer.PlannedPrivate, p.same(b.kind(), prior, answer.PlannedState)}, nil
}

// empty reports whether the plan is empty.
func (s *stack) empty(blocks []block) error {
	changes, err := s.plan(blocks, true)
	if err != nil {
		return err
	}
	var left []string
	for _, address := range slices.Sorted(maps.Keys(changes)) {
		if !changes[address].noop {
			left = append(left, address+s.difference(address, changes[address]))
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("the plan is not empty: %v", left)
	}
	return nil
}

func (s *stack) difference(address string, change plannedBlock) string {
	had, ok := s.states[address]
	if !ok || change.state == nil {
		return ""
	}
	p, err := s.provider()
	if err != nil {
		return err.Error()
	}
	prior, now := p.attributes(had.kind, had.state), p.attributes(had.kind, change.state)
	var all []string
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if !prior[name].Equal(now[name]) {
			all = append(all, fmt.Sprintf("%s: %v -> %v", name, prior[name], now[name]))
		}
	}
	return "{" + strings.Join(all, "; ") + "}"
}

// imported imports the object of a refused name.
func (s *stack) imported(address string, order int, sid string) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	kind := strings.Split(address, ".")[0]
	answer, err := p.server.ImportResourceState(context.Background(), &tfprotov6.ImportResourceStateRequest{TypeName: kind, ID: sid})
	if err == nil {
		err = said(answer.Diagnostics)
	}
	if err != nil {
		return err
	}
	made := answer.ImportedResources[0]
	s.states[address] = savedState{state: made.State, private: made.Private, identity: made.Identity, kind: kind, order: order}
	return nil
}

func (s *stack) inOrder() []string {
	return slices.SortedFunc(maps.Keys(s.states), func(a, b string) int {
		if by := s.states[a].order - s.states[b].order; by != 0 {
			return by
		}
		return strings.Compare(a, b)
	})
}

// orphans lists what is in the state and no longer in the configuration, dependents
// first.
func (s *stack) orphans(blocks []block) []string {
	var all []string
	for _, address := range slices.Backward(s.inOrder()) {
		if !slices.ContainsFunc(blocks, func(b block) bool { return b.address == address }) {
			all = append(all, address)
		}
	}
	return all
}

func (p *wire) kind(typeName string) tftypes.Type {
	return p.schema.ResourceSchemas[typeName].ValueType()
}

func (p *wire) attributes(typeName string, state *tfprotov6.DynamicValue) map[string]tftypes.Value {
	p.t.Helper()
	value, err := state.Unmarshal(p.kind(typeName))
	if err != nil {
		p.t.Fatal(err)
	}
	attributes := map[string]tftypes.Value{}
	if value.IsNull() {
		return attributes
	}
	if err := value.As(&attributes); err != nil {
		p.t.Fatal(err)
	}
	return attributes
}

func (p *wire) attribute(typeName string, state *tfprotov6.DynamicValue, name string) tftypes.Value {
	return p.attributes(typeName, state)[name]
}

func (p *wire) null(typeName string, state *tfprotov6.DynamicValue) bool {
	return state == nil || len(p.attributes(typeName, state)) == 0
}

func (p *wire) same(typeName string, a, b *tfprotov6.DynamicValue) bool {
	x, y := p.attributes(typeName, a), p.attributes(typeName, b)
	return len(x) > 0 && maps.EqualFunc(x, y, tftypes.Value.Equal)
}

// The blocks of the tests.

func str(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func botBlock(name string, values map[string]tftypes.Value) block {
	return block{"twiliobot_assistant." + name, func(map[string]tftypes.Value) map[string]tftypes.Value { return maps.Clone(values) }}
}

func bindingBlock(phone, to string) block {
	return block{"twiliobot_phone_number_binding.front", func(refs map[string]tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{"phone_number": str(phone), "assistant_sid": refs["twiliobot_assistant."+to]}
	}}
}

// with is the block with one more attribute.
func (b block) with(attribute string, value tftypes.Value) block {
	return block{b.address, func(refs map[string]tftypes.Value) map[string]tftypes.Value {
		values := b.values(refs)
		values[attribute] = value
		return values
	}}
}

// overwriting is the blocks with every binding allowed to take over what it binds.
func overwriting(blocks []block) []block {
	all := slices.Clone(blocks)
	for i, b := range all {
		if !strings.HasSuffix(b.kind(), "_binding") {
			continue
		}
		all[i].values = func(refs map[string]tftypes.Value) map[string]tftypes.Value {
			values := b.values(refs)
			values["overwrite"] = tftypes.NewValue(tftypes.Bool, true)
			return values
		}
	}
	return all
}

func suspensionBlock() block {
	return block{"twiliobot_suspension.bot", func(refs map[string]tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{"assistant_sid": refs["twiliobot_assistant.bot"]}
	}}
}

func TestWalkAppliesAndPlansNothingAfterIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, quick())
	s := newStack(w, w.server.URL)
	for _, engine := range []string{"studio", "application", "autopilot"} {
		blocks := []block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot"), suspensionBlock()}
		if err := s.apply(blocks, true); err != nil {
			t.Fatal(err)
		}
		if err := s.empty(blocks); err != nil {
			t.Error(err)
		}
	}
	if err := s.apply(nil, true); err != nil || len(s.states) > 0 {
		t.Errorf("left %v: %v", s.states, err)
	}
}

// content is a bot of an engine, in one of two versions.
func content(engine, name string, version int) map[string]tftypes.Value {
	values := map[string]tftypes.Value{"unique_name": str(name)}
	switch engine {
	case "studio":
		values["flow"] = str(marshal(echo(fmt.Sprintf("Version %d", version))))
	case "autopilot":
		values["engine"] = str(engine)
		values["schema"] = str(marshal(sampleSchema(version)))
	case "application":
		kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}
		urls := map[string]tftypes.Value{}
		for name := range webhookTypes {
			kind.AttributeTypes[name] = tftypes.String
			urls[name] = tftypes.NewValue(tftypes.String, nil)
		}
		urls["messaging_url"] = str(fmt.Sprintf("https://bots.example.com/v%d", version))
		urls["voice_url"] = str(fmt.Sprintf("https://bots.example.com/calls/v%d", version))
		values["webhooks"] = tftypes.NewValue(kind, urls)
	default:
		panic(fmt.Sprintf("content has nothing for the engine %q", engine))
	}
	return values
}
