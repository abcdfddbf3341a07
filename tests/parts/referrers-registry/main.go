// A registry of go-containerregistry with the referrers API of OCI distribution 1.1, which neither
// distribution 3.1, docker-registry 2.8 nor "crane registry serve" offers. Contents are in memory.
package main

import (
	"crypto/subtle"
	"flag"
	"log"
	"net/http"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
)

// requireLogin asks for basic authentication as USER:PASSWORD.
func requireLogin(next http.Handler, login string) http.Handler {
	wantUser, wantPassword, _ := strings.Cut(login, ":")
	equal := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		if !ok || !equal(user, wantUser) || !equal(password, wantPassword) {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"errors":[{"code":"UNAUTHORIZED","message":"log in first"}]}`))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func main() {
	address := flag.String("address", "127.0.0.1:5000", "where to listen")
	login := flag.String("login", "", "USER:PASSWORD for basic authentication; empty: none")
	certificate := flag.String("tls-certificate", "", "PEM file; empty: plain HTTP")
	key := flag.String("tls-key", "", "PEM file of the certificate's key")
	flag.Parse()

	handler := registry.New(registry.WithReferrersSupport(true))
	if *login != "" {
		handler = requireLogin(handler, *login)
	}
	if *certificate != "" {
		log.Fatal(http.ListenAndServeTLS(*address, *certificate, *key, handler))
	}
	log.Fatal(http.ListenAndServe(*address, handler))
}
