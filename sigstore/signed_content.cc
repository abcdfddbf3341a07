#include "signed_content.h"

#include <sealift/base/encoding.h>
#include <sealift/sigstore/simple_signing.h>

#include <algorithm>
#include <utility>

namespace sealift::sigstore {
namespace {

std::optional<Digest> to_digest(const HashOutput& hash) {
  auto digest =
      Digest::parse(std::string(crypto::to_string(hash.algorithm)) + ":" + hex_encode(hash.bytes));
  if (!digest) return std::nullopt;
  return *std::move(digest);
}

Verdict<> bad_signature(const crypto::PublicKey& key) {
  return refuse(RefusalKind::kSignature, "the signature does not fit the key " + key.fingerprint() +
                                             " and what is said to be signed");
}

// With the hashes that PublicKey::verify() takes for this key.
Verdict<> verify_by_digest(const crypto::PublicKey& key, const Artifact& artifact,
                           std::string_view signature) {
  if (key.type() == crypto::KeyType::kEd25519) {
    return refuse(RefusalKind::kUnsupported,
                  "an Ed25519 signature can't be checked against a digest; give the file itself");
  }
  std::vector<crypto::HashAlgorithm> hashes{crypto::HashAlgorithm::kSha256};
  if (key.type() == crypto::KeyType::kEcdsaP521) hashes.push_back(crypto::HashAlgorithm::kSha512);
  for (const auto algorithm : hashes) {
    const auto hash = artifact.digest(algorithm);
    const auto digest = hash ? to_digest(*hash) : std::nullopt;
    if (digest && key.verify_digest(*digest, signature)) return {};
  }
  return bad_signature(key);
}

Verdict<> verify_message(const MessageSignature& message, const Artifact& artifact,
                         const crypto::PublicKey& key) {
  const bool has_sha256 = artifact.digest(crypto::HashAlgorithm::kSha256).has_value();
  switch (key.type()) {
    case crypto::KeyType::kEcdsaP256:
    case crypto::KeyType::kRsa2048:
    case crypto::KeyType::kRsa3072:
    case crypto::KeyType::kRsa4096:
      // Nothing but SHA-256 will do, and the artifact may be large.
      if (has_sha256) return verify_by_digest(key, artifact, message.signature);
      break;
    case crypto::KeyType::kEcdsaP384:
    case crypto::KeyType::kEcdsaP521:
    case crypto::KeyType::kEd25519:
      break;
  }
  if (!artifact.bytes) return verify_by_digest(key, artifact, message.signature);
  if (!key.verify(*artifact.bytes, message.signature)) return bad_signature(key);
  return {};
}

Verdict<> check_predicate(std::string_view found, const std::optional<std::string>& wanted) {
  if (!wanted || found == *wanted) return {};
  return refuse(
      RefusalKind::kPredicateType,
      "it says " + printable(found) + " of the artifact, and asked for is " + printable(*wanted));
}

tl::unexpected<Refusal> wrong_subject(std::string_view about, const Artifact& artifact) {
  return refuse(RefusalKind::kSubject, "it is about " + printable(about) + ", not " +
                                           artifact.to_string() +
                                           ": it was copied from another artifact");
}

Verdict<> verify_payload(const SignedPayload& content, const Artifact& artifact,
                         const crypto::PublicKey& key) {
  if (!key.verify(content.payload, content.signature)) return bad_signature(key);
  SEALIFT_ASSIGN(const auto payload, or_refuse(parse_simple_signing(content.payload, "payload"),
                                               RefusalKind::kMalformed));
  if (payload.type != kSimpleSigningType) {
    return refuse(RefusalKind::kPredicateType, "the payload's type is \"" +
                                                   printable(payload.type) + "\", not \"" +
                                                   std::string(kSimpleSigningType) + "\"");
  }
  const Artifact named = Artifact::of_digest(payload.digest);
  if (artifact.digest(named.digests.front().algorithm) != named.digests.front()) {
    return wrong_subject(payload.digest.to_string(), artifact);
  }
  return {};
}

bool is_about(const Statement& statement, const Artifact& artifact) {
  return std::any_of(artifact.digests.begin(), artifact.digests.end(), [&](const auto& hash) {
    const auto digest = to_digest(hash);
    return digest && statement.is_about(*digest);
  });
}

Verdict<Statement> verify_envelope(const DsseEnvelope& envelope, const Artifact& artifact,
                                   const crypto::PublicKey& key) {
  if (!key.verify(pre_authentication_encoding(envelope.payload_type, envelope.payload),
                  envelope.signature)) {
    return tl::unexpected(bad_signature(key).error());
  }
  if (envelope.payload_type != kInTotoPayloadType) {
    return refuse(RefusalKind::kUnsupported, "the envelope holds " +
                                                 printable(envelope.payload_type) + ", not " +
                                                 std::string(kInTotoPayloadType));
  }
  SEALIFT_ASSIGN(auto statement, or_refuse(parse_statement(envelope.payload, "statement"),
                                           RefusalKind::kMalformed));
  if (!is_about(statement, artifact)) {
    const auto& other = statement.subjects.front().digests.front();
    return wrong_subject(other.first + ":" + other.second, artifact);
  }
  return statement;
}

}  // namespace

Verdict<HashOutput> match_digest(const MessageSignature& message, const Artifact& artifact,
                                 const crypto::PublicKey& key) {
  if (!message.digest) {
    if (key.type() == crypto::KeyType::kEd25519) return artifact.digests.front();
    return refuse(RefusalKind::kMalformed, "the signature names no digest of what it is about");
  }
  auto digest = artifact.digest(message.digest->algorithm);
  if (!digest) {
    return refuse(RefusalKind::kContent,
                  "the signature is about a digest by " +
                      std::string(crypto::to_string(message.digest->algorithm)) +
                      ", and given is " + artifact.to_string() + "; give the file itself");
  }
  if (*digest != *message.digest) {
    return refuse(RefusalKind::kContent,
                  "the signature is about " + std::string(crypto::to_string(digest->algorithm)) +
                      ":" + hex_encode(message.digest->bytes) + ", not " + artifact.to_string());
  }
  return *std::move(digest);
}

Verdict<std::optional<Statement>> verify_content(const SignedEvidence& evidence,
                                                 const Artifact& artifact,
                                                 const crypto::PublicKey& key,
                                                 const std::optional<std::string>& predicate_type) {
  if (const auto* envelope = evidence.envelope()) {
    SEALIFT_ASSIGN(auto statement, verify_envelope(*envelope, artifact, key));
    SEALIFT_TRY(check_predicate(statement.predicate_type, predicate_type));
    return std::optional(std::move(statement));
  }
  if (const auto* message = std::get_if<MessageSignature>(&evidence.content)) {
    SEALIFT_TRY(match_digest(*message, artifact, key));
    SEALIFT_TRY(verify_message(*message, artifact, key));
  } else {
    SEALIFT_TRY(verify_payload(std::get<SignedPayload>(evidence.content), artifact, key));
  }
  SEALIFT_TRY(check_predicate(kSignaturePredicateType, predicate_type));
  return std::optional<Statement>();
}

}  // namespace sealift::sigstore
