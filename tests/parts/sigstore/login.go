package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// login is one that was begun (OpenID Connect Core 3.1, RFC 7636, RFC 8628).
type login struct {
	challenge, nonce, redirect string
	mail                       string // who logged in; empty: nobody yet
}

// logins lets people log in: whoever opens the address of a login adds "email=…" to it, as a
// person would type it into a form.
type logins struct {
	issuer *issuer
	mutex  sync.Mutex
	begun  map[string]*login // by code
	users  map[string]string // code of a device, by what its user enters
}

func (l *logins) serve(mux *http.ServeMux) {
	mux.HandleFunc("GET /authorize", l.authorize)
	mux.HandleFunc("POST /device/code", l.deviceCode)
	mux.HandleFunc("GET /device", l.device)
	mux.HandleFunc("POST /exchange", l.exchange)
}

func turnAway(w http.ResponseWriter, code string) {
	answer(w, http.StatusBadRequest, map[string]string{"error": code})
}

func (l *logins) begin(from url.Values) string {
	code := rand.Text()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.begun[code] = &login{challenge: from.Get("code_challenge"), nonce: from.Get("nonce"),
		redirect: from.Get("redirect_uri"), mail: from.Get("email")}
	return code
}

func (l *logins) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	back, err := url.Parse(query.Get("redirect_uri"))
	if err != nil || back.Hostname() != "localhost" || query.Get("client_id") != clientID ||
		query.Get("response_type") != "code" || query.Get("code_challenge_method") != "S256" ||
		query.Get("email") == "" {
		turnAway(w, "invalid_request")
		return
	}
	back.RawQuery = url.Values{"code": {l.begin(query)}, "state": {query.Get("state")}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (l *logins) deviceCode(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("client_id") != clientID {
		turnAway(w, "invalid_client")
		return
	}
	code, user := l.begin(r.PostForm), rand.Text()[:8]
	l.mutex.Lock()
	l.begun[code].mail = ""
	l.users[user] = code
	l.mutex.Unlock()
	answer(w, http.StatusOK, map[string]any{"device_code": code, "user_code": user,
		"verification_uri": l.issuer.url + "/device", "expires_in": 60, "interval": 1,
		"verification_uri_complete": l.issuer.url + "/device?user_code=" + user})
}

func (l *logins) device(w http.ResponseWriter, r *http.Request) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	begun := l.begun[l.users[r.URL.Query().Get("user_code")]]
	if begun == nil {
		turnAway(w, "invalid_request")
		return
	}
	begun.mail = r.URL.Query().Get("email")
}

// take gives a login that came to its end, and forgets it.
func (l *logins) take(form url.Values) (*login, string) {
	code := form.Get("code")
	if form.Get("grant_type") == deviceGrant {
		code = form.Get("device_code")
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	begun := l.begun[code]
	if begun == nil {
		return nil, "invalid_grant"
	}
	if begun.mail == "" {
		return nil, "authorization_pending"
	}
	delete(l.begun, code)
	hash := sha256.Sum256([]byte(form.Get("code_verifier")))
	if base64.RawURLEncoding.EncodeToString(hash[:]) != begun.challenge ||
		form.Get("redirect_uri") != begun.redirect {
		return nil, "invalid_grant"
	}
	return begun, ""
}

func (l *logins) exchange(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("client_id") != clientID {
		turnAway(w, "invalid_client")
		return
	}
	done, refusal := l.take(r.PostForm)
	if refusal != "" {
		turnAway(w, refusal)
		return
	}
	now := time.Now()
	claims := map[string]any{"iss": l.issuer.url, "sub": done.mail, "aud": clientID,
		"email": done.mail, "email_verified": true, "iat": now.Unix(),
		"exp": now.Add(10 * time.Minute).Unix()}
	if done.nonce != "" {
		claims["nonce"] = done.nonce
	}
	token, err := jwt.Signed(l.issuer.signer).Claims(claims).Serialize()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, http.StatusOK,
		map[string]string{"access_token": "of no use", "token_type": "Bearer", "id_token": token})
}
