package provider

import (
	"context"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// msgpackNil is null (https://github.com/msgpack/msgpack/blob/master/spec.md#nil-format).
const msgpackNil = 0xc0

func null() *tfprotov6.DynamicValue { return &tfprotov6.DynamicValue{MsgPack: []byte{msgpackNil}} }

// gcPercent is what the heap grows by before it is collected, in percent of what is in use
// (GOGC). A provider process lives for one walk of Terraform and uses little of what it
// allocates; at 200 a plan of 10,000 bindings took 212 MB.
const gcPercent = 150

// Serve serves a provider, as New or NewBounded has it, to Terraform until Terraform ends it. With debugging it runs
// outside of Terraform's control, for a debugger.
func Serve(constructor func() provider.Provider, debugging bool) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	var options []tf6server.ServeOpt
	if debugging {
		options = append(options, tf6server.WithManagedDebug())
	}
	return tf6server.Serve(Address, func() tfprotov6.ProviderServer { return NewServer(constructor()) }, options...)
}

// NewServer is a provider as Terraform's protocol has it.
func NewServer(p provider.Provider) tfprotov6.ProviderServer {
	own, _ := p.(*twiliobotProvider) // nil for another provider
	return server{providerserver.NewProtocol6(p)(), own}
}

// server releases the context of each request that Terraform makes for a resource, a data
// source, a function, an action or a list. The framework keeps the contexts of all requests until Terraform
// stops the provider (proto6server.Server.registerContext), each with its loggers and its
// gRPC stream: 60 MB for a plan of 1,000 resources.
//
// It has no methods for state stores, so the protocol's server answers that there are none.
type server struct {
	tfprotov6.ProviderServer

	provider *twiliobotProvider
}

func (s server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return released(ctx, req, s.ProviderServer.ValidateResourceConfig)
}

func (s server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return released(ctx, req, s.ProviderServer.UpgradeResourceState)
}

func (s server) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	if raw := req.RawIdentity; raw == nil || len(raw.JSON) == 0 || string(raw.JSON) == "null" {
		// Terraform before 1.12 keeps no identity in state, and a later one asks for the upgrade of
		// that, which the framework cannot read. The refresh finds the identity.
		return &tfprotov6.UpgradeResourceIdentityResponse{UpgradedIdentity: &tfprotov6.ResourceIdentityData{IdentityData: null()}}, nil
	}
	return released(ctx, req, s.ProviderServer.UpgradeResourceIdentity)
}

func (s server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return released(ctx, req, s.ProviderServer.ReadResource)
}

func (s server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return released(ctx, req, s.ProviderServer.PlanResourceChange)
}

func (s server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return released(ctx, req, s.ProviderServer.ApplyResourceChange)
}

func (s server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return released(ctx, req, s.ProviderServer.ImportResourceState)
}

func (s server) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return released(ctx, req, s.ProviderServer.ValidateDataResourceConfig)
}

func (s server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return released(ctx, req, s.ProviderServer.ReadDataSource)
}

func (s server) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	for i, argument := range req.Arguments {
		if argument == nil || len(argument.MsgPack)+len(argument.JSON) == 0 {
			// OpenTofu 1.12 sends a null so, which the framework cannot read.
			req.Arguments[i] = null()
		}
	}
	return released(ctx, req, s.ProviderServer.CallFunction)
}

func (s server) ValidateActionConfig(ctx context.Context, req *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	return released(ctx, req, s.actions().ValidateActionConfig)
}

func (s server) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return released(ctx, req, s.actions().PlanAction)
}

// InvokeAction releases the context once the action has ended, and not with the answer, which is
// the stream of its events.
func (s server) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	ofRequest := &requestContext{context: ctx, done: ctx.Done()}
	stream, err := s.actions().InvokeAction(ofRequest, req)
	if err != nil || stream == nil {
		ofRequest.release()
		return stream, err
	}
	return &tfprotov6.InvokeActionServerStream{Events: func(push func(tfprotov6.InvokeActionEvent) bool) {
		defer ofRequest.release()
		stream.Events(push)
	}}, nil
}

// actions are the methods for actions, which the protocol does not yet ask of every server.
func (s server) actions() tfprotov6.ActionServer {
	return s.ProviderServer.(tfprotov6.ActionServer) //nolint:forcetypeassert // the framework's server has them
}

func (s server) ValidateListResourceConfig(ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	return released(ctx, req, s.lists().ValidateListResourceConfig)
}

// ListResource releases the context once the list has ended, and not with the answer, which is
// the stream of its results.
func (s server) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	ofRequest := &requestContext{context: ctx, done: ctx.Done()}
	stream, err := s.lists().ListResource(ofRequest, req)
	if err != nil || stream == nil {
		ofRequest.release()
		return stream, err
	}
	return &tfprotov6.ListResourceServerStream{Results: func(push func(tfprotov6.ListResourceResult) bool) {
		defer ofRequest.release()
		stream.Results(push)
	}}, nil
}

// lists are the methods for list resources, likewise.
func (s server) lists() tfprotov6.ListResourceServer {
	return s.ProviderServer.(tfprotov6.ListResourceServer) //nolint:forcetypeassert // the framework's server has them
}

// released answers a request, and then releases its context.
func released[Request, Response any](ctx context.Context, req Request, serve func(context.Context, Request) (Response, error)) (Response, error) {
	ofRequest := &requestContext{context: ctx, done: ctx.Done()}
	defer ofRequest.release()
	return serve(ofRequest, req)
}

// requestContext is the context of a request until that was answered, and a cancelled one
// without values from then on.
type requestContext struct {
	done <-chan struct{}

	mu      sync.RWMutex
	context context.Context //nolint:containedctx // it is one; nil once it is released
}

func (c *requestContext) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.context = nil
}

func (c *requestContext) get() context.Context {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.context
}

func (c *requestContext) Deadline() (deadline time.Time, ok bool) {
	if ctx := c.get(); ctx != nil {
		return ctx.Deadline()
	}
	return time.Time{}, false
}

// Done is closed when Terraform stops the provider or gives up the request, and by the
// protocol's server once it has sent the answer.
func (c *requestContext) Done() <-chan struct{} { return c.done }

func (c *requestContext) Err() error {
	if ctx := c.get(); ctx != nil {
		return ctx.Err()
	}
	return context.Canceled
}

func (c *requestContext) Value(key any) any {
	if ctx := c.get(); ctx != nil {
		return ctx.Value(key)
	}
	return nil
}
