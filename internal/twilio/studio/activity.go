package studio

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// execution is what began an execution, which twilio-go's model leaves out.
type execution struct {
	InitiatedBy string `json:"initiated_by"`
}

// Activity counts a flow's active executions: those that a call began, and all
// others, which wait for a message
// (https://www.twilio.com/docs/studio/rest-api/v2/execution).
func (h Host) Activity(ctx context.Context, sid string) (bot.Activity, error) {
	var active bot.Activity
	if err := twilio.CheckSID(sid, "FW"); err != nil {
		return active, err
	}
	err := twilio.EachPage(func(page, token string) (string, error) {
		query := url.Values{"status": {"active"}, "PageSize": {fmt.Sprint(twilio.MaxPageSize)}}
		if page != "" || token != "" {
			query.Set("Page", page)
			query.Set("PageToken", token)
		}
		var answer struct {
			Executions []execution `json:"executions"`
			Meta       struct {
				NextPageURL string `json:"next_page_url"`
			} `json:"meta"`
		}
		if err := h.client.Do(ctx, http.MethodGet, flows+"/"+sid+"/Executions", query, &answer); err != nil {
			return "", err
		}
		for _, each := range answer.Executions {
			if strings.HasPrefix(each.InitiatedBy, "CA") {
				active.Calls++
			} else {
				active.Conversations++
			}
		}
		return answer.Meta.NextPageURL, nil
	})
	return active, err
}
