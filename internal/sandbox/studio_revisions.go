package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func studioRevisionRoutes() []route {
	return []route{
		{method: "GET", pattern: flowPath + "/Revisions", list: true, handler: listRevisions},
		{method: "GET", pattern: flowPath + "/Revisions/{Revision}", handler: fetchRevision},
	}
}

func renderRevision(r flowRevision) object {
	return object{
		"sid":            r.SID,
		"account_sid":    r.AccountSID,
		"author_sid":     orNull(r.AuthorSID),
		"friendly_name":  r.FriendlyName,
		"definition":     r.Definition,
		"status":         r.Status,
		"revision":       r.Seq,
		"commit_message": orNull(r.CommitMessage),
		"valid":          true,
		"errors":         []any{},
		"date_created":   iso8601(r.DateCreated),
		"date_updated":   iso8601(r.DateUpdated),
		"url":            fmt.Sprintf("https://studio.twilio.com/v2/Flows/%s/Revisions/%d", r.SID, r.Seq),
	}
}

func listRevisions(c *call) (int, any, error) {
	f, err := c.flow()
	if err != nil {
		return 0, nil, err
	}
	newestFirst := slices.Clone(f.Revisions)
	slices.Reverse(newestFirst)
	return listPage(c, "revisions", newestFirst, func(r flowRevision) object { return withoutDefinition(renderRevision(r)) })
}

func fetchRevision(c *call) (int, any, error) {
	f, err := c.flow()
	if err != nil {
		return 0, nil, err
	}
	found := false
	var r flowRevision
	switch wanted := c.PathValue("Revision"); wanted {
	case "LatestRevision":
		r, found = f.latest(), true
	case "LatestPublished":
		r, found = f.published()
	default:
		if strings.Trim(wanted, "0123456789") != "" {
			return 0, nil, invalidParameter(81021, "Flow revision must be an integer or enum(LatestPublished, LatestRevision)")
		}
		// A number that overflows an int exceeds every revision.
		if n, err := strconv.Atoi(wanted); err == nil && n >= 1 && n <= len(f.Revisions) {
			r, found = f.Revisions[n-1], true
		}
	}
	if !found {
		return 0, nil, c.notFound()
	}
	return http.StatusOK, renderRevision(r), nil
}
