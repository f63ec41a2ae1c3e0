package function_test

import (
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/function"
)

func TestWhatTwilioRefusesIsRefusedBefore(t *testing.T) {
	t.Parallel()
	runtime := func(name string) error { _, err := function.CheckRuntime(name); return err }
	for name, each := range map[string]struct {
		check          func(string) error
		takes, refuses []string
	}{
		"name":    {function.CheckName, []string{"a", "Clinic-2", strings.Repeat("a", 50)}, []string{"", "a b", "a.b", "a_b", "-a", "ä", strings.Repeat("a", 51)}},
		"path":    {function.CheckPath, []string{"/", "/a/b.c", "/a-b_~", "/" + strings.Repeat("a", 254)}, []string{"", "a", "/a b", "/a?b", "/a#b", "/ä", "/a%20b", "/" + strings.Repeat("a", 255)}},
		"runtime": {runtime, []string{"node22", "node24"}, []string{"", "22", "node", "node18", "node20", "node8", "node22.1", "Node22", "node022", "python3"}},
		"key":     {function.CheckKey, []string{"A", "_a1", strings.Repeat("A", 128)}, []string{"", "1A", "A-B", "A B", "Ä", strings.Repeat("A", 129)}},
		"value":   {function.CheckValue, []string{"x", strings.Repeat("x", 450)}, []string{"", strings.Repeat("x", 451), strings.Repeat("ä", 226)}},
		"source":  {function.CheckSource, []string{"x"}, []string{"", " \n"}},
	} {
		for _, value := range each.takes {
			if err := each.check(value); err != nil {
				t.Errorf("%s %q: %v", name, value, err)
			}
		}
		for _, value := range each.refuses {
			if err := each.check(value); err == nil {
				t.Errorf("%s %q is taken", name, value)
			}
		}
	}
	if latest, _ := function.CheckRuntime("node24"); latest {
		t.Error("node24 is documented")
	}
	long := map[string]string{}
	for _, key := range strings.Split("abcdefg", "") {
		long[key] = strings.Repeat("x", 450)
	}
	if err := function.CheckEnvironment(long); err == nil {
		t.Error("3157 bytes are taken")
	}
	delete(long, "g")
	if err := function.CheckEnvironment(long); err != nil {
		t.Error(err)
	}
}
