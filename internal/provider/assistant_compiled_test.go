package provider

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
)

func TestWhatSeveralDifferencesEndWithStandsOnce(t *testing.T) {
	t.Parallel()
	found := []compile.Diagnostic{
		{Code: "pattern", Pointer: "/a", Message: "A number.", Detail: "It is asked again."},
		{Code: "pattern", Pointer: "/b", Message: "A date.", Detail: "A date is a date."},
		{Code: "pattern", Pointer: "/c", Message: "A time.", Detail: "It is asked again."},
		{Code: "other", Pointer: "/d", Message: "A thing.", Detail: "It is asked again."},
		{Code: "pattern", Message: "A code.", Detail: "It is asked again."},
	}
	const want = "/a: A number.\n/c: A time.\nA code. It is asked again.\n/b: A date. A date is a date.\n/d: A thing. It is asked again."
	if diff := cmp.Diff(want, differences(found)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
