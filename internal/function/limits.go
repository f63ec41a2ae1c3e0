package function

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

const (
	// LatestRuntime is the newest runtime that Twilio documents.
	LatestRuntime = "node22"
	// oldestRuntime is the oldest Node.js with which builds succeed: with an older one they
	// fail since 2025-11-10
	// (https://www.twilio.com/en-us/changelog/node-js-v18-support-ending-for-twilio-functions-and-assets).
	oldestRuntime = 22

	maxServiceName  = 50
	maxPath         = 255
	maxVariableKey  = 128
	maxVariable     = 450     // bytes
	maxEnvironment  = 3 << 10 // bytes of all keys and values (https://www.twilio.com/docs/api/errors/82006)
	runtimeTemplate = `^node([1-9][0-9]?)$`
)

var (
	serviceName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	pathForm    = regexp.MustCompile(`^/[A-Za-z0-9._~!$&'()*+,;=:@/-]*$`)
	runtimeForm = regexp.MustCompile(runtimeTemplate)
	keyForm     = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// CheckName refuses what cannot be the unique name of a service, which becomes part of a
// domain (https://www.twilio.com/docs/serverless/functions-assets/functions/create-service).
func CheckName(name string) error {
	switch {
	case name == "" || len(name) > maxServiceName:
		return fmt.Errorf("the name of a function's service has 1 to %d characters, this one has %d", maxServiceName, len(name))
	case !serviceName.MatchString(name):
		return fmt.Errorf("%q may have letters, digits and dashes only, since it becomes part of a domain", name)
	case strings.HasPrefix(name, "-"):
		return fmt.Errorf("%q begins with a dash, which no domain may", name)
	}
	return nil
}

// CheckPath refuses what cannot be the path of a function.
func CheckPath(path string) error {
	switch {
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("%q does not begin with a slash", path)
	case len(path) > maxPath:
		return fmt.Errorf("a path has at most %d characters, this one has %d", maxPath, len(path))
	case !pathForm.MatchString(path):
		return fmt.Errorf("%q has characters that cannot be in the path of a URL as they are", path)
	}
	return nil
}

// CheckRuntime refuses a runtime with which no build succeeds. latest is false for one that
// Twilio did not document when this was written.
func CheckRuntime(runtime string) (latest bool, err error) {
	found := runtimeForm.FindStringSubmatch(runtime)
	if found == nil {
		return false, fmt.Errorf("%q is no runtime: it is node and a version of Node.js, such as %s", runtime, LatestRuntime)
	}
	version, err := strconv.Atoi(found[1])
	if err != nil {
		return false, err
	}
	if version < oldestRuntime {
		return false, fmt.Errorf("Twilio no longer deploys functions that run on %s: it retired what is older than node%d", runtime, oldestRuntime)
	}
	return runtime == LatestRuntime, nil
}

// CheckKey refuses what cannot be the name of an environment variable.
func CheckKey(key string) error {
	switch {
	case len(key) > maxVariableKey:
		return fmt.Errorf("the name of an environment variable has at most %d characters, this one has %d", maxVariableKey, len(key))
	case !keyForm.MatchString(key):
		return fmt.Errorf("%q is no name of an environment variable: letters, digits and underscores, and no digit first", key)
	}
	return nil
}

// CheckValue refuses what cannot be the value of an environment variable. The error does not
// have the value.
func CheckValue(value string) error {
	if value == "" || len(value) > maxVariable {
		return fmt.Errorf("the value of an environment variable has 1 to %d bytes, this one has %d", maxVariable, len(value))
	}
	return nil
}

// CheckEnvironment refuses variables that are too many together.
func CheckEnvironment(variables map[string]string) error {
	size := 0
	for key, value := range variables {
		size += len(key) + len(value)
	}
	if size > maxEnvironment {
		return fmt.Errorf("the names and values of the environment variables have %d bytes together, and may have %d", size, maxEnvironment)
	}
	return nil
}

// CheckSource refuses what cannot be the code of a function.
func CheckSource(source string) error {
	if strings.TrimSpace(source) == "" {
		return errors.New("the code of a function may not be empty")
	}
	return nil
}
