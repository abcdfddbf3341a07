#include <sealift/keyless/artifact_signing.h>
#include <sealift/sigstore/bundle.h>

#include <algorithm>
#include <utility>

#include "attested_signature.h"

namespace sealift::keyless {
namespace {

using sigstore::DsseEnvelope;
using sigstore::SignedEvidence;

// What is stored, and how it reads there.
struct StoredForm {
  std::string content;
  sigstore::ClassicAnnotations annotations;
};

bool is_classic(ArtifactForm form) { return form != ArtifactForm::kBundle; }

Result<> check_size(const ArtifactContent& content, std::size_t size) {
  if (size <= sigstore::kMaxSignatureBytes) return {};
  return fail(ErrorCode::kInvalidInput,
              "what is stated takes " + std::to_string(size) +
                  " bytes with its signature, and verifiers read " +
                  std::to_string(sigstore::kMaxSignatureBytes) +
                  (content.predicate_type == sigstore::kSignaturePredicateType
                       ? ""
                       : ": state less of it, or the place where the whole is"));
}

// What a classic form has no place for is refused before anybody is asked.
Result<> check_services(ArtifactForm form, const SigningServices& services) {
  if (!is_classic(form)) return {};
  if (services.logs.size() > 1 || services.timestamp_authorities.size() > 1) {
    return fail(ErrorCode::kInvalidInput,
                "cosign's classic storage holds one log entry and one time stamp, and the signing "
                "config asks for more: store a bundle");
  }
  for (const auto& log : services.logs) {
    if (log.api_version == 1) continue;
    return fail(ErrorCode::kInvalidInput,
                "cosign's classic storage holds a log's promise, and " + url_for_message(log.url) +
                    ", of Rekor " + std::to_string(log.api_version) +
                    ", gives none: store a bundle, or name a log of Rekor 1");
  }
  return {};
}

// What verifiers would not read is not sent to a log either.
Result<> check_statement(const ArtifactContent& content) {
  SEALIFT_TRY(check_size(content, content.bytes.size()));
  SEALIFT_TRY(sigstore::parse_statement(content.bytes, "the statement"));
  return {};
}

Result<SignedEvidence> sign_payload(const ArtifactContent& content, const SigningKey& signer,
                                    const SigningServices& services, const Environment& environment,
                                    std::stop_token stop) {
  SEALIFT_ASSIGN(auto made,
                 sign_bytes(content.bytes, signer.key,
                            services.logs.empty() ? SignatureHash::kSha256 : SignatureHash::kOwn));
  SEALIFT_ASSIGN(auto evidence, collect_evidence(signer, made, made.signature, std::nullopt,
                                                 services, environment, std::move(stop)));
  evidence.content = sigstore::SignedPayload{std::move(made.signature), content.bytes};
  return evidence;
}

// Rekor 1 checks envelopes by SHA-256 with every key, unlike everything else; Rekor 2 has no idea
// of envelopes, and wants the key's own hash.
SignatureHash envelope_hash(const SigningServices& services) {
  const bool needs_own = std::any_of(services.logs.begin(), services.logs.end(),
                                     [](const auto& log) { return log.api_version > 1; });
  return needs_own ? SignatureHash::kOwn : SignatureHash::kSha256;
}

Result<SignedEvidence> sign_statement(const ArtifactContent& content, const SigningKey& signer,
                                      const SigningServices& services,
                                      const Environment& environment, std::stop_token stop) {
  SEALIFT_TRY(check_statement(content));
  DsseEnvelope envelope{std::string(sigstore::kInTotoPayloadType), content.bytes, {}};
  SEALIFT_ASSIGN(auto made, sign_bytes(sigstore::pre_authentication_encoding(envelope.payload_type,
                                                                             envelope.payload),
                                       signer.key, envelope_hash(services)));
  envelope.signature = made.signature;
  const std::string json = dump_json(sigstore::to_json(envelope));
  SEALIFT_TRY(check_size(content, json.size()));
  // In the classic form the whole envelope is stamped, otherwise the signature.
  const std::string& stamped = is_classic(content.form) ? json : made.signature;
  SEALIFT_ASSIGN(auto evidence, collect_evidence(signer, made, stamped, json, services, environment,
                                                 std::move(stop)));
  evidence.content = std::move(envelope);
  if (is_classic(content.form)) evidence.envelope_json = json;
  return evidence;
}

Result<StoredForm> write(const ArtifactContent& content, const SignedEvidence& evidence) {
  if (!is_classic(content.form)) return StoredForm{sigstore::serialize_bundle(evidence), {}};
  SEALIFT_ASSIGN(auto layer, sigstore::write_classic_layer(evidence));
  return StoredForm{std::move(layer.content), std::move(layer.annotations)};
}

sigstore::Verdict<SignedEvidence> read(ArtifactForm form, const StoredForm& stored) {
  switch (form) {
    case ArtifactForm::kBundle:
      return sigstore::parse_bundle(stored.content, "the bundle");
    case ArtifactForm::kClassicAttestation:
      return sigstore::parse_classic_attestation(stored.content, stored.annotations, "the layer");
    case ArtifactForm::kClassicSignature:
      break;
  }
  return sigstore::parse_classic_signature(stored.content, stored.annotations, "the layer");
}

}  // namespace

Result<SignedArtifact> sign_artifact(const ArtifactContent& content, const Signatory& signatory,
                                     const SigningServices& services,
                                     const sigstore::TrustedRoot& root,
                                     const Environment& environment, std::stop_token stop) {
  SEALIFT_TRY(check_services(content.form, services));
  SEALIFT_ASSIGN(const auto signer, prepare_key(signatory, services, environment, stop));
  SEALIFT_ASSIGN(const auto evidence,
                 (content.form == ArtifactForm::kClassicSignature ? sign_payload : sign_statement)(
                     content, signer, services, environment, std::move(stop)));
  SEALIFT_ASSIGN(auto stored, write(content, evidence));
  SEALIFT_TRY(check_size(content, stored.content.size()));
  SEALIFT_ASSIGN_CONTEXT(const auto written, read(content.form, stored), kUnverified);
  SEALIFT_ASSIGN(auto verified, verify_made(written, sigstore::Artifact::of_digest(content.digest),
                                            content.predicate_type, signer, services, root,
                                            environment.clock.now()));
  return SignedArtifact{std::move(stored.content), std::move(stored.annotations),
                        std::move(verified)};
}

}  // namespace sealift::keyless
