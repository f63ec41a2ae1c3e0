package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLogLevelsAreWhatTerraformShows(t *testing.T) {
	all := func(level string) map[string]string {
		return map[string]string{"TF_LOG_SDK": level, "TF_LOG_SDK_PROTO": level, "TF_LOG_SDK_FRAMEWORK": level, "TF_LOG_PROVIDER_TWILIOBOT": level}
	}
	without := func(levels map[string]string, names ...string) map[string]string {
		maps.DeleteFunc(levels, func(name, _ string) bool { return slices.Contains(names, name) })
		return levels
	}
	for name, test := range map[string]struct{ environ, want map[string]string }{
		"nothing asked for":               {nil, all("OFF")},
		"an empty variable":               {map[string]string{"TF_LOG": "", "TF_LOG_PROVIDER": ""}, all("OFF")},
		"the core's logs":                 {map[string]string{"TF_LOG_CORE": "TRACE", "TF_LOG_PATH": "trace.log"}, all("OFF")},
		"everything":                      {map[string]string{"TF_LOG": "TRACE"}, nil},
		"everything as JSON":              {map[string]string{"TF_LOG": "json"}, nil},
		"a level that is none":            {map[string]string{"TF_LOG": "1"}, nil},
		"warnings":                        {map[string]string{"TF_LOG": "warn"}, all("WARN")},
		"providers' logs":                 {map[string]string{"TF_LOG_PROVIDER": "DEBUG"}, all("DEBUG")},
		"providers' logs before the rest": {map[string]string{"TF_LOG": "ERROR", "TF_LOG_PROVIDER": "TRACE"}, nil},
		"all but providers' logs":         {map[string]string{"TF_LOG": "TRACE", "TF_LOG_PROVIDER": "OFF"}, all("OFF")},
		"the framework's logs":            {map[string]string{"TF_LOG_SDK_FRAMEWORK": "TRACE"}, without(all("OFF"), "TF_LOG_SDK_FRAMEWORK")},
		"the protocol's logs":             {map[string]string{"TF_LOG_SDK_PROTO": "INFO"}, without(all("OFF"), "TF_LOG_SDK_PROTO")},
		"this provider's logs":            {map[string]string{"TF_LOG_PROVIDER_TWILIOBOT": "INFO"}, without(all("OFF"), "TF_LOG_PROVIDER_TWILIOBOT")},
		"all loggers of the SDKs":         {map[string]string{"TF_LOG_SDK": "INFO"}, without(all("OFF"), "TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK")},
	} {
		t.Run(name, func(t *testing.T) {
			got := LogLevels(func(name string) string { return test.environ[name] })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLogsOfTestsAreOffUnlessAskedFor(t *testing.T) {
	loggers := []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK_HELPER_RESOURCE", "TF_LOG_PROVIDER_TWILIOBOT"}
	for _, name := range loggers {
		t.Setenv(name, "") // and restored afterwards
	}
	for _, test := range []struct{ asks, want string }{{"", "OFF"}, {"TF_LOG", ""}, {"TF_ACC_LOG_PATH", ""}, {"TF_LOG_PATH_MASK", ""}} {
		for _, variable := range os.Environ() {
			if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_LOG") || strings.HasPrefix(name, "TF_ACC_LOG") {
				t.Setenv(name, "")
			}
		}
		if test.asks != "" {
			t.Setenv(test.asks, "DEBUG")
		}
		turnOffLogs()
		for _, name := range loggers {
			if got := os.Getenv(name); got != test.want {
				t.Errorf("with %q, %s is %q, want %q", test.asks, name, got, test.want)
			}
		}
	}
}

func TestLogsAreWrittenOnlyWhereAskedFor(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the provider that keeps its standard error is a shell script")
	}
	f := newFolder(t, "provider \"twiliobot\" {\n  sandbox = \"box.json\"\n}\n"+hosted("greeter")+bound("front", "greeter", ukNumber))
	f.keepStderr()
	for name, test := range map[string]struct{ env, want []string }{
		"nothing asked for": {nil, nil},
		"everything":        {[]string{"TF_LOG=TRACE"}, []string{"sdk.framework debug", "sdk.framework trace", "sdk.proto trace", "sdk.proto warn", "twiliobot debug"}},
		"providers' logs":   {[]string{"TF_LOG_PROVIDER=DEBUG"}, []string{"sdk.framework debug", "sdk.proto warn", "twiliobot debug"}},
		"the framework's":   {[]string{"TF_LOG_SDK_FRAMEWORK=TRACE"}, []string{"sdk.framework debug", "sdk.framework trace"}},
		"this provider's":   {[]string{"TF_LOG_PROVIDER_TWILIOBOT=DEBUG"}, []string{"twiliobot debug"}},
	} {
		// One after the other: they share the folder.
		t.Run(name, func(t *testing.T) {
			content := f.stderrOf(t, test.env...)
			if diff := cmp.Diff(test.want, loggers(t, content)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			// go-plugin itself still writes the address that each process listens on.
			if test.want == nil && len(content) > 1000 {
				t.Errorf("%d bytes: %.500s", len(content), content)
			}
		})
	}
}

const stderrFile = "stderr.log"

// keepStderr has the CLI run the provider with its standard error in a file.
func (f *folder) keepStderr() {
	f.t.Helper()
	providers, err := mirror()
	if err != nil {
		f.t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' \"$@\" 2>> %s\n", binaryIn(providers, registries[0]), stderrFile)
	if err := os.WriteFile(filepath.Join(f.path, "terraform-provider-twiliobot"), []byte(script), 0o700); err != nil {
		f.t.Fatal(err)
	}
	f.write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"twiliobot/twiliobot\" = %q\n  }\n}\n", f.path))
}

// stderrOf plans with variables, and returns what the provider wrote to its standard
// error.
func (f *folder) stderrOf(t *testing.T, env ...string) []byte {
	t.Helper()
	file := filepath.Join(f.path, stderrFile)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	with := *f
	with.t = t
	with.env = slices.DeleteFunc(slices.Clone(f.env), func(variable string) bool { return strings.HasPrefix(variable, "TF_LOG") })
	with.env = append(append(with.env, "TF_LOG_PATH=trace.log"), env...)
	with.run("plan", "-input=false")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// loggers returns which loggers wrote at which levels, sorted; go-plugin's has no name.
func loggers(t *testing.T, content []byte) []string {
	t.Helper()
	var found []string
	for line := range bytes.Lines(content) {
		var entry struct {
			Module string `json:"@module"`
			Level  string `json:"@level"`
		}
		if err := json.Unmarshal(line, &entry); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if entry.Module != "" {
			found = append(found, entry.Module+" "+entry.Level)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
