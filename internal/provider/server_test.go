package provider

import (
	"context"
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// keepsContexts keeps the context of each request, as the framework does.
type keepsContexts struct {
	tfprotov6.ProviderServer
	contexts []context.Context
	asked    func(context.Context)
}

func (k *keepsContexts) keep(ctx context.Context) {
	k.contexts = append(k.contexts, ctx)
	k.asked(ctx)
}

func (k *keepsContexts) ValidateResourceConfig(ctx context.Context, _ *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	k.keep(ctx)
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

func (k *keepsContexts) UpgradeResourceState(ctx context.Context, _ *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	k.keep(ctx)
	return &tfprotov6.UpgradeResourceStateResponse{}, nil
}

func (k *keepsContexts) ReadResource(ctx context.Context, _ *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	k.keep(ctx)
	return &tfprotov6.ReadResourceResponse{}, nil
}

func (k *keepsContexts) PlanResourceChange(ctx context.Context, _ *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	k.keep(ctx)
	return nil, errors.New("refused")
}

type contextKey struct{}

// The requests that a plan makes for each resource.
func TestContextsOfAnsweredRequestsHoldNothing(t *testing.T) {
	kept := &keepsContexts{asked: func(ctx context.Context) {
		if got := ctx.Value(contextKey{}); got != "loggers" || ctx.Err() != nil {
			t.Errorf("a request has the value %v and the error %v", got, ctx.Err())
		}
	}}
	s := server{ProviderServer: kept}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), contextKey{}, "loggers"))
	defer cancel()
	_, validated := s.ValidateResourceConfig(ctx, nil)
	_, upgraded := s.UpgradeResourceState(ctx, nil)
	_, read := s.ReadResource(ctx, nil)
	_, planned := s.PlanResourceChange(ctx, nil)
	if err := errors.Join(validated, upgraded, read); err != nil || planned == nil || len(kept.contexts) != 4 {
		t.Fatalf("%d requests, errors %v and %v", len(kept.contexts), err, planned)
	}
	for i, each := range kept.contexts {
		if each.Value(contextKey{}) != nil || !errors.Is(each.Err(), context.Canceled) {
			t.Errorf("request %d: after the answer its context has the value %v and the error %v", i, each.Value(contextKey{}), each.Err())
		}
	}
}

func TestRequestEndsWithTheContextThatTerraformGaveIt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	kept := &keepsContexts{asked: func(ctx context.Context) {
		derived, release := context.WithCancel(ctx)
		defer release()
		cancel()
		<-derived.Done()
		if !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("the request has the error %v", ctx.Err())
		}
	}}
	if _, err := (server{ProviderServer: kept}).ReadResource(ctx, nil); err != nil {
		t.Fatal(err)
	}
}

// server has none of their methods.
func TestProviderHasNothingThatItsServerCannotServe(t *testing.T) {
	switch p := New("test")().(type) {
	case provider.ProviderWithStateStores:
		t.Errorf("%T has resources that server does not serve", p)
	}
}

// invokes keeps the context of an action, as the framework does, and acts when its events are read.
type invokes struct {
	keepsContexts
	tfprotov6.ActionServer
}

func (i *invokes) InvokeAction(ctx context.Context, _ *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) {
		i.keep(ctx)
		push(tfprotov6.InvokeActionEvent{Type: tfprotov6.CompletedInvokeActionEventType{}})
	}}, nil
}

func TestContextOfAnActionLastsUntilItHasEnded(t *testing.T) {
	kept := &invokes{}
	kept.asked = func(ctx context.Context) {
		if got := ctx.Value(contextKey{}); got != "loggers" || ctx.Err() != nil {
			t.Errorf("the action has the value %v and the error %v", got, ctx.Err())
		}
	}
	stream, err := server{ProviderServer: kept}.InvokeAction(context.WithValue(t.Context(), contextKey{}, "loggers"), nil)
	if err != nil {
		t.Fatal(err)
	}
	events := 0
	for range stream.Events {
		events++
	}
	if events != 1 || len(kept.contexts) != 1 || !errors.Is(kept.contexts[0].Err(), context.Canceled) {
		t.Errorf("%d events, contexts %v", events, kept.contexts)
	}
}

// TestNullAsOpenTofuSendsItIsNull calls a function that takes null with what OpenTofu sends
// for it: a value without data.
func TestNullAsOpenTofuSendsItIsNull(t *testing.T) {
	for name, argument := range map[string]*tfprotov6.DynamicValue{"no data": {}, "no value": nil, "nil": {MsgPack: []byte{msgpackNil}}} {
		answer, err := NewServer(New("test")()).CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{Name: "parse_webhook_url", Arguments: []*tfprotov6.DynamicValue{argument}})
		if err != nil || answer.Error != nil {
			t.Errorf("%s: %v, %+v", name, err, answer.Error)
		}
	}
}
