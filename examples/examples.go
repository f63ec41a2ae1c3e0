// Package examples holds the configurations that the documentation shows, so that
// a test can apply each of them.
package examples

import "embed"

// Files is this folder, as the documentation is generated from it.
//
//go:embed provider quickstart from-diagram resources data-sources functions actions list-resources keyword-responder/*.tf keyword-responder/*.json all:adopt fleet blue-green migrate-from-autopilot beside-another-provider incident voice-hello/*.tf llm-agent/*.tf function/*.tf function/*.json function/*.js
var Files embed.FS
