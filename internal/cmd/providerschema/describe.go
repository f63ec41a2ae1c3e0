package main

import (
	"context"
	"errors"
	"fmt"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// name is the key tfplugindocs looks the provider up by.
const name = "twiliobot"

// describe asks server for all its schemas.
func describe(ctx context.Context, server tfprotov6.ProviderServer) (*tfjson.ProviderSchemas, error) {
	all, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	if err := failed(all.Diagnostics); err != nil {
		return nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}
	if err := failed(identities.Diagnostics); err != nil {
		return nil, err
	}

	var c converter
	schemas := &tfjson.ProviderSchemas{
		FormatVersion: "1.0",
		Schemas: map[string]*tfjson.ProviderSchema{name: {
			ConfigSchema:             c.schema(all.Provider),
			ResourceSchemas:          each(all.ResourceSchemas, c.schema),
			DataSourceSchemas:        each(all.DataSourceSchemas, c.schema),
			EphemeralResourceSchemas: each(all.EphemeralResourceSchemas, c.schema),
			ListResourceSchemas:      each(all.ListResourceSchemas, c.schema),
			StateStoreSchemas:        each(all.StateStoreSchemas, c.schema),
			ActionSchemas:            each(all.ActionSchemas, c.action),
			Functions:                each(all.Functions, c.function),
			ResourceIdentitySchemas:  each(identities.IdentitySchemas, c.identity),
		}},
	}
	return schemas, errors.Join(c.errs...)
}

// failed converts the provider's own diagnostics about its schemas to an error.
func failed(diagnostics []*tfprotov6.Diagnostic) error {
	var errs []error
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			errs = append(errs, fmt.Errorf("%s: %s", d.Summary, d.Detail))
		}
	}
	return errors.Join(errs...)
}

func each[A, B any](in map[string]A, convert func(A) B) map[string]B {
	out := make(map[string]B, len(in))
	for key, value := range in {
		out[key] = convert(value)
	}
	return out
}
