package provider

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

var screenshots = flag.String("screenshots", "", "write screenshots of the console below this folder, that of the project")

// TestScreenshots makes the pictures of the console in the README (`make screenshots`).
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("-screenshots names no folder to write to: make screenshots does")
	}
	concierge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		fmt.Fprint(w, "<Response><Message>Good evening. Your table for two is ready at eight.</Message></Response>")
	}))
	t.Cleanup(concierge.Close)
	w := newWorld(t, quick())
	for number, label := range map[string]string{
		"+12025550118": "Lobby", "+12025550133": "Old reception", "+12025550167": "Marketing", "+33199004455": "Réservations", "+3725550123": "Приёмная",
	} {
		if _, err := w.box.AddNumber(fmt.Sprintf(`{"phone_number":%q,"friendly_name":%q}`, number, label)); err != nil {
			t.Fatal(err)
		}
	}
	f := newFolder(t, w.config(clinic(t), fmt.Sprintf(`
resource "twiliobot_assistant" "concierge" {
  unique_name = "concierge"
  webhooks = {
    messaging_url = "%[1]s/messages"
    voice_url     = "%[1]s/calls"
  }
}
resource "twiliobot_assistant" "triage" {
  unique_name = "triage"
  engine      = "autopilot"
  schema      = twiliobot_assistant.clinic.schema
}
resource "twiliobot_assistant" "reservations" {
  unique_name = "réservations-de-nuit"
  schema      = twiliobot_assistant.clinic.schema
}
resource "twiliobot_phone_number_binding" "lobby" {
  phone_number  = "+12025550118"
  assistant_sid = twiliobot_assistant.concierge.sid
  channels      = ["messaging", "voice"]
  friendly_name = "Lobby"
}
resource "twiliobot_phone_number_binding" "triage" {
  for_each      = toset(["messaging", "voice"])
  phone_number  = "+447700900123"
  assistant_sid = each.key == "voice" ? twiliobot_assistant.concierge.sid : twiliobot_assistant.triage.sid
  channels      = [each.key]
}
resource "twiliobot_phone_number_binding" "reservations" {
  phone_number  = "+33199004455"
  assistant_sid = twiliobot_assistant.reservations.sid
  friendly_name = "Réservations"
}
`, concierge.URL)))
	url := w.served(t)
	p := openPage(t, url+"/console", 1280, 800)
	p.awaitText("#connection", "Live")
	f.run("apply", "-input=false", "-auto-approve")
	w.setNumber("+12025550133", map[string]string{
		"SmsUrl": "https://webhooks.twilio.com/v1/Accounts/" + sandbox.StarterAccountSID + "/Flows/FW0123456789abcdef0123456789abcdef",
	})
	p.awaitText("#numbers", "leads nowhere")

	text := func(number string, texts ...string) {
		p.do(chromedp.Click(fmt.Sprintf(`button[aria-label="Phone %s"]`, number)))
		for _, each := range texts {
			before := evaluate[int](p, `document.querySelectorAll("#transcript li").length`)
			p.write(each)
			p.await(fmt.Sprintf(`document.querySelectorAll("#transcript li").length >= %d && document.getElementById("phone-send").getAttribute("aria-disabled") === "false"`, before+2))
		}
	}
	text("+12025550118", "Is our table ready?")
	evaluate[string](p, `location.hash = "overview"`)
	p.shoot("overview")

	text(ukNumber, "Hello!", "What are your opening hours?")
	p.shoot("conversation")

	f.run("apply", "-input=false", "-auto-approve", "-var", "suspended=true")
	p.awaitText("#phone-who", "Silent")
	p.write("And on Saturday?")
	p.awaitText("#transcript li:last-child", "No answer")
	p.shoot("suspended")

	for _, fault := range []sandbox.Fault{
		{Method: "POST", Path: "/IncomingPhoneNumbers/", Kind: sandbox.FaultCutAfter, Nth: 3},
		{Host: "studio.twilio.com", Kind: sandbox.FaultDelay, DelayMS: 800, Times: -1},
		{Kind: sandbox.FaultStatus, Status: 503, Path: "/Messages", Times: 2},
	} {
		if err := w.box.AddFault(fault); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.try("plan", "-input=false"); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Click(`header nav a[href="#requests"]`))
	p.awaitText("#faults", "is done and cut off")
	p.shoot("requests")
	p.quiet(url)
}

// shoot takes screenshots of the page as it is, in a window of a computer and in that of a
// phone, light and dark. The first of these is in the README.
func (p *page) shoot(name string) {
	p.t.Helper()
	for _, width := range []int64{1280, 390} {
		for _, scheme := range []string{"light", "dark"} {
			height := int64(800)
			if name == "overview" && width == 1280 {
				height = 1000 // to show the bots too
			}
			p.do(chromedp.EmulateViewport(width, height), func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
				_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
				})
				return chromedp.Void{}, err
			})
			picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
			if err != nil {
				p.t.Fatal(err)
			}
			file := filepath.Join(*screenshots, "bin", "screenshots", fmt.Sprintf("console-%s-%d-%s.png", name, width, scheme))
			if width == 1280 && scheme == "light" {
				file = filepath.Join(*screenshots, ".github", "images", "console-"+name+".png")
			}
			if err := os.WriteFile(file, smaller(p.t, picture), 0o644); err != nil {
				p.t.Fatal(err)
			}
		}
	}
	p.do(chromedp.EmulateViewport(1280, 800))
}

// smaller is a picture in the 256 colours that it has most of: the rest are shades at the edges
// of letters.
func smaller(t *testing.T, picture []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	area, count := full.Bounds(), map[color.Color]int{}
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			count[full.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return cmp.Compare(count[b], count[a]) })
	few := image.NewPaletted(area, colours[:min(len(colours), 256)])
	draw.Draw(few, area, full, area.Min, draw.Src)
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, few); err != nil {
		t.Fatal(err)
	}
	return small.Bytes()
}
