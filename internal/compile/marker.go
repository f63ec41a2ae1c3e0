package compile

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// The schema is stored in the flow, in a set-variables state that no transition leads
// to: it never runs, and the Console shows it as one loose widget. Its bytes are compressed,
// so that nothing in them is Liquid.
const (
	sourceState     = "autopilot_source"
	sourceVariable  = flow.SchemaVariable
	optionsVariable = "autopilot_options"
)

// version is that of the mapping. Only the seal distinguishes a flow of another version
// from one that was edited.
const version = 2

// Bounds of a packed schema. A few bytes of gzip can decompress to millions of empty tasks,
// which take a thousand times the memory once they are parsed. What a flow of Studio's size
// is compiled from stays far below: 50,000 samples, all that Twilio allows an assistant,
// are 3 MB with 150,000 brackets and commas, and their flow is too large already.
const (
	maxSource = 4 << 20 // bytes
	maxMarks  = 300_000 // brackets and commas that open or separate something, in texts too

	maxOptions = 1 << 13 // bytes of the options
)

// packed is a schema as the value of a variable.
func packed(source []byte) string {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(source)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err) // the level is a constant of gzip, and a buffer accepts every byte
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// carriable reports whether a flow may carry a schema, with an error that says why not.
func carriable(source []byte) error {
	if n := len(source); n > maxSource {
		return fmt.Errorf("it has more than %d bytes", maxSource)
	}
	marks := 0
	for _, mark := range []string{"{", "[", ","} {
		marks += bytes.Count(source, []byte(mark))
	}
	if marks > maxMarks {
		return fmt.Errorf("it has %d brackets and commas, more than the %d that any assistant needs", marks, maxMarks)
	}
	return nil
}

// unpacked is the schema of a variable's value.
func unpacked(value string) ([]byte, error) {
	data, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(value))
	if err != nil {
		return nil, fmt.Errorf("it is not base64: %w", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("it is not gzip: %w", err)
	}
	source, err := io.ReadAll(io.LimitReader(z, maxSource+1))
	if err != nil {
		return nil, fmt.Errorf("it cannot be decompressed: %w", err)
	}
	return source, carriable(source)
}

// text is the options as the value of a variable.
func (o Options) text() string {
	channels := make([]string, len(o.Channels))
	for i, c := range o.Channels {
		channels[i] = string(c)
	}
	text := fmt.Sprintf("channels=%s routing=%s", strings.Join(channels, "+"), o.Routing)
	if o.Confirm != "" {
		text += " confirm=" + url.QueryEscape(o.Confirm)
	}
	return text
}

// parseOptions reads what text has written.
func parseOptions(text string) (Options, error) {
	var o Options
	if len(text) > maxOptions {
		return o, fmt.Errorf("they are too long: %d bytes", len(text))
	}
	for field := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(field, "=") // without one there is no value, which is refused below
		switch key {
		case "channels":
			for c := range strings.SplitSeq(value, "+") {
				if !slices.Contains(bot.Channels(), bot.Channel(c)) {
					return o, fmt.Errorf("unknown channel %q", c)
				}
				o.Channels = append(o.Channels, bot.Channel(c))
			}
		case "confirm":
			confirm, err := url.QueryUnescape(value)
			if err != nil {
				return o, fmt.Errorf("the question of the routing cannot be read: %w", err)
			}
			o.Confirm = confirm
		case "routing":
			if o.Routing = Routing(value); !slices.Contains(Routings(), o.Routing) {
				return o, fmt.Errorf("unknown routing %q", value)
			}
		}
	}
	if len(o.Channels) == 0 || o.Routing == "" {
		return o, errors.New("they are incomplete")
	}
	return o.normal(), nil
}

// seal is the mark in the description of a compiled flow: the version, and a digest of
// what the flow means without its description.
var seal = regexp.MustCompile(`^autopilot compiler/(\d{1,6}) sha256:([0-9a-f]{12})$`)

// sealed writes a flow with its seal.
func sealed(f flowText) ([]byte, error) {
	data, err := encode(f)
	if err != nil {
		return nil, err
	}
	parsed, err := flow.Parse(data)
	if err != nil {
		return nil, err
	}
	sum, err := digest(parsed.Canonical())
	if err != nil {
		return nil, err
	}
	f.Description = fmt.Sprintf("autopilot compiler/%d sha256:%s", version, sum)
	return encode(f)
}

// digest is of a flow's canonical form, without its description.
func digest(canonical []byte) (string, error) {
	root, err := jsondoc.Parse(canonical)
	if err != nil {
		return "", err
	}
	root.Members = slices.DeleteFunc(root.Members, func(m jsondoc.Member) bool { return m.Name == "description" })
	sum := sha256.Sum256(root.Canonical())
	return hex.EncodeToString(sum[:6]), nil
}
