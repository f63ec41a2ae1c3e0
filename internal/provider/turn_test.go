package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A turn is one run of Terraform on a stack as Terraform itself does it: each resource is
// read and planned in one go, in any order that the references allow, and one that is
// replaced is planned twice, deleted and created anew.
type turn struct {
	blocks []block
	// forced are the resources that are replaced, by -replace or replace_triggered_by;
	// tainted ones Terraform plans without their state.
	forced, tainted []string
	// createFirst are the resources with create_before_destroy.
	createFirst []string
	// first are the resources that are read and planned before all others, in this order;
	// by default those that are removed.
	first []string
	// unread is -refresh=false.
	unread bool
	// deletesLast carries out the removal of bindings after everything else: nothing orders
	// it before the creation of another.
	deletesLast bool
	// deposedSoon are the resources whose old object, of those created first, is destroyed
	// right after the new one is created: nothing orders it after other resources than
	// those that reference it.
	deposedSoon []string
	// lateBeforeDeposed carries out the removals that come last before the old objects of
	// replaced resources are destroyed.
	lateBeforeDeposed bool
	// stop is the number of resources after which the process is killed; 0 for none.
	stop int
}

// intent is what a turn plans for one resource.
type intent struct {
	action string // create, update, replace, delete or none
	change plannedBlock
}

const (
	actNone    = "none"
	actCreate  = "create"
	actUpdate  = "update"
	actReplace = "replace"
	actDelete  = "delete"
)

// run plans and applies.
func (s *stack) run(t turn) (map[string]string, error) {
	intents, err := s.intend(t)
	if err != nil {
		return nil, err
	}
	actions := map[string]string{}
	for address, each := range intents {
		actions[address] = each.action
	}
	return actions, s.carry(t, intents)
}

// intend reads and plans every resource of the configuration and the state.
func (s *stack) intend(t turn) (map[string]intent, error) {
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	s.warnings = nil
	order := t.first
	for _, address := range s.orphans(t.blocks) {
		if !slices.Contains(order, address) {
			order = append(order, address)
		}
	}
	for _, b := range t.blocks {
		if !slices.Contains(order, b.address) {
			order = append(order, b.address)
		}
	}
	intents, refs := map[string]intent{}, map[string]tftypes.Value{}
	for _, address := range order {
		if !t.unread {
			if err := s.reread(p, address); err != nil {
				return nil, err
			}
		}
		at := slices.IndexFunc(t.blocks, func(b block) bool { return b.address == address })
		if at < 0 {
			if _, ok := s.states[address]; !ok {
				continue
			}
			private, err := s.planDeletion(p, s.states[address])
			if err != nil {
				return nil, fmt.Errorf("planning to destroy %s: %w", address, err)
			}
			intents[address] = intent{actDelete, plannedBlock{private: private}}
			continue
		}
		intents[address], err = s.intendOne(p, t, t.blocks[at], refs)
		if err != nil {
			return nil, fmt.Errorf("planning %s: %w", address, err)
		}
		refs[address] = p.attribute(t.blocks[at].kind(), intents[address].change.state, "sid")
	}
	// An object that was left behind by a replacement that was cut off.
	for i, had := range s.deposed {
		read, err := p.read(had)
		if err != nil {
			return nil, err
		}
		s.deposed[i] = read
		if _, err := s.planDeletion(p, read); err != nil {
			return nil, err
		}
	}
	return intents, nil
}

func (s *stack) reread(p *wire, address string) error {
	had, ok := s.states[address]
	if !ok {
		return nil
	}
	read, err := p.read(had)
	if err != nil {
		return fmt.Errorf("reading %s: %w", address, err)
	}
	if s.states[address] = read; p.null(read.kind, read.state) {
		delete(s.states, address)
	}
	return nil
}

// read refreshes what a state has.
func (p *wire) read(had savedState) (savedState, error) {
	read, err := p.server.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{
		TypeName: had.kind, CurrentState: had.state, Private: had.private, CurrentIdentity: had.identity,
	})
	if err == nil {
		err = said(read.Diagnostics)
	}
	if err != nil {
		return had, err
	}
	had.state, had.private, had.identity = read.NewState, read.Private, read.NewIdentity
	return had, nil
}

func (s *stack) planDeletion(p *wire, had savedState) ([]byte, error) {
	null := p.dynamic(p.kind(had.kind), tftypes.NewValue(p.kind(had.kind), nil))
	answer, err := p.server.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: had.kind, PriorState: had.state, ProposedNewState: null, Config: null, PriorPrivate: had.private, PriorIdentity: had.identity,
	})
	if err != nil {
		return nil, err
	}
	s.warn(answer.Diagnostics)
	return answer.PlannedPrivate, said(answer.Diagnostics)
}

func (s *stack) intendOne(p *wire, t turn, b block, refs map[string]tftypes.Value) (intent, error) {
	had, exists := s.states[b.address]
	replaced := slices.Contains(t.forced, b.address)
	if slices.Contains(t.tainted, b.address) {
		change, _, err := s.planPart(p, b, savedState{}, refs)
		return intent{actReplace, change}, err
	}
	change, requires, err := s.planPart(p, b, had, refs)
	switch {
	case err != nil:
		return intent{}, err
	case !exists:
		return intent{actCreate, change}, nil
	case replaced || requires:
		change, _, err = s.planPart(p, b, savedState{private: change.private}, refs)
		return intent{actReplace, change}, err
	case change.noop:
		return intent{actNone, change}, nil
	}
	return intent{actUpdate, change}, nil
}

