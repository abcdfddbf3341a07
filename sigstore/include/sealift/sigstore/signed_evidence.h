#pragma once

#include <sealift/crypto/certificate.h>
#include <sealift/sigstore/dsse.h>
#include <sealift/sigstore/log_entry.h>
#include <sealift/sigstore/log_entry_body.h>

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sealift::sigstore {

inline constexpr std::size_t kMaxTimestamps = 32;
inline constexpr std::size_t kMaxEvidenceCertificates = 10;

// A signature over the artifact's own bytes (protobuf-specs, sigstore_common.proto).
struct MessageSignature {
  std::string signature;
  // Of the artifact, as the signer says. Cosign writes none for Ed25519, which hashes by itself.
  std::optional<HashOutput> digest;
};

// A signature over the payload of simple_signing.h, which names the artifact.
struct SignedPayload {
  std::string signature;
  std::string payload;
};

// A signature with all that is stored beside it to speak for it, in whichever form it was stored.
// Read, and not believed in any part.
struct SignedEvidence {
  enum class Form {
    kBundle01,
    kBundle02,
    kBundle03,
    kClassic,  // cosign's layers and annotations
  };
  Form form = Form::kBundle03;

  // Who signed: the signer's certificate, and behind it those of its issuers that were brought
  // along; none where a key signed.
  std::vector<crypto::Certificate> certificates;
  std::string key_hint;  // which key (PublicKey::hint()), where the form says it

  std::vector<LogEntry> log_entries;
  std::vector<std::string> timestamps;  // TimeStampResp of RFC 3161, in DER

  std::variant<MessageSignature, SignedPayload, DsseEnvelope> content;
  // An envelope's own JSON where it is kept byte for byte: the classic form.
  std::optional<std::string> envelope_json;

  const std::string& signature() const;
  const DsseEnvelope* envelope() const { return std::get_if<DsseEnvelope>(&content); }
  const crypto::Certificate* certificate() const {
    return certificates.empty() ? nullptr : &certificates.front();
  }
};

}  // namespace sealift::sigstore
