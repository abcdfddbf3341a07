#include "artifact_signer.h"

#include <sealift/base/encoding.h>
#include <sealift/sigstore/simple_signing.h>
#include <sealift/sigstore/statement.h>
#include <sealift/sigstore/verification_report.h>

#include <algorithm>
#include <utility>

#include "key_argument.h"

namespace sealift::program {
namespace {

using keyless::ArtifactForm;
using keyless::SignerKind;
// What asking for a certificate may take.
constexpr std::chrono::seconds kSpareTime{30};

using Format = signing::FoundSignature::Format;

Format format_of(ArtifactForm form) {
  switch (form) {
    case ArtifactForm::kBundle:
      return Format::kBundle;
    case ArtifactForm::kClassicAttestation:
      return Format::kAttestation;
    case ArtifactForm::kClassicSignature:
      break;
  }
  return Format::kSimpleSigning;
}

std::string signer_of(const Signed& made) {
  if (made.identity.empty()) return "by key " + made.key;
  return "by " + printable(made.identity, 400) + " (" + printable(made.issuer, 400) + ")";
}

void report(std::string_view step, const std::string& what, const Signed& made,
            const Output& output) {
  output.step(step, what + signer_of(made) + ", stored as " + made.descriptor.digest.to_string());
  if (!made.replacement) return;
  for (const auto& location : made.replacement->replaced) {
    output.step("replaced", printable(location, 400));
  }
}

Signed describe(const sigstore::VerifiedSignature& verified, oci::Descriptor stored,
                bool has_services) {
  Signed result{verified.key.fingerprint(), {}, {}, std::move(stored), std::nullopt};
  if (const auto& signer = verified.signer) {
    result.identity = signer->identity.name.value;
    result.issuer = signer->identity.issuer;
  }
  if (has_services) result.verified = sigstore::to_json(verified);
  return result;
}

signing::MadeSignature to_store(const keyless::ArtifactContent& content,
                                keyless::SignedArtifact made) {
  return {format_of(content.form), std::move(made.content), std::move(made.annotations),
          content.predicate_type};
}

keyless::ArtifactContent signature_content(const oci::Reference& reference, const Digest& digest,
                                           signing::SignatureStorage storage) {
  const std::string type(sigstore::kSignaturePredicateType);
  if (storage == signing::SignatureStorage::kBundle) {
    return {ArtifactForm::kBundle, sigstore::signature_statement(digest), type, digest};
  }
  return {ArtifactForm::kClassicSignature,
          sigstore::serialize_simple_signing(reference.name(), digest), type, digest};
}

}  // namespace

Json to_json(const std::vector<Signed>& signatures) {
  Json all = Json::array();
  for (const auto& signature : signatures) {
    Json json;
    json.set("key", signature.key);
    if (!signature.identity.empty()) {
      json.set("identity", signature.identity);
      json.set("issuer", signature.issuer);
    }
    json.set("digest", signature.descriptor.digest.to_string());
    if (signature.verified) json.set("verified", *signature.verified);
    if (const auto& replacement = signature.replacement) {
      Json& replaced = json.set("replaced", Json::array());
      for (const auto& location : replacement->replaced) replaced.push_back(location);
    }
    all.push_back(std::move(json));
  }
  return all;
}

void tell_signed(const std::vector<Signed>& signatures, const Output& output) {
  for (const auto& made : signatures) report("signed", "", made, output);
}

void tell_attested(const std::string& predicate_type, const std::vector<Signed>& attestations,
                   const Output& output) {
  for (const auto& made : attestations) {
    report("attested", printable(predicate_type, 200) + " ", made, output);
  }
}

Result<> check_replaced(const std::vector<Signed>& signatures) {
  for (const auto& made : signatures) {
    if (!made.replacement || !made.replacement->left) continue;
    return fail(Error(*made.replacement->left)
                    .with_context("the new attestation is stored as " +
                                  made.descriptor.digest.to_string() + ", beside an older one"));
  }
  return {};
}

Result<ArtifactSigner> ArtifactSigner::open(const SigningFlags& flags,
                                            const Surroundings& surroundings) {
  ArtifactSigner signer;
  signer.storage_ =
      flags.storage == "tag" ? signing::SignatureStorage::kTag : signing::SignatureStorage::kBundle;
  signer.service_flags_ = flags.services;
  const bool has_own_root = !flags.trusted_root_file.empty();
  for (const auto& argument : flags.keys) {
    SEALIFT_ASSIGN(auto key, load_private_key(argument, flags.password, surroundings.stop));
    SEALIFT_ASSIGN(auto services, load_signing_services(*flags.services, SignerKind::kKey,
                                                        has_own_root, surroundings));
    signer.seats_.push_back({std::move(key), std::move(services)});
  }
  if (flags.by_identity) {
    SEALIFT_ASSIGN(auto services, load_signing_services(*flags.services, SignerKind::kIdentity,
                                                        has_own_root, surroundings));
    SEALIFT_ASSIGN(auto token,
                   load_identity_token(*flags.services, surroundings, services.identity_provider));
    signer.seats_.push_back({std::nullopt, std::move(services), std::move(token)});
  }
  LoadedRoot root;
  const bool asks = std::any_of(signer.seats_.begin(), signer.seats_.end(),
                                [](const Seat& seat) { return !asks_nobody(seat.services); });
  if (asks) {
    SEALIFT_ASSIGN(root, load_trusted_root(flags.trusted_root_file));
  }
  signer.root_ = std::make_shared<const LoadedRoot>(std::move(root));
  return signer;
}

Result<keyless::SignedArtifact> ArtifactSigner::make(const keyless::ArtifactContent& content,
                                                     const Seat& seat,
                                                     const Surroundings& surroundings) const {
  const auto signatory = [&]() -> Result<keyless::Signatory> {
    if (seat.key) return *seat.key;
    // Tokens live for minutes, and a build may take longer.
    const auto now = surroundings.machine.repositories().clock.now();
    if (seat.token->expires > now + kSpareTime) return *seat.token;
    SEALIFT_ASSIGN(auto token, load_identity_token(*service_flags_, surroundings,
                                                   seat.services.identity_provider));
    return keyless::Signatory(std::move(token));
  };
  SEALIFT_ASSIGN(const auto who, signatory());
  return keyless::sign_artifact(content, who, seat.services, root_->root,
                                signing_environment(surroundings), surroundings.stop);
}

Result<std::optional<oci::Descriptor>> ArtifactSigner::find_own(
    const Seat& seat, oci::Repository& repository, const Digest& digest,
    const Surroundings& surroundings) const {
  if (!seat.key) return std::nullopt;
  signing::EarlierSignature wanted{.key = seat.key->public_key(),
                                   .logs = seat.services.logs.size(),
                                   .timestamps = seat.services.timestamp_authorities.size()};
  if (!asks_nobody(seat.services)) wanted.root = policy_root(*root_);
  return signing::find_signature(repository, digest, wanted, storage_,
                                 surroundings.machine.repositories().clock.now(),
                                 surroundings.stop);
}

Result<Signed> ArtifactSigner::sign_by(const Seat& seat, oci::Repository& repository,
                                       const oci::Reference& reference,
                                       const oci::Descriptor& subject,
                                       const Surroundings& surroundings) const {
  SEALIFT_ASSIGN(auto own, find_own(seat, repository, subject.digest, surroundings));
  if (own) {
    return Signed{seat.key->public_key().fingerprint(), {}, {}, *std::move(own), std::nullopt};
  }
  const auto content = signature_content(reference, subject.digest, storage_);
  SEALIFT_ASSIGN(auto made, make(content, seat, surroundings));
  const auto verified = made.verified;
  SEALIFT_ASSIGN(
      auto stored,
      signing::store_signature(repository, subject, to_store(content, std::move(made)),
                               surroundings.machine.repositories().clock.now(), surroundings.stop));
  return describe(verified, std::move(stored), !asks_nobody(seat.services));
}

Result<bool> ArtifactSigner::has_signed(oci::Repository& repository, const Digest& digest,
                                        const Surroundings& surroundings) const {
  for (const auto& seat : seats_) {
    SEALIFT_ASSIGN(const auto own, find_own(seat, repository, digest, surroundings));
    if (!own) return false;
  }
  return true;
}

Result<std::vector<Signed>> ArtifactSigner::sign(oci::Repository& repository,
                                                 const oci::Reference& reference,
                                                 const oci::Descriptor& subject,
                                                 const Surroundings& surroundings) const {
  std::vector<Signed> result;
  for (const auto& seat : seats_) {
    SEALIFT_ASSIGN_CONTEXT(auto made, sign_by(seat, repository, reference, subject, surroundings),
                           "signing " + subject.digest.to_string());
    result.push_back(std::move(made));
  }
  return result;
}

// Whoever made a signature, as the only signer of a policy. What a log says of older ones is not
// asked.
signing::TrustPolicy ArtifactSigner::policy_for(const sigstore::VerifiedSignature& verified) const {
  auto policy = signing::policy_for_key(verified.key, "own");
  if (!verified.signer) return policy;
  const auto& identity = verified.signer->identity;
  policy.keys.clear();
  // Neither is empty in what was verified.
  policy.identities = {{"own",
                        {sigstore::TextRule::exact(identity.name.value).value(),
                         sigstore::TextRule::exact(identity.issuer).value()}}};
  policy.root = policy_root(*root_);
  std::get<signing::SignatureRequirement>(policy.require.rule).quorum.transparency =
      signing::Transparency::kPreferred;
  return policy;
}

Result<Signed> ArtifactSigner::attest_by(const Seat& seat, const keyless::ArtifactContent& content,
                                         const Attestation& attestation,
                                         oci::Repository& repository,
                                         const oci::Descriptor& subject,
                                         const Surroundings& surroundings) const {
  SEALIFT_ASSIGN(auto made, make(content, seat, surroundings));
  const auto verified = made.verified;
  const bool has_services = !asks_nobody(seat.services);
  const auto to_be_stored = to_store(content, std::move(made));
  const auto now = surroundings.machine.repositories().clock.now();
  if (!attestation.replaces) {
    SEALIFT_ASSIGN(auto stored, signing::store_signature(repository, subject, to_be_stored, now,
                                                         surroundings.stop));
    return describe(verified, std::move(stored), has_services);
  }
  SEALIFT_ASSIGN(auto replacement,
                 signing::replace_attestations(repository, subject, to_be_stored,
                                               {policy_for(verified), attestation.same_matter}, now,
                                               surroundings.stop));
  auto result = describe(verified, replacement.stored, has_services);
  result.replacement = std::move(replacement);
  return result;
}

Result<std::vector<Signed>> ArtifactSigner::attest(oci::Repository& repository,
                                                   const oci::Reference& reference,
                                                   const oci::Descriptor& subject,
                                                   Attestation attestation,
                                                   const Surroundings& surroundings) const {
  const std::string& type = attestation.predicate_type;
  const keyless::ArtifactContent content{
      storage_ == signing::SignatureStorage::kBundle ? ArtifactForm::kBundle
                                                     : ArtifactForm::kClassicAttestation,
      sigstore::attestation_statement(reference.name(), subject.digest, type,
                                      std::move(attestation.predicate)),
      type, subject.digest};
  std::vector<Signed> result;
  for (const auto& seat : seats_) {
    SEALIFT_ASSIGN_CONTEXT(auto made,
                           attest_by(seat, content, attestation, repository, subject, surroundings),
                           "attesting " + type + " of " + subject.digest.to_string());
    result.push_back(std::move(made));
  }
  return result;
}

}  // namespace sealift::program
