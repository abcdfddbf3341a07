#include "signed_artifact.h"
#include "support/test_sigstore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What policies ask for beyond signatures by keys: certified identities, transparency, proven
// times, attestations, combinations.
namespace sealift::signing {
namespace {

using sealift::test::KeylessDraft;
using sealift::test::TestKey;
using sealift::test::TestSigstore;
using sigstore::Claim;
using sigstore::TextRule;
using test::make_artifact;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kProvenance = "https://slsa.dev/provenance/v1";
constexpr const char* kIssuer = "https://token.actions.githubusercontent.com";

Timestamp at(const char* text) { return parse_timestamp(text).value(); }
const Timestamp kSigned = at("2026-06-01T12:00:00Z");
const Timestamp kNow = at("2026-06-02T00:00:00Z");

TestSigstore& sigstore_of_ours() {
  static TestSigstore sigstore;
  return sigstore;
}

PolicyRoot root_of(const TestSigstore& sigstore) {
  const std::string text = dump_json(sigstore.trusted_root());
  return {"test", Digest::of(text),
          std::make_shared<const sigstore::TrustedRoot>(
              sigstore::parse_trusted_root(text, "root").value())};
}

std::string workflow(const std::string& name) {
  return "https://github.com/acme/shop/.github/workflows/" + name;
}

NamedIdentity identity(std::string name, const std::string& subject,
                       std::vector<std::pair<Claim, TextRule>> claims = {}) {
  return {
      std::move(name),
      {TextRule::matching(subject).value(), TextRule::exact(kIssuer).value(), std::move(claims)}};
}

Requirement signatures(std::vector<std::string> signers, std::uint32_t threshold = 1,
                       std::optional<Transparency> transparency = std::nullopt) {
  return {SignatureRequirement{{threshold, std::move(signers), transparency}}};
}
Requirement all(std::vector<Requirement> of) {
  return {Combination{Combination::Kind::kAll, std::move(of)}};
}
Requirement any(std::vector<Requirement> of) {
  return {Combination{Combination::Kind::kAny, std::move(of)}};
}
Requirement provenance(std::vector<std::string> signers, const std::string& conditions) {
  const auto json = parse_json(conditions, "conditions").value();
  return {AttestationRequirement{
      kProvenance, {.signers = std::move(signers)}, parse_conditions(&json, "c").value()}};
}

class VerifyRequirements : public testing::Test {
 protected:
  VerifyRequirements() {
    policy_.name = "shop";
    policy_.repositories = {"**"};
    policy_.root = root_of(sigstore_of_ours());
    policy_.identities = {identity("ci", ".*/release[.]yml"), identity("audit", ".*/audit[.]yml")};
    policy_.keys = {{"release", test::first_key().public_key()},
                    {"security", test::second_key().public_key()}};
    policy_.require = signatures({"ci"});
  }

  KeylessDraft draft(const std::string& file = "release.yml") const {
    KeylessDraft draft;
    draft.identity = "URI:" + workflow(file);
    draft.artifact = artifact_.bytes;
    draft.predicate_type = sigstore::kSignaturePredicateType;
    draft.time = kSigned;
    return draft;
  }
  void add(const Json& bundle, const char* location = "referrer sha256:test") {
    set_.pieces.push_back({FoundSignature::Format::kBundle, location, dump_json(bundle)});
  }
  void add(const KeylessDraft& what) { add(sigstore_of_ours().bundle(what)); }
  void add(const crypto::PrivateKey& key) {
    set_.pieces.push_back(test::bundle_for(key, artifact_.descriptor.digest));
  }
  void add_attestation(Json predicate, const std::string& file = "release.yml",
                       std::string type = kProvenance) {
    auto attestation = draft(file);
    attestation.predicate_type = std::move(type);
    attestation.predicate = std::move(predicate);
    add(attestation);
  }

