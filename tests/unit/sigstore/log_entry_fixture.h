#pragma once

#include "support/certificate_builder.h"
#include "support/log_bodies.h"
#include "support/test_log.h"

#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/sigstore/log_entry_verification.h>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace sealift::sigstore::test {

using sealift::test::LoggedSigner;
using sealift::test::TestKey;
using sealift::test::TestLog;

inline const Timestamp kLogged = parse_timestamp("2026-06-01T12:00:00Z").value();

// Who signs in these tests, once with a certificate and once with the key alone.
struct TestSigner {
  explicit TestSigner(bool with_certificate, TestKey signing_key = TestKey::ec(),
                      std::string key_details = "PKIX_ECDSA_P256_SHA_256")
      : issued(sealift::test::self_signed(sealift::test::leaf_draft(), signing_key)),
        key(crypto::PublicKey::from_der(signing_key.public_der(), "key").value()) {
    if (with_certificate) certificate = crypto::Certificate::from_der(issued.der, "leaf").value();
    logged = {with_certificate ? issued.der : key.der(), with_certificate, std::move(key_details)};
  }

  sealift::test::IssuedCertificate issued;
  crypto::PublicKey key;
  std::optional<crypto::Certificate> certificate;
  LoggedSigner logged;
};

// A signature over a message or an envelope, and the body that a log keeps for it.
struct TestSignature {
  // `kind` says which of the two it is over; Rekor 2's hashedrekord is over the envelope where
  // `in_envelope`.
  TestSignature(const TestSigner& by, LogEntryKind kind, const std::string& text,
                bool in_envelope = false)
      : signer(&by), signature("signature of " + text) {
    const std::string json = "{\"payload\":\"" + text + "\"}";
    const std::string hash = Digest::of(text).raw();
    if (kind == LogEntryKind::kHashedRekord001) {
      message = text;
      body = sealift::test::hashed_rekord_001(by.logged, signature, hash);
    } else if (kind == LogEntryKind::kHashedRekord002 && !in_envelope) {
      message = text;
      body = sealift::test::hashed_rekord_002(by.logged, signature, hash);
    } else {
      envelope = DsseEnvelope{"application/vnd.in-toto+json", text, signature};
      envelope_json = json;
      const std::string encoded = pre_authentication_encoding(envelope->payload_type, text);
      if (kind == LogEntryKind::kDsse001) {
        body = sealift::test::dsse_001(by.logged, signature, text, json);
      } else if (kind == LogEntryKind::kIntoto002) {
        body = sealift::test::intoto_002(by.logged, signature, text, json);
      } else if (kind == LogEntryKind::kHashedRekord002) {
        body = sealift::test::hashed_rekord_002(by.logged, signature, Digest::of(encoded).raw());
      } else {
        body = sealift::test::dsse_002(by.logged, signature, text);
      }
    }
  }

  LoggedSignature expected() const {
    LoggedSignature result{
        .signature = signature,
        .key = &signer->key,
        .certificate = signer->certificate ? &*signer->certificate : nullptr,
        .envelope = envelope ? &*envelope : nullptr,
    };
    if (message) result.message = *message;
    if (envelope) result.envelope_json = envelope_json;
    return result;
  }

  const TestSigner* signer;
  std::string signature;
  std::optional<std::string> message;
  std::optional<DsseEnvelope> envelope;
  std::string envelope_json;
  std::string body;
};

inline TestLog::Make make_of(LogEntryKind kind) {
  return generation_of(kind) == LogGeneration::kTiles ? TestLog::Make::kTiles
                                                      : TestLog::Make::kRekor1;
}

// The evidence without which an entry of this kind is nothing.
inline LogEvidence evidence_of(LogEntryKind kind) {
  return make_of(kind) == TestLog::Make::kTiles ? LogEvidence::kProof : LogEvidence::kPromise;
}

inline constexpr LogEntryKind kAllKinds[] = {
    LogEntryKind::kHashedRekord001, LogEntryKind::kDsse001, LogEntryKind::kIntoto002,
    LogEntryKind::kHashedRekord002, LogEntryKind::kDsse002};

inline TrustedRoot root_of(const std::vector<const TestLog*>& logs) {
  return parse_trusted_root(dump_json(sealift::test::trusted_root_of(logs)), "root").value();
}

// Reads an entry as a bundle's reader does, and verifies it.
inline Verdict<ProvenLogEntry> verify_json(const Json& entry, const LoggedSignature& expected,
                                           const TrustedRoot& root, LogEvidence required) {
  SEALIFT_ASSIGN(const auto read, log_entry_from_json(entry, "entry"));
  return verify_log_entry(read, expected, root, required);
}

// "accepted", or the kind of refusal.
template <typename T>
std::string outcome(const Verdict<T>& verdict) {
  return verdict ? "accepted" : std::string(to_string(verdict.error().kind));
}

}  // namespace sealift::sigstore::test
