package sandbox

import (
	"net/http"
	"slices"
	"time"
)

func studioRestRoutes() []route {
	return []route{
		{method: "GET", pattern: flowPath + "/TestUsers", handler: fetchTestUsers},
		{method: "POST", pattern: flowPath + "/TestUsers", params: []string{"TestUsers..."}, handler: updateTestUsers},
		// Twilio's document and twilio-go spell this one parameter in lower case.
		{method: "GET", pattern: flowPath + "/Executions", list: true,
			params: []string{"status", "Status", "DateCreatedFrom", "DateCreatedTo"}, handler: listExecutions},
	}
}

func renderTestUsers(f studioFlow) object {
	users := f.TestUsers
	if users == nil {
		users = []string{}
	}
	return object{"sid": f.SID, "test_users": users, "url": "https://studio.twilio.com/v2/Flows/" + f.SID + "/TestUsers"}
}

func fetchTestUsers(c *call) (int, any, error) {
	f, err := c.flow()
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, renderTestUsers(f), nil
}

func updateTestUsers(c *call) (int, any, error) {
	f, err := c.flow()
	if err != nil {
		return 0, nil, err
	}
	if !c.params.Has("TestUsers") {
		return 0, nil, errMissing("TestUsers")
	}
	f.TestUsers = slices.DeleteFunc(slices.Clone(c.params["TestUsers"]), func(user string) bool { return user == "" })
	studioFlows.put(c.state, f)
	return http.StatusOK, renderTestUsers(f), nil
}

// execution is a flow that ran or runs. Nothing in the sandbox starts one.
type execution struct{ record }

func renderExecution(e execution) object { return object{"sid": e.SID} }

func listExecutions(c *call) (int, any, error) {
	if _, err := c.flow(); err != nil {
		return 0, nil, err
	}
	f := c.fields()
	var status string
	for _, name := range []string{"status", "Status"} {
		f.oneOf(name, &status, 20001, "active", "ended")
	}
	for _, name := range []string{"DateCreatedFrom", "DateCreatedTo"} {
		f.moment(name)
	}
	if err := f.result(); err != nil {
		return 0, nil, err
	}
	return listPage(c, "executions", []execution(nil), renderExecution)
}

// moment refuses what is not a date and time in ISO 8601.
func (f *fields) moment(name string) {
	value, sent := f.sent(name)
	if !sent {
		return
	}
	if _, err := time.Parse(time.RFC3339, value); err != nil {
		f.fail(invalidParameter(20001, "%s must be a date and time in ISO 8601, such as 2026-11-21T08:00:00Z", name))
	}
}