  const Evidence& check(std::optional<std::string_view> tag = "") {
    outcome_ = verify({.repository = test::kRepository,
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

TEST_F(VerifyRequirements, AcceptsAnIdentityAndSaysWhatJustifiesIt) {
  add(draft());
  const auto& evidence = check();
  ASSERT_FALSE(evidence.broken_rule) << error_;
  ASSERT_THAT(evidence.accepted, SizeIs(1));
  const auto& accepted = evidence.accepted[0];
  EXPECT_EQ(accepted.signer, "ci");
  EXPECT_EQ(accepted.identity.value().name.value, workflow("release.yml"));
  EXPECT_EQ(accepted.identity->issuer, kIssuer);
  ASSERT_THAT(accepted.logs, SizeIs(1));
  EXPECT_EQ(accepted.logs[0].log, "https://rekor.example.com");
  EXPECT_EQ(accepted.logs[0].time, kSigned);
  ASSERT_THAT(accepted.timestamps, SizeIs(1));
  EXPECT_EQ(accepted.signed_at, kSigned);

  const Json json = to_json(evidence);
  EXPECT_EQ(json.string_at({"root", "name"}), "test");
  EXPECT_EQ(json.string_at({"root", "digest"}), policy_.root->digest.to_string());
  const Json& first = json.find("accepted")->as_array()->at(0);
  EXPECT_EQ(first.string_at({"identity", "issuer"}), kIssuer);
  EXPECT_EQ(first.string_at({"identity", "extensions", "sourceRepositoryRef"}), "refs/heads/main");
  EXPECT_EQ(first.string_at({"signedAt"}), "2026-06-01T12:00:00Z");
  EXPECT_EQ(*json.find_path({"requirements", "met"})->as_bool(), true);
  EXPECT_THAT(describe(evidence), HasSubstr("log: https://rekor.example.com, entry "));
}

TEST_F(VerifyRequirements, ReadsIdentitiesFromClassicStorage) {
  const auto layer = sigstore_of_ours().classic_layer([&] {
    auto signature = draft();
    signature.predicate_type.clear();
    return signature;
  }());
  set_.pieces.push_back(
      {FoundSignature::Format::kSimpleSigning, "tag, layer 0", layer.content, layer.annotations});
  EXPECT_TRUE(accepts()) << error_;
  policy_.require = provenance({"ci"}, R"([{"path":"/builder","equals":"ours"}])");
  auto attestation = draft();
  attestation.predicate_type = kProvenance;
  const auto attested = sigstore_of_ours().classic_layer(attestation);
  set_.pieces.push_back({FoundSignature::Format::kAttestation, "tag .att, layer 0",
                         attested.content, attested.annotations});
  const auto& evidence = check();
  EXPECT_FALSE(evidence.broken_rule) << error_;
  EXPECT_EQ(evidence.accepted.at(0).format, "attestation");
}

TEST_F(VerifyRequirements, NamesWhatAnIdentityLacks) {
  const struct {
    NamedIdentity wanted;
    const char* kind;
    const char* reason;
  } kCases[] = {
      {identity("ci", ".*/other[.]yml"), "identity", "as \"ci\": the signer is"},
      {identity("ci", "release[.]yml"), "identity", "text that matches"},
      {identity("ci", ".*", {{Claim::kSourceRepositoryRef, TextRule::exact("x").value()}}),
       "extension", "refs/heads/main"},
      {identity("ci", ".*", {{Claim::kRunnerEnvironment, TextRule::matching(".*").value()}}),
       "extension", "no runnerEnvironment"},
      {{"ci", {TextRule::matching(".*").value(), TextRule::exact("https://evil").value()}},
       "issuer",
       kIssuer},
  };
  add(draft());
  for (const auto& test : kCases) {
    policy_.identities[0] = test.wanted;
    const auto& evidence = check();
    EXPECT_EQ(evidence.broken_rule, PolicyRule::kThreshold);
    ASSERT_THAT(evidence.refused, SizeIs(1));
    EXPECT_EQ(refusal_name(evidence.refused[0]), "unknown_identity");
    EXPECT_EQ(to_string(evidence.refused[0].kind.value()), test.kind);
    EXPECT_THAT(evidence.refused[0].reason, HasSubstr(test.reason));
  }
}

TEST_F(VerifyRequirements, TellsEvidenceThatDoesNotHoldByItsRule) {
  auto changed = [&](auto change) {
    auto what = draft();
    change(what);
    set_.pieces.clear();
    add(what);
    return refusals();
  };
  EXPECT_THAT(changed([](auto& d) { d.in_certificate_log = false; }), ElementsAre("sct_missing"));
  EXPECT_THAT(changed([](auto& d) { d.usage = "emailProtection"; }), ElementsAre("key_usage"));
  EXPECT_THAT(changed([](auto& d) { d.stamped = at("2026-06-01T13:00:00Z"); }),
              ElementsAre("certificate_expired"));
  EXPECT_THAT(changed([](auto& d) { d.artifact = "another"; }), ElementsAre("wrong_subject"));
  policy_.root = root_of(TestSigstore());
  EXPECT_THAT(changed([](auto&) {}), ElementsAre("log_unknown"));
}

TEST_F(VerifyRequirements, CountsSignersMofN) {
  const auto names = [&](std::uint32_t threshold) {
    return signatures({"release", "security", "ci"}, threshold);
  };
  add(test::first_key());
  policy_.require = names(1);
  EXPECT_TRUE(accepts()) << error_;
  policy_.require = names(2);
  EXPECT_FALSE(accepts());
  EXPECT_THAT(error_, HasSubstr("2 of 3 signers are needed; \"release\" signed; \"security\" or "
                                "\"ci\" could"));
  add(draft());
  EXPECT_TRUE(accepts()) << error_;
  policy_.require = names(3);
  EXPECT_FALSE(accepts());
  EXPECT_THAT(error_, HasSubstr("\"release\" and \"ci\" signed; \"security\" could"));
  add(test::second_key());
  EXPECT_TRUE(accepts()) << error_;
}

TEST_F(VerifyRequirements, OneCertificateIsOneSigner) {
  policy_.identities = {identity("ci", ".*/release[.]yml"), identity("anybody", ".*")};
  policy_.require = signatures({"ci", "anybody"}, 2);
  add(draft());
  EXPECT_FALSE(accepts()) << "one certificate, two names";
  add(draft());
  EXPECT_FALSE(accepts()) << "another certificate of the same identity";
  add(draft("audit.yml"));
  const auto& evidence = check();
  EXPECT_FALSE(evidence.broken_rule) << error_;
  EXPECT_THAT(evidence.requirements.value().votes, SizeIs(2));
}

TEST_F(VerifyRequirements, OnlyNamedSignersCount) {
  policy_.require = signatures({"release"});
  add(test::second_key());
  EXPECT_FALSE(accepts());
  EXPECT_THAT(refusals(), ElementsAre("not_asked"));
}

TEST_F(VerifyRequirements, CombinesRequirements) {
  const auto release = signatures({"release"});
  const auto security = signatures({"security"});
  const auto ci = signatures({"ci"});
  const struct {
    Requirement require;
    const char* missing;  // null: accepted
  } kCases[] = {
      {all({release, ci}), nullptr},
      {all({release, security}), "1 of 1 signer is needed; nobody signed; \"security\" could"},
      {any({security, ci}), nullptr},
      {any({security, signatures({"audit"})}), "one of these is missing: "},
      {all({any({security, release}), any({ci, signatures({"audit"})})}), nullptr},
      {all({any({security, release}), signatures({"audit"})}), "\"audit\" could"},
      {any({all({security, release}), all({release, ci})}), nullptr},
      {any({all({security, release}), all({security, ci})}), "; or "},
      {all({}), ""},
      {any({}), ""},
  };
  add(test::first_key());
  add(draft());
  for (const auto& test : kCases) {
    policy_.require = test.require;
    const auto& evidence = check();
    ASSERT_EQ(!evidence.broken_rule, test.missing == nullptr) << error_;
    if (test.missing == nullptr) continue;
    EXPECT_EQ(evidence.broken_rule, PolicyRule::kRequirement);
    EXPECT_THAT(error_, HasSubstr(test.missing));
    EXPECT_EQ(to_json(evidence).find("threshold")->as_int64(), 0);
  }
}

TEST_F(VerifyRequirements, AttestationsMustSayWhatIsAsked) {
  policy_.require =
      all({signatures({"release"}), provenance({"ci"}, R"([{"path":"/branch","equals":"main"}])")});
  add(test::first_key());
  EXPECT_FALSE(accepts());
  EXPECT_THAT(error_, HasSubstr("an attestation https://slsa.dev/provenance/v1 by 1 of 1 signer "
                                "is needed; nobody made one that counts; \"ci\" could"));
  add_attestation(Json::Object{{"branch", "main"}}, "audit.yml");
  EXPECT_FALSE(accepts()) << "by another signer";
  add_attestation(Json::Object{{"branch", "main"}}, "release.yml", "https://spdx.dev/Document");
  EXPECT_FALSE(accepts()) << "of another type";
  add_attestation(Json::Object{{"branch", "feature"}});
  EXPECT_FALSE(accepts());
  EXPECT_THAT(refusals(), ElementsAre("not_a_signature", "not_a_signature", "condition"));
  EXPECT_THAT(check().refused.at(2).reason,
              HasSubstr("the attestation's field \"/branch\" is \"feature\", not \"main\""));
  add_attestation(Json::Object{{"branch", "main"}});
  EXPECT_TRUE(accepts()) << error_;
  set_.pieces.erase(set_.pieces.begin());
  EXPECT_FALSE(accepts()) << "an attestation is no signature";
}

TEST_F(VerifyRequirements, TransparencyIsRequiredPreferredOrWaived) {
  const auto by_key = [&] {
    auto what = draft();
    static const auto key = TestKey::ec();
    what.key = key;
    policy_.keys = {{"release", crypto::PublicKey::from_der(key.public_der(), "key").value()}};
    return sigstore_of_ours().bundle(what);
  };
  const auto without_log = [](Json bundle) {
    bundle.find("verificationMaterial")->set("tlogEntries", Json::array());
    return bundle;
  };
  const auto broken_log = [](Json bundle) {
    bundle.find("verificationMaterial")
        ->find("tlogEntries")
        ->as_array()
        ->at(0)
        .set("logIndex", "7");
    return bundle;
  };
  const Json certified = sigstore_of_ours().bundle(draft());
  const Json keyed = by_key();
  using enum Transparency;
  const struct {
    const char* name;
    Json bundle;
    std::optional<Transparency> transparency;
    const char* refusal;  // null: accepted
    std::size_t logs;
  } kCases[] = {
      {"identity, by default", certified, {}, nullptr, 1},
      {"identity, by default, no log", without_log(certified), {}, "log_evidence_missing", 0},
      {"identity, preferred, no log", without_log(certified), kPreferred, nullptr, 0},
      {"identity, preferred, broken", broken_log(certified), kPreferred, "promise", 0},
      {"identity, waived, broken", broken_log(certified), kWaived, nullptr, 0},
      {"key, by default", without_log(keyed), {}, nullptr, 0},
      {"key, by default, logged", keyed, {}, nullptr, 0},
      {"key, by default, broken", broken_log(keyed), {}, nullptr, 0},
      {"key, preferred", keyed, kPreferred, nullptr, 1},
      {"key, preferred, no log", without_log(keyed), kPreferred, nullptr, 0},
      {"key, preferred, broken", broken_log(keyed), kPreferred, "promise", 0},
      {"key, required", keyed, kRequired, nullptr, 1},
      {"key, required, no log", without_log(keyed), kRequired, "log_evidence_missing", 0},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.name);
    set_.pieces.clear();
    add(test.bundle);
    policy_.require = signatures({"ci", "release"}, 1, test.transparency);
    const auto& evidence = check();
    ASSERT_EQ(evidence.broken_rule.has_value(), test.refusal != nullptr) << error_;
    if (test.refusal != nullptr) {
      EXPECT_EQ(refusal_name(evidence.refused.at(0)), test.refusal);
    } else {
      EXPECT_THAT(evidence.accepted.at(0).logs, SizeIs(test.logs));
    }
  }
}

TEST_F(VerifyRequirements, TransparencyIsAskedForByEachRequirement) {
  Json bundle = sigstore_of_ours().bundle(draft());
  bundle.find("verificationMaterial")->set("tlogEntries", Json::array());
  add(bundle);
  const auto waived = signatures({"ci"}, 1, Transparency::kWaived);
  policy_.require = any({signatures({"ci"}), waived});
  const auto& evidence = check();
  ASSERT_FALSE(evidence.broken_rule) << error_;
  EXPECT_FALSE(evidence.requirements->of.at(0).is_met);
  EXPECT_TRUE(evidence.requirements->of.at(1).is_met);
  policy_.require = all({signatures({"ci"}), waived});
  EXPECT_FALSE(accepts());
}

// Two requirements that treat logs differently look at the same piece, each for itself.
TEST_F(VerifyRequirements, WhatOneRequirementWaivesDecidesNothingForAnother) {
  using enum Transparency;
  static const auto key = TestKey::ec();
  auto keyed = draft();
  keyed.key = key;
  keyed.is_stamped = false;
  auto certified = draft();
  certified.is_stamped = false;
  const auto changed_entry = [](Json bundle, auto change) {
    change(*bundle.find("verificationMaterial")->find("tlogEntries")->as_array());
    return bundle;
  };
  const Json by_key = sigstore_of_ours().bundle(keyed);
  const Timestamp after = kSigned + std::chrono::hours(1);
  struct Case {
    const char* name;
    Json bundle;
    std::optional<Timestamp> not_before, revoked_at;
    bool required, preferred, waived;
  };
  const Case kCases[] = {
      {"only the log proves that it is older", by_key, {}, after, true, true, false},
      {"only the log proves that it is too old", by_key, after, {}, false, false, true},
      {"the entry is broken",
       changed_entry(by_key, [](auto& entries) { entries.at(0).set("logIndex", "7"); }),
       {},
       {},
       false,
       false,
       true},
      {"there is no entry",
       changed_entry(by_key, [](auto& entries) { entries.clear(); }),
       {},
       {},
       false,
       true,
       true},
      {"only the log has the time of a certificate",
       sigstore_of_ours().bundle(certified),
       {},
       {},
       true,
       true,
       false},
  };
  for (const auto& test : kCases) {
    set_.pieces.clear();
    add(test.bundle);
    policy_.keys = {{"release", crypto::PublicKey::from_der(key.public_der(), "key").value(),
                     test.not_before, std::nullopt, test.revoked_at}};
    const std::pair<Transparency, bool> kWays[] = {
        {kRequired, test.required}, {kPreferred, test.preferred}, {kWaived, test.waived}};
    for (const auto& [one, one_counts] : kWays) {
      for (const auto& [other, other_counts] : kWays) {
        SCOPED_TRACE(std::string(test.name) + ": " + std::string(to_string(one)) + " and " +
                     std::string(to_string(other)));
        policy_.require =
            any({signatures({"ci", "release"}, 1, one), signatures({"ci", "release"}, 1, other)});
        const auto& evidence = check();
        EXPECT_EQ(evidence.requirements->of.at(0).is_met, one_counts);
        EXPECT_EQ(evidence.requirements->of.at(1).is_met, other_counts);
        EXPECT_EQ(evidence.broken_rule.has_value(), !one_counts && !other_counts);
      }
    }
  }
}

TEST_F(VerifyRequirements, EvidenceNamesALogWhereARequirementLookedAtIt) {
  using enum Transparency;
  add(draft());
  const auto by = [](Transparency transparency) { return signatures({"ci"}, 1, transparency); };
  const struct {
    Transparency one, other;
    std::size_t logs;
  } kCases[] = {{kRequired, kWaived, 1}, {kWaived, kRequired, 1}, {kWaived, kWaived, 0}};
  for (const auto& test : kCases) {
    policy_.require = all({by(test.one), by(test.other)});
    const auto& evidence = check();
    ASSERT_THAT(evidence.accepted, SizeIs(1));
    EXPECT_THAT(evidence.accepted[0].logs, SizeIs(test.logs));
    EXPECT_THAT(evidence.accepted[0].timestamps, SizeIs(1));
    EXPECT_EQ(evidence.accepted[0].signed_at, kSigned);
  }
}

TEST_F(VerifyRequirements, SaysWhyAnEntryIsNoTimeWhereTheLogIsWaived) {
  auto unstamped = draft();
  unstamped.is_stamped = false;
  add(unstamped);
  policy_.require = signatures({"ci"}, 1, Transparency::kWaived);
  EXPECT_THAT(refusals(), ElementsAre("no_time"));
  EXPECT_THAT(check().refused.at(0).reason,
              HasSubstr("it needs a time stamp, because the log is waived here"));
}

TEST_F(VerifyRequirements, NamesTheSubjectWhereNoEntryIsNeeded) {
  auto other = draft();
  other.artifact = "another";
  Json bundle = sigstore_of_ours().bundle(other);
  bundle.find("verificationMaterial")->set("tlogEntries", Json::array());
  add(bundle);
  policy_.require = signatures({"ci"}, 1, Transparency::kPreferred);
  EXPECT_THAT(refusals(), ElementsAre("wrong_subject"));
}

TEST_F(VerifyRequirements, KeysAreJudgedAtTheProvenTime) {
  const auto key = TestKey::ec();
  auto what = draft();
  what.key = key;
  add(what);
  const Timestamp before = kSigned - std::chrono::hours(1), after = kSigned + std::chrono::hours(1);
  const struct {
    const char* name;
    std::optional<Timestamp> not_before, not_after, revoked_at;
    bool proven, unproven;  // with a time stamp, and without
  } kCases[] = {
      {"valid", before, kNow, {}, true, true},
      {"expired since", {}, after, {}, true, false},
      {"expired before", {}, before, {}, false, false},
      {"expires at that second", {}, kSigned, {}, true, false},
      {"not yet valid then", after, {}, {}, false, true},
      {"revoked since", {}, {}, after, true, false},
      {"revoked before", {}, {}, before, false, false},
      {"revoked at that second", {}, {}, kSigned, false, false},
      {"to be revoked", {}, {}, kNow + std::chrono::hours(1), true, true},
  };
  for (const auto& test : kCases) {
    policy_.keys = {{"release", crypto::PublicKey::from_der(key.public_der(), "key").value(),
                     test.not_before, test.not_after, test.revoked_at}};
    policy_.require = signatures({"release"});
    policy_.root = root_of(sigstore_of_ours());
    EXPECT_EQ(accepts(), test.proven) << test.name << ": " << error_;
    if (!test.proven) {
      EXPECT_THAT(refusals(), ElementsAre("key_not_valid"));
      EXPECT_THAT(error_, HasSubstr("the signature is from 2026-06-01T12:00:00Z"));
    }
    policy_.root.reset();
    EXPECT_EQ(accepts(), test.unproven) << test.name << ": " << error_;
  }
}

TEST_F(VerifyRequirements, ARevokedSignerCouldSupplyNothing) {
  policy_.keys[0].revoked_at = kNow - std::chrono::hours(1);
  policy_.require = signatures({"release", "security"}, 2);
  add(test::second_key());
  EXPECT_FALSE(accepts());
  EXPECT_THAT(check().requirements->could_supply, IsEmpty());
  EXPECT_THAT(error_, HasSubstr("not enough others have a key that still counts"));
}

}  // namespace
}  // namespace sealift::signing
