package sandbox

import "net/http"

// knobPrefix is where the sandbox's own calls are, on any host.
const knobPrefix = "/_sandbox"

func (s *Sandbox) knobRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sandbox/journal", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.Journal())
	})
	return mux
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(append(encodeJSON(value), '\n'))
}
