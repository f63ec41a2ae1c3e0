package diagram

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/drawio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/mermaid"
)

// maxSource is how long a diagram's file may be, in bytes.
const maxSource = 16 << 20

// fileName is what is easily given for the content of the file.
var fileName = regexp.MustCompile(`^[^\n<>{}\[\]()]{1,250}\.(?i:drawio|xml|svg|png|mmd|mermaid|md)$`)

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
	case fileName.MatchString(text):
		return nil, fmt.Errorf("%q is the name of a file; what is wanted is the text in it", text)
	default:
		return mermaid.Read(source)
	}
}