// planPart is one call to plan a resource, with the state that it is given.
func (s *stack) planPart(p *wire, b block, had savedState, refs map[string]tftypes.Value) (change plannedBlock, requires bool, err error) {
	schema := p.schema.ResourceSchemas[b.kind()]
	config := p.value(schema, withUnknown(schema, b.values(refs), s.later[b.address]))
	prior := had.state
	if prior == nil {
		prior = p.dynamic(p.kind(b.kind()), tftypes.NewValue(p.kind(b.kind()), nil))
	}
	config = p.ignoring(b.kind(), prior, config, s.ignored[b.address])
	answer, err := p.server.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: b.kind(), PriorState: prior, ProposedNewState: p.proposed(b.kind(), prior, config), Config: config,
		PriorPrivate: had.private, PriorIdentity: had.identity,
	})
	if err != nil {
		return plannedBlock{}, false, err
	}
	s.warn(answer.Diagnostics)
	if err := said(answer.Diagnostics); err != nil {
		return plannedBlock{}, false, err
	}
	return plannedBlock{config, answer.PlannedState, answer.PlannedPrivate, p.same(b.kind(), prior, answer.PlannedState)}, len(answer.RequiresReplace) > 0, nil
}

// carry applies what was planned, in a process of its own. A bot is deleted when the
// bindings that it had are, and before others are updated.
func (s *stack) carry(t turn, intents map[string]intent) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	s.blocks = t.blocks
	done := 0
	killed := func() bool { done++; return t.stop > 0 && done > t.stop }
	var late []string
	for _, address := range slices.Backward(s.inOrder()) {
		each := intents[address]
		createFirst := slices.Contains(t.createFirst, address)
		switch {
		case each.action != actDelete && (each.action != actReplace || createFirst):
			continue
		case each.action == actDelete && (createFirst || t.deletesLast && s.states[address].kind != "twiliobot_assistant"):
			late = append(late, address)
			continue
		case killed():
			return errKilled
		}
		if err := s.delete(p, s.states[address], each.change.private); err != nil {
			return fmt.Errorf("destroying %s: %w", address, err)
		}
		delete(s.states, address)
	}
	// What was left by a replacement is planned anew when it is deleted.
	deleteDeposed := func() error {
		if killed() {
			return errKilled
		}
		last := len(s.deposed) - 1
		private, err := s.planDeletion(p, s.deposed[last])
		if err == nil {
			err = s.delete(p, s.deposed[last], private)
		}
		if err == nil {
			s.deposed = s.deposed[:last]
		}
		return err
	}
	refs := map[string]tftypes.Value{}
	for i, b := range t.blocks {
		each := intents[b.address]
		if each.action != actNone && each.action != "" {
			if killed() {
				return errKilled
			}
			had, replaced := s.states[b.address]
			if replaced = replaced && each.action == actReplace; replaced {
				s.deposed = append(s.deposed, had)
				delete(s.states, b.address)
			}
			if err := s.change(p, b, i, refs, each.change); err != nil {
				return fmt.Errorf("%s: %w", b.address, err)
			}
			if replaced && slices.Contains(t.deposedSoon, b.address) {
				if err := deleteDeposed(); err != nil {
					return err
				}
			}
		}
		if had, ok := s.states[b.address]; ok {
			refs[b.address] = p.attribute(b.kind(), had.state, "sid")
		}
	}
	deleteLate := func() error {
		for _, address := range late {
			if killed() {
				return errKilled
			}
			if err := s.delete(p, s.states[address], intents[address].change.private); err != nil {
				return fmt.Errorf("destroying %s: %w", address, err)
			}
			delete(s.states, address)
		}
		late = nil
		return nil
	}
	if t.lateBeforeDeposed {
		if err := deleteLate(); err != nil {
			return err
		}
	}
	for len(s.deposed) > 0 { // dependents first
		if err := deleteDeposed(); err != nil {
			return err
		}
	}
	return deleteLate()
}

func (s *stack) delete(p *wire, had savedState, private []byte) error {
	null := p.dynamic(p.kind(had.kind), tftypes.NewValue(p.kind(had.kind), nil))
	answer, err := p.server.ApplyResourceChange(context.Background(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: had.kind, PriorState: had.state, PlannedState: null, Config: null, PlannedPrivate: private, PlannedIdentity: had.identity,
	})
	if err != nil {
		return err
	}
	s.warn(answer.Diagnostics)
	return said(answer.Diagnostics)
}

// settled reports why the next run would change something.
func (s *stack) settled(blocks []block) error {
	intents, err := s.intend(turn{blocks: blocks})
	if err != nil {
		return err
	}
	var left []error
	for address, each := range intents {
		if each.action != actNone {
			left = append(left, fmt.Errorf("the plan is not empty: %s %s%s", each.action, address, s.difference(address, each.change)))
		}
	}
	if len(s.deposed) > 0 {
		left = append(left, errors.New("an object is left that was replaced"))
	}
	return errors.Join(left...)
}
