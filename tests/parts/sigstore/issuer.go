package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const clientID = "sigstore"

// issuer is an OpenID Connect provider where people can log in (see logins), and that gives a token
// to whoever asks, with the claims that the query names: GET /token?sub=…&email=…. The answer has the form of GitHub's
// ACTIONS_ID_TOKEN_REQUEST_URL, which this address can stand for, its bearer token included.
type issuer struct {
	url    string
	signer jose.Signer
	keys   jose.JSONWebKeySet
}

func startIssuer() (*issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	const keyID = "key"
	i := &issuer{keys: jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: key.Public(), KeyID: keyID, Algorithm: string(jose.ES256), Use: "sig"}}}}
	i.signer, err = jose.NewSigner(
		jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: keyID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	i.url, err = serve(mux)
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", i.configuration)
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, i.keys) })
	mux.HandleFunc("GET /token", i.token)
	(&logins{issuer: i, begun: map[string]*login{}, users: map[string]string{}}).serve(mux)
	return i, nil
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

func (i *issuer) configuration(w http.ResponseWriter, _ *http.Request) {
	answer(w, 200, map[string]any{
		"issuer":                                i.url,
		"jwks_uri":                              i.url + "/keys",
		"authorization_endpoint":                i.url + "/authorize",
		"token_endpoint":                        i.url + "/exchange",
		"device_authorization_endpoint":         i.url + "/device/code",
		"code_challenge_methods_supported":      []string{"S256"},
		"response_types_supported":              []string{"code", "id_token"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{string(jose.ES256)},
	})
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	claims := map[string]any{
		"iss": i.url,
		"aud": clientID,
		"iat": now.Unix(),
		"exp": now.Add(10 * time.Minute).Unix(),
	}
	for name, values := range r.URL.Query() {
		switch name {
		case "audience":
			claims["aud"] = values[len(values)-1]
		case "email":
			claims["email"], claims["email_verified"] = values[0], true
		default:
			claims[name] = values[0]
		}
	}
	token, err := jwt.Signed(i.signer).Claims(claims).Serialize()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, 200, map[string]string{"value": token})
}
