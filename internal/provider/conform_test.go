package provider

import (
	"net/http"
	"testing"
)

func conforming(t *testing.T, next http.Handler) http.Handler { return next }
