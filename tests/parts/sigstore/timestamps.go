package main

import (
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/timestamp-authority/v2/pkg/server"
	"github.com/spf13/viper"
)

// timestampAuthority is Sigstore's server for RFC 3161.
type timestampAuthority struct {
	url   string // that is asked for time stamps
	chain []*x509.Certificate
}

func startTimestampAuthority() (*timestampAuthority, error) {
	viper.Set("timestamp-signer", "memory")
	viper.Set("timestamp-signer-hash", "sha256")
	viper.Set("default-policy-oid", "1.3.6.1.4.1.57264.2")
	authority := server.NewRestAPIServer("", 0, []string{"http"}, false, time.Minute, time.Minute)
	url, err := serve(authority.GetHandler())
	if err != nil {
		return nil, err
	}
	response, err := http.Get(url + "/api/v1/timestamp/certchain")
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	pem, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("its chain: %s: %s", response.Status, pem)
	}
	chain, err := cryptoutils.UnmarshalCertificatesFromPEM(pem)
	return &timestampAuthority{url: url + "/api/v1/timestamp", chain: chain}, err
}
