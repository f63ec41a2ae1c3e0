package flow

import (
	"os"
	"path/filepath"
	"testing"
)

// realFlows are exported flows beside the repository, which may be absent.
const realFlows = "../../../../shared/flows/*.json"

// refusedFiles are the exported flows that the real Twilio refuses, with the reason.
var refusedFiles = map[string]string{
	"prebrov-twilio-studio-requestbin__studio-flow.json": "send-and-wait-for-reply has a number for its timeout, and Studio expects a string",
}

func TestRealFlowsAreAccepted(t *testing.T) {
	files, err := filepath.Glob(realFlows)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the flows of other people are not part of the repository; those of flow_test.go are checked nevertheless")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			definition, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			problems := Validate(definition)
			why, refused := refusedFiles[filepath.Base(file)]
			if refused {
				t.Logf("refused (%s): %v", why, problems)
			}
			if refused != (len(problems) > 0) {
				t.Fatalf("problems: %v", problems)
			}
		})
	}
}
