package main

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"time"

	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	trustroot "github.com/sigstore/protobuf-specs/gen/pb-go/trustroot/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

type services struct {
	people, jobs   *issuer
	certificateLog *certificateLog
	authority      *certificateAuthority
	entryLog       *entryLog
	tiles          *tiles
	timestamps     *timestampAuthority
}

func publicKeyDER(key crypto.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err) // of a type that this program made
	}
	return der
}

func publicKeyPEM(key crypto.PublicKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: publicKeyDER(key)})
}

// keyID is the ID of a log by its key (RFC 6962, section 3.2).
func keyID(key crypto.PublicKey) []byte {
	id := sha256.Sum256(publicKeyDER(key))
	return id[:]
}

// What is valid begins a day ago: clocks of tests may be set back.
func validity() *common.TimeRange {
	return &common.TimeRange{Start: timestamppb.New(time.Now().Add(-24 * time.Hour))}
}

func logInstance(url string, key crypto.PublicKey, details common.PublicKeyDetails,
	id []byte) *trustroot.TransparencyLogInstance {
	return &trustroot.TransparencyLogInstance{
		BaseUrl:       url,
		HashAlgorithm: common.HashAlgorithm_SHA2_256,
		PublicKey: &common.PublicKey{RawBytes: publicKeyDER(key), KeyDetails: details,
			ValidFor: validity()},
		LogId: &common.LogId{KeyId: id},
	}
}

func authorityInstance(url string, chain []*x509.Certificate) *trustroot.CertificateAuthority {
	instance := &trustroot.CertificateAuthority{
		Subject: &common.DistinguishedName{Organization: "Sealift", CommonName: "test"},
		Uri:     url, CertChain: &common.X509CertificateChain{}, ValidFor: validity(),
	}
	for _, certificate := range chain {
		instance.CertChain.Certificates = append(instance.CertChain.Certificates,
			&common.X509Certificate{RawBytes: certificate.Raw})
	}
	return instance
}

func (s *services) trustedRoot() *trustroot.TrustedRoot {
	const p256 = common.PublicKeyDetails_PKIX_ECDSA_P256_SHA_256
	return &trustroot.TrustedRoot{
		MediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
		Tlogs: []*trustroot.TransparencyLogInstance{
			logInstance(s.entryLog.url, s.entryLog.public, p256, keyID(s.entryLog.public)),
			logInstance(s.tiles.url, s.tiles.public, common.PublicKeyDetails_PKIX_ED25519,
				s.tiles.id),
		},
		Ctlogs: []*trustroot.TransparencyLogInstance{logInstance(s.certificateLog.url,
			s.certificateLog.key.Public(), p256, keyID(s.certificateLog.key.Public()))},
		CertificateAuthorities: []*trustroot.CertificateAuthority{
			authorityInstance(s.authority.url, s.authority.chain)},
		TimestampAuthorities: []*trustroot.CertificateAuthority{
			authorityInstance(s.timestamps.url, s.timestamps.chain)},
	}
}

func service(url string, version uint32) []*trustroot.Service {
	return []*trustroot.Service{{Url: url, MajorApiVersion: version, ValidFor: validity(),
		Operator: "sealift.test"}}
}

func (s *services) signingConfig(log string, version uint32) *trustroot.SigningConfig {
	anyOne := &trustroot.ServiceConfiguration{Selector: trustroot.ServiceSelector_ANY}
	return &trustroot.SigningConfig{
		MediaType:       "application/vnd.dev.sigstore.signingconfig.v0.2+json",
		CaUrls:          service(s.authority.url, 1),
		OidcUrls:        service(s.people.url, 1),
		RekorTlogUrls:   service(log, version),
		RekorTlogConfig: anyOne,
		TsaUrls:         service(s.timestamps.url, 1),
		TsaConfig:       anyOne,
	}
}

func write(directory, name string, message proto.Message) error {
	text, err := protojson.MarshalOptions{Multiline: true}.Marshal(message)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(directory, name), text, 0o644)
}

// describe writes trusted_root.json; signing_config.v1.json and signing_config.v2.json, by the
// version of the Rekor that they name; and services.json, the addresses by name.
func (s *services) describe(directory string) error {
	if err := write(directory, "trusted_root.json", s.trustedRoot()); err != nil {
		return err
	}
	if err := write(directory, "signing_config.v1.json",
		s.signingConfig(s.entryLog.url, 1)); err != nil {
		return err
	}
	if err := write(directory, "signing_config.v2.json",
		s.signingConfig(s.tiles.url, 2)); err != nil {
		return err
	}
	addresses, err := json.Marshal(map[string]string{
		"people": s.people.url, "jobs": s.jobs.url, "fulcio": s.authority.url,
		"certificateLog": s.certificateLog.url, "rekor1": s.entryLog.url,
		"rekor2": s.tiles.url, "timestamps": s.timestamps.url})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(directory, "services.json"), addresses, 0o644)
}
