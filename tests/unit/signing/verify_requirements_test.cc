#include "requirement_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What policies ask for beyond signatures by keys: certified identities, proven times,
// attestations, combinations.
namespace sealift::signing {
namespace {

using sealift::test::TestKey;
using sealift::test::TestSigstore;
using sigstore::Claim;
using sigstore::TextRule;
using test::all;
using test::any;
using test::at;
using test::identity;
using test::kIssuer;
using test::kNow;
using test::kProvenance;
using test::kSigned;
using test::provenance;
using test::root_of;
using test::signatures;
using test::sigstore_of_ours;
using test::workflow;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class VerifyRequirements : public test::RequirementCase {};

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
