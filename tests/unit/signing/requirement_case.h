#pragma once

#include "signed_artifact.h"
#include "support/test_sigstore.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sealift::signing::test {

inline constexpr const char* kProvenance = "https://slsa.dev/provenance/v1";
inline constexpr const char* kIssuer = "https://token.actions.githubusercontent.com";

inline Timestamp at(const char* text) { return parse_timestamp(text).value(); }
inline const Timestamp kSigned = at("2026-06-01T12:00:00Z");
inline const Timestamp kNow = at("2026-06-02T00:00:00Z");

inline sealift::test::TestSigstore& sigstore_of_ours() {
  static sealift::test::TestSigstore sigstore;
  return sigstore;
}

inline PolicyRoot root_of(const sealift::test::TestSigstore& sigstore) {
  const std::string text = dump_json(sigstore.trusted_root());
  return {"test", Digest::of(text),
          std::make_shared<const sigstore::TrustedRoot>(
              sigstore::parse_trusted_root(text, "root").value())};
}

inline std::string workflow(const std::string& name) {
  return "https://github.com/acme/shop/.github/workflows/" + name;
}

inline NamedIdentity identity(
    std::string name, const std::string& subject,
    std::vector<std::pair<sigstore::Claim, sigstore::TextRule>> claims = {}) {
  return {std::move(name),
          {sigstore::TextRule::matching(subject).value(),
           sigstore::TextRule::exact(kIssuer).value(), std::move(claims)}};
}

inline Requirement signatures(std::vector<std::string> signers, std::uint32_t threshold = 1,
                              std::optional<Transparency> transparency = std::nullopt) {
  return {SignatureRequirement{{threshold, std::move(signers), transparency}}};
}
inline Requirement all(std::vector<Requirement> of) {
  return {Combination{Combination::Kind::kAll, std::move(of)}};
}
inline Requirement any(std::vector<Requirement> of) {
  return {Combination{Combination::Kind::kAny, std::move(of)}};
}
inline Requirement provenance(std::vector<std::string> signers, const std::string& conditions) {
  const auto json = parse_json(conditions, "conditions").value();
  return {AttestationRequirement{
      kProvenance, {.signers = std::move(signers)}, parse_conditions(&json, "c").value()}};
}

// An artifact, what was found of it, and a policy of two keys and two identities.
class RequirementCase : public testing::Test {
 protected:
  RequirementCase() {
    policy_.name = "shop";
    policy_.repositories = {"**"};
    policy_.root = root_of(sigstore_of_ours());
    policy_.identities = {identity("ci", ".*/release[.]yml"), identity("audit", ".*/audit[.]yml")};
    policy_.keys = {{"release", first_key().public_key()}, {"security", second_key().public_key()}};
    policy_.require = signatures({"ci"});
  }

  sealift::test::KeylessDraft draft(const std::string& file = "release.yml") const {
    sealift::test::KeylessDraft draft;
    draft.identity = "URI:" + workflow(file);
    draft.artifact = artifact_.bytes;
    draft.predicate_type = sigstore::kSignaturePredicateType;
    draft.time = kSigned;
    return draft;
  }
  void add(const Json& bundle, const char* location = "referrer sha256:test") {
    set_.pieces.push_back({FoundSignature::Format::kBundle, location, dump_json(bundle)});
  }
  void add(const sealift::test::KeylessDraft& what) { add(sigstore_of_ours().bundle(what)); }
  void add(const crypto::PrivateKey& key) {
    set_.pieces.push_back(bundle_for(key, artifact_.descriptor.digest));
  }
  void add_attestation(Json predicate, const std::string& file = "release.yml",
                       std::string type = kProvenance) {
    auto attestation = draft(file);
    attestation.predicate_type = std::move(type);
    attestation.predicate = std::move(predicate);
    add(attestation);
  }

  const Evidence& check(std::optional<std::string_view> tag = "") {
    outcome_ = verify({.repository = kRepository,
                       .artifact = artifact_,
                       .signatures = set_,
                       .policy = policy_,
                       .now = now_,
                       .tag = tag});
    const auto* refused = std::get_if<Refused>(&*outcome_);
    error_ = refused ? refused->error.message() : "";
    return refused ? refused->evidence : std::get<VerifiedArtifact>(*outcome_).evidence();
  }
  bool accepts(std::optional<std::string_view> tag = "") { return !check(tag).broken_rule; }
  // The names of the refusals of the pieces.
  std::vector<std::string> refusals() {
    std::vector<std::string> names;
    for (const auto& piece : check().refused) names.emplace_back(refusal_name(piece));
    return names;
  }

  oci::StoredManifest artifact_ = make_artifact({{"dev.sealift.sequence", "1"}});
  SignatureSet set_;
  TrustPolicy policy_;
  Timestamp now_ = kNow;
  std::optional<std::variant<VerifiedArtifact, Refused>> outcome_;
  std::string error_;
};

}  // namespace sealift::signing::test
