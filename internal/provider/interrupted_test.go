package provider

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

func TestInterruptedWaitForAModelBuildLeavesTheAssistant(t *testing.T) {
	t.Parallel()
	const typeName = "twiliobot_assistant"
	w := newWorld(t, sandbox.WithSettings(sandbox.Settings{ModelBuildMS: int(time.Hour / time.Millisecond)}))
	// Terraform tells the provider to stop, as on Ctrl-C, once the wait has begun.
	var p *wire
	var once sync.Once
	next := w.server.Config.Handler
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(rw, r)
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/ModelBuilds/UG") {
			once.Do(func() {
				if _, err := p.server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
					t.Error(err)
				}
			})
		}
	}))
	t.Cleanup(w.server.Close)
	p = newWire(t, w)

	s := p.schema.ResourceSchemas[typeName]
	text := func(value string) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }
	given := map[string]tftypes.Value{"unique_name": text("clinic"), "engine": text("autopilot"), "schema": text(marshal(sampleSchema(2)))}
	null := p.dynamic(s.ValueType(), tftypes.NewValue(s.ValueType(), nil))
	planned, err := p.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: null, ProposedNewState: p.value(s, given), Config: p.value(s, given),
	})
	p.sound(err, planned.Diagnostics)
	applied, err := p.server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: null, PlannedState: planned.PlannedState, Config: p.value(s, given), PlannedPrivate: planned.PlannedPrivate,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(applied.Diagnostics) != 1 || applied.Diagnostics[0].Summary != "The model build was not waited for" {
		t.Errorf("the apply reports %v", applied.Diagnostics)
	}
	if all := w.rows("assistants", "Assistants"); len(all) != 1 || all[0]["friendly_name"] != "clinic [uploading]" {
		t.Errorf("the assistants are %v", all)
	}
}
