package sandbox

import (
	"net/http"
	"slices"
)

func studioRestRoutes() []route {
	return []route{
		{method: "GET", pattern: flowPath + "/TestUsers", permission: "studio/test-users/read", handler: fetchTestUsers},
		{method: "POST", pattern: flowPath + "/TestUsers", params: []string{"TestUsers..."}, permission: "studio/test-users/update", handler: updateTestUsers},
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
