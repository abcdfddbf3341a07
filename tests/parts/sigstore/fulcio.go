package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/google/certificate-transparency-go/client"
	"github.com/google/certificate-transparency-go/jsonclient"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/sigstore/fulcio/pkg/ca/ephemeralca"
	"github.com/sigstore/fulcio/pkg/config"
	fulcio "github.com/sigstore/fulcio/pkg/generated/protobuf"
	"github.com/sigstore/fulcio/pkg/server"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore/pkg/signature"
	"google.golang.org/grpc/metadata"
)

// certificateAuthority is Fulcio with a root of its own.
type certificateAuthority struct {
	url   string
	chain []*x509.Certificate
}

// startFulcio: `people` vouches for addresses of mail, `jobs` for workflows of GitHub.
func startFulcio(people, jobs string, certificates *certificateLog) (*certificateAuthority, error) {
	description, err := json.Marshal(map[string]any{"OIDCIssuers": map[string]any{
		people: map[string]any{"IssuerURL": people, "ClientID": clientID, "Type": "email"},
		jobs:   map[string]any{"IssuerURL": jobs, "ClientID": clientID, "Type": "github-workflow"},
	}})
	if err != nil {
		return nil, err
	}
	settings, err := config.Read(description)
	if err != nil {
		return nil, err
	}
	authority, err := ephemeralca.NewEphemeralCA()
	if err != nil {
		return nil, err
	}
	pem := publicKeyPEM(certificates.key.Public())
	logClient, err := client.New(certificates.url, http.DefaultClient,
		jsonclient.Options{PublicKey: string(pem)})
	if err != nil {
		return nil, err
	}
	algorithms, err := signature.NewAlgorithmRegistryConfig([]common.PublicKeyDetails{
		common.PublicKeyDetails_PKIX_ECDSA_P256_SHA_256,
		common.PublicKeyDetails_PKIX_ECDSA_P384_SHA_384,
	})
	if err != nil {
		return nil, err
	}
	mux := runtime.NewServeMux(runtime.WithMetadata(bearerToken))
	service := server.NewGRPCCAServer(logClient, authority, algorithms,
		server.NewIssuerPool(settings))
	if err := fulcio.RegisterCAHandlerServer(context.Background(), mux, service); err != nil {
		return nil, err
	}
	url, err := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r.WithContext(config.With(r.Context(), settings)))
	}))
	chain, _ := authority.GetSignerWithChain()
	return &certificateAuthority{url: url, chain: chain}, err
}

func bearerToken(_ context.Context, r *http.Request) metadata.MD {
	return metadata.Pairs(server.MetadataOIDCTokenKey,
		strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
}
