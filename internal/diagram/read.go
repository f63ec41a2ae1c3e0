package diagram

import (
	"errors"
	"fmt"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/drawio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/mermaid"
)

// maxSource is how long a diagram's file may be, in bytes.
const maxSource = 16 << 20

// Read reads the pages of a flowchart: a file of draw.io (plain, compressed, or an SVG image
// with the diagram in it), or Mermaid, alone or in the fenced blocks of a Markdown document.
// The error says where the file cannot be read; it is a *chart.Error where the page is known.
func Read(source string) ([]chart.Page, error) {
	if len(source) > maxSource {
		return nil, fmt.Errorf("the diagram has %d MiB; at most %d are read", len(source)>>20, maxSource>>20)
	}
	text := strings.TrimSpace(strings.TrimPrefix(source, "\ufeff"))
	switch {
	case text == "":
		return nil, errors.New("the diagram is empty")
	case strings.HasPrefix(text, "\x89PNG"), strings.HasPrefix(text, "iVBORw0KGgo"), strings.HasPrefix(text, "%PDF"):
		return nil, errors.New("the diagram is an image; give the .drawio file itself, or a .drawio.svg")
	case strings.HasPrefix(text, "<"):
		return drawio.Read(text)
	default:
		return mermaid.Read(source)
	}
}
