package clients

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/conform"
)

// world is a sandbox that programs reach at Twilio's own addresses, with all that they send
// and get checked against Twilio's OpenAPI documents where these are beside the repository.
type world struct {
	*testing.T
	*sandbox.Sandbox
	packages string   // the folder with the npm packages
	folder   string   // where programs run, and their home
	env      []string // what programs get, and nothing else: no credentials of the user's
}

func newWorld(t *testing.T, settings sandbox.Settings) world {
	t.Helper()
	packages := installed(t)
	box := sandbox.New(sandbox.WithSettings(settings))
	var handler http.Handler = box
	checker, err := conform.New("../../../../shared/openapi")
	switch {
	case settings.SynonymText: // which the documents contradict
	case errors.Is(err, conform.ErrNoDocuments):
		t.Logf("answers are not checked against Twilio's documents: %v", err)
	case err != nil:
		t.Fatal(err)
	default:
		t.Cleanup(func() {
			for _, err := range checker.Errors() {
				t.Error(err)
			}
		})
		handler = checker.Middleware(box)
	}
	folder := t.TempDir()
	certificate, authority := newCertificate(t)
	if err := os.WriteFile(filepath.Join(folder, "authority.pem"), authority, 0o600); err != nil {
		t.Fatal(err)
	}
	return world{t, box, packages, folder, []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + folder,
		"NODE_PATH=" + filepath.Join(packages, "node_modules"),
		"NODE_EXTRA_CA_CERTS=" + filepath.Join(folder, "authority.pem"),
		"HTTP_PROXY=" + newProxy(t, handler, certificate),
		"TWILIO_ACCOUNT_SID=" + sandbox.StarterAccountSID,
		"TWILIO_AUTH_TOKEN=" + sandbox.StarterAuthToken,
		"TWILIO_DISABLE_AUTOUPDATE=true",
		"TWILIO_SKIP_NEW_VERSION_CHECK=true",
	}}
}

// run runs a program and returns what it prints.
func (w world) run(program string, args ...string) []byte {
	w.Helper()
	cmd := exec.CommandContext(w.Context(), program, args...)
	cmd.Dir, cmd.Env = w.folder, w.env
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		w.Fatalf("%s %q: %v\n%s%s", filepath.Base(program), args, err, out.Bytes(), errOut.Bytes())
	}
	return out.Bytes()
}

// script runs a script of testdata, which fails by an assertion of its own.
func (w world) script(name string) {
	w.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		w.Fatal(err)
	}
	w.run("node", path)
}

// newProxy is the address of a proxy that leads every connection to a handler, whatever host it
// is for. All of Twilio's npm clients use the one that HTTP_PROXY names.
func newProxy(t *testing.T, handler http.Handler, certificate tls.Certificate) string {
	t.Helper()
	twilio := httptest.NewUnstartedServer(handler)
	twilio.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	twilio.StartTLS()
	t.Cleanup(twilio.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "only connections are led on", http.StatusMethodNotAllowed)
			return
		}
		to, err := new(net.Dialer).DialContext(r.Context(), "tcp", twilio.Listener.Addr().String())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer to.Close()
		from, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer from.Close()
		if _, err := io.WriteString(from, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
			return
		}
		go func() {
			_, _ = io.Copy(to, buffered) // the one that ends first closes both
			_ = to.Close()
		}()
		_, _ = io.Copy(from, to)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// newCertificate is one for Twilio's hosts, and its own authority.
func newCertificate(t *testing.T) (certificate tls.Certificate, authority []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "sandbox"},
		DNSNames:              []string{"*.twilio.com"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sandbox"}}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
