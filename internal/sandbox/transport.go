package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Transport serves requests to any Twilio host in process, without a port. A
// request ends when its context does. A connection cut by a fault is an error
// that is io.ErrUnexpectedEOF.
func (s *Sandbox) Transport() http.RoundTripper { return InProcess(s) }

// InProcess is the transport to a handler in the same process, for a sandbox
// with middleware around it.
func InProcess(handler http.Handler) http.RoundTripper { return inProcess{handler} }

type inProcess struct{ handler http.Handler }

// recorder buffers what a handler writes. It cannot be hijacked.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(text []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(text)
}

func (t inProcess) RoundTrip(r *http.Request) (_ *http.Response, err error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	ctx := r.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	request := r.Clone(ctx)
	if request.Host == "" {
		request.Host = r.URL.Host
	}
	request.RequestURI = r.URL.RequestURI()
	request.GetBody = nil // a server has none, and middleware that asks it would not see the body it set
	if request.Body == nil {
		request.Body = http.NoBody
	}
	answer := &recorder{header: http.Header{}}
	defer func() {
		switch reason := recover(); {
		case reason == nil:
		case errors.Is(asError(reason), http.ErrAbortHandler):
			if err = ctx.Err(); err == nil {
				err = fmt.Errorf("the sandbox cut the connection: %w", io.ErrUnexpectedEOF)
			}
		default:
			panic(reason)
		}
	}()
	t.handler.ServeHTTP(answer, request)
	answer.WriteHeader(http.StatusOK)
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", answer.status, http.StatusText(answer.status)),
		StatusCode:    answer.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        answer.header,
		Body:          io.NopCloser(bytes.NewReader(answer.body.Bytes())),
		ContentLength: int64(answer.body.Len()),
		Request:       r,
	}, nil
}

func asError(reason any) error {
	err, _ := reason.(error)
	return err
}
