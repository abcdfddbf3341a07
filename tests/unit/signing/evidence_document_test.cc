#include "signed_artifact.h"
#include "support/json_mutations.h"
#include "support/result_matchers.h"
#include "support/test_sigstore.h"

#include <sealift/signing/evidence_check.h>
#include <sealift/signing/policy_document.h>
#include <sealift/sigstore/known_trusted_root.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

// Decisions that are written down and made again.
namespace sealift::signing {
namespace {

using sealift::test::fails_with;
using sealift::test::KeylessDraft;
using sealift::test::mutations_of;
using sealift::test::TestSigstore;
using test::make_artifact;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kProvenance = "https://slsa.dev/provenance/v1";

Timestamp at(const char* text) { return parse_timestamp(text).value(); }
const Timestamp kNow = at("2026-06-02T00:00:00Z");

TestSigstore& our_sigstore() {
  static TestSigstore sigstore;
  return sigstore;
}

Json key_json(const char* name, const crypto::PrivateKey& key) {
  return Json::Object{{"name", name}, {"publicKey", key.public_key().to_pem()}};
}

// A key's signature and provenance by an identity.
Json policy_document(const TestSigstore& sigstore) {
  const Json::Object ci{
      {"name", "ci"},
      {"issuer", Json::Object{{"equals", "https://token.actions.githubusercontent.com"}}},
      {"subject", Json::Object{{"matches", ".*/release[.]yml@.*"}}}};
  const Json::Object signatures{{"signers", Json::Array{"release"}}};
  const Json::Object builder{{"path", "/builder"}, {"equals", "ours"}};
  const Json::Object attestation{{"predicateType", kProvenance},
                                 {"signers", Json::Array{"ci"}},
                                 {"conditions", Json::Array{builder}}};
  const Json::Array all{Json::Object{{"signatures", signatures}},
                        Json::Object{{"attestation", attestation}}};
  Json release = key_json("release", test::first_key());
  release.set("notAfter", "2030-01-01T00:00:00Z");
  const Json::Object spec{
      {"repositories", Json::Array{"registry.example.com/**"}},
      {"signers", Json::Object{{"keys", Json::Array{release}}, {"identities", Json::Array{ci}}}},
      {"trustedRoot", Json::Object{{"inline", dump_json(sigstore.trusted_root())}}},
      {"require", Json::Object{{"all", all}}}};
  return Json::Object{{"apiVersion", "sealift.dev/v1alpha1"},
                      {"kind", "TrustPolicy"},
                      {"metadata", Json::Object{{"name", "shop"}}},
                      {"spec", spec}};
}

// Of nobody who signed.
const crypto::PrivateKey& stranger_key() {
  static const auto key = crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256).value();
  return key;
}

TrustPolicy parse(const Json& document) { return parse_trust_policy(document, "policy").value(); }

FoundSignature provenance_of(const oci::StoredManifest& artifact, TestSigstore& sigstore) {
  KeylessDraft draft;
  draft.artifact = artifact.bytes;
  draft.predicate_type = kProvenance;
  return {FoundSignature::Format::kBundle, "referrer sha256:provenance",
          dump_json(sigstore.bundle(draft))};
}

EvidenceDocument decide(const oci::StoredManifest& artifact, const SignatureSet& signatures,
                        const Json& policy, const AcceptedBefore* before = nullptr,
                        std::optional<std::string_view> tag = "stable") {
  const auto parsed = parse(policy);
  const VerificationInput input{.repository = test::kRepository,
                                .artifact = artifact,
                                .signatures = signatures,
                                .policy = parsed,
                                .now = kNow,
                                .before = before,
                                .tag = tag};
  return make_evidence_document(input, policy, verify(input));
}

// With everything that a document can have.
EvidenceDocument whole_document() {
  const auto artifact = make_artifact({{"dev.sealift.sequence", "7"}});
  SignatureSet set;
  set.pieces.push_back(test::bundle_for(test::first_key(), artifact.descriptor.digest));
  set.pieces.push_back(test::simple_for(test::second_key(), artifact.descriptor.digest));
  set.pieces.push_back(provenance_of(artifact, our_sigstore()));
  set.unreadable.emplace_back("referrer sha256:away", "it is away");
  const AcceptedBefore before{Digest::of("before"), 6, Digest::of("in force")};
  return decide(artifact, set, policy_document(our_sigstore()), &before);
}

EvidenceDocument reread(const EvidenceDocument& document) {
  return parse_evidence_document(serialize(document), "evidence.json").value();
}

EvidenceCheck check(const EvidenceDocument& document, const EvidenceExpectation& expected = {}) {
  return check_evidence(document, expected).value();
}

testing::Matcher<const EvidenceDifference&> differs(const std::string& where,
                                                    const std::string& message = "") {
  return AllOf(Field(&EvidenceDifference::where, HasSubstr(where)),
               Field(&EvidenceDifference::message, HasSubstr(message)));
}

TEST(EvidenceDocument, HoldsAfterItWasWrittenAndRead) {
  const auto written = whole_document();
  ASSERT_EQ(written.answer.string_at({"verdict"}), "accepted") << dump_json(written.answer);
  const auto read = reread(written);
  EXPECT_THAT(read.changed_parts, IsEmpty());
  EXPECT_EQ(read.time, kNow);
  EXPECT_EQ(read.tag, "stable");
  EXPECT_EQ(read.artifact.bytes, written.artifact.bytes);
  EXPECT_EQ(read.signatures.pieces.at(1).annotations, written.signatures.pieces.at(1).annotations);
  EXPECT_EQ(read.before.value().in_force, Digest::of("in force"));
  const auto checked = check(read);
  EXPECT_THAT(checked.differences, IsEmpty());
  EXPECT_THAT(checked.remarks, IsEmpty());
  EXPECT_TRUE(checked.is_accepted());
  EXPECT_EQ(checked.evidence().accepted.size(), 2u);
  const Json json = to_json(checked);
  EXPECT_TRUE(*json.find("holds")->as_bool());
  EXPECT_EQ(json.string_at({"policyDigest"}),
            Digest::of(dump_json_sorted(written.policy)).to_string());
}

TEST(EvidenceDocument, KeepsHowTheArtifactWasAskedFor) {
  const auto artifact = make_artifact();
  const SignatureSet set{{test::bundle_for(test::first_key(), artifact.descriptor.digest)}, {}};
  const auto policy = policy_document_for_key(test::first_key().public_key(), "release.pub");
  for (const auto tag :
       {std::optional<std::string_view>(""), std::optional<std::string_view>("stable"),
        std::optional<std::string_view>()}) {
    const auto read = reread(decide(artifact, set, policy, nullptr, tag));
    EXPECT_EQ(read.tag.has_value(), tag.has_value());
    EXPECT_EQ(read.tag.value_or("none"), tag.value_or("none"));
    EXPECT_FALSE(read.root);
    EXPECT_THAT(check(read).differences, IsEmpty());
    EXPECT_TRUE(check(read).is_accepted());
  }
}

TEST(EvidenceDocument, ThePolicyOfAKeyIsItsDocument) {
  const auto key = test::first_key().public_key();
  const auto parsed = parse(policy_document_for_key(key, "release.pub"));
  const auto made = policy_for_key(key, "release.pub");
  EXPECT_EQ(parsed.name, made.name);
  EXPECT_EQ(parsed.repositories, made.repositories);
  EXPECT_EQ(parsed.keys.at(0).name, made.keys.at(0).name);
  EXPECT_EQ(parsed.keys.at(0).key.der(), made.keys.at(0).key.der());
  EXPECT_EQ(parsed.rollback, made.rollback);
  EXPECT_EQ(quorums_of(parsed).at(0)->signers, quorums_of(made).at(0)->signers);
}

// Refusals are decisions, too.
TEST(EvidenceDocument, HoldsRefusals) {
  const auto artifact = make_artifact({{"dev.sealift.sequence", "7"}});
  auto policy = policy_document_for_key(test::first_key().public_key(), "release.pub");
  const auto unsigned_one = reread(decide(artifact, {}, policy));
  EXPECT_THAT(check(unsigned_one).differences, IsEmpty());
  EXPECT_FALSE(check(unsigned_one).is_accepted());
  EXPECT_THAT(std::string(unsigned_one.answer.string_at({"message"})),
              HasSubstr("no signature was found"));

  policy.find("spec")->erase("rollback");
  const SignatureSet set{{test::bundle_for(test::first_key(), artifact.descriptor.digest)}, {}};
  const AcceptedBefore newer{Digest::of("newer"), 8};
  const auto played_back = reread(decide(artifact, set, policy, &newer));
  EXPECT_EQ(played_back.answer.string_at({"brokenRule"}), "rollback");
  EXPECT_THAT(check(played_back).differences, IsEmpty());
  auto forgotten = played_back;
  forgotten.before = std::nullopt;
  EXPECT_THAT(check(reread(forgotten)).differences, Contains(differs("answer.verdict", "refused")));
}

// Each member of each part in turn.
TEST(EvidenceDocument, NoChangeStaysUnnoticed) {
  const Json document = parse_json(serialize(whole_document()), "document").value();
  auto other = whole_document();
  other.time = at("2026-06-03T00:00:00Z");
  other.repository = "registry.example.com/bank";
  other.policy.find("metadata")->set("name", "bank");
  const Json foreign = parse_json(serialize(other), "foreign").value();
  std::size_t unreadable = 0, different = 0;
  for (const auto& mutation : mutations_of(document, foreign)) {
    const auto read = parse_evidence_document(dump_json(mutation.json), "evidence.json");
    if (!read) {
      EXPECT_EQ(read.error().code(), ErrorCode::kInvalidInput) << mutation.name();
      ++unreadable;
      continue;
    }
    // SaysWhichPartWasChanged has what comes of these; all others have to be decided again.
    if (read->changed_parts.empty()) {
      const auto checked = check_evidence(*read, {});
      EXPECT_TRUE(!checked || !checked->differences.empty()) << mutation.name();
    }
    ++different;
  }
  EXPECT_GT(unreadable, 50u);
  EXPECT_GT(different, 100u);
}

TEST(EvidenceDocument, SaysWhichPartWasChanged) {
  for (const auto* part : {"time", "artifact", "signatures", "policy", "trustedRoot",
                           "acceptedBefore", "answer", "mediaType"}) {
    Json document = parse_json(serialize(whole_document()), "document").value();
    document.find("digests")->set(part, Digest::of("another").to_string());
    const auto read = parse_evidence_document(dump_json(document), "evidence.json").value();
    EXPECT_THAT(check(read).differences,
                ElementsAre(differs(std::string("digests.") + part, "was changed")));
  }
}

// Whoever changes a part can change what the document says of it as well; then it is the answer
// that does not follow any more.
TEST(EvidenceDocument, AnAnswerMustFollowFromTheRest) {
  TestSigstore stranger;
  const struct {
    const char* what;
    std::function<void(EvidenceDocument&)> change;
    const char* where;
    const char* message;
  } kCases[] = {
      {"a time when the key is not valid", [](auto& d) { d.time = at("2040-01-01T00:00:00Z"); },
       "answer.verdict", "checked again it is \"refused\""},
      {"another repository", [](auto& d) { d.repository = "elsewhere.example.com/shop"; },
       "answer.brokenRule", "\"repository\""},
      {"another manifest", [](auto& d) { d.artifact.bytes += "\n"; }, "answer.brokenRule",
       "\"manifest\""},
      {"another artifact", [](auto& d) { d.artifact = make_artifact({{"a", "b"}}); },
       "answer.digest", "sha256:"},
      {"no signatures", [](auto& d) { d.signatures.pieces.clear(); }, "answer.brokenRule",
       "\"requirement\""},
      {"another signature",
       [](auto& d) {
         d.signatures.pieces[0] =
             test::bundle_for(test::second_key(), d.artifact.descriptor.digest);
       },
       "answer.verdict", "refused"},
      {"nothing unreadable", [](auto& d) { d.signatures.unreadable.clear(); }, "answer.refused[1]",
       "nothing"},
      {"another key",
       [](auto& d) {
         d.policy.find("spec")->find("signers")->set(
             "keys", Json::Array{key_json("release", stranger_key())});
       },
       "answer.verdict", "refused"},
      {"another root", [&](auto& d) { d.root->json = dump_json(stranger.trusted_root()); },
       "trustedRoot", "stands in the policy"},
      {"another root, in the policy as well",
       [&](auto& d) {
         d.root->json = dump_json(stranger.trusted_root());
         d.policy.find("spec")->set("trustedRoot", Json::Object{{"inline", d.root->json}});
       },
       "answer.verdict", "refused"},
      {"a root of another name",
       [&](auto& d) { d.root = {"public", dump_json(stranger.trusted_root())}; }, "trustedRoot",
       "stands in the policy"},
      {"no root", [](auto& d) { d.root = std::nullopt; }, "trustedRoot", "it is not here"},
      {"something newer before",
       [](auto& d) {
         d.before->digest = Digest::of("newer");
         d.before->sequence = 8;
       },
       "answer.brokenRule", "\"rollback\""},
      {"another answer", [](auto& d) { d.answer.set("verdict", "refused"); }, "answer.verdict",
       "the document says \"refused\""},
      {"another signer",
       [](auto& d) { d.answer.find("accepted")->as_array()->at(0).set("signer", "eve"); },
       "answer.accepted[0].signer", "\"release\""},
      {"one signer less", [](auto& d) { d.answer.find("accepted")->as_array()->pop_back(); },
       "answer.accepted[1]", "nothing"},
      {"a requirement's result",
       [](auto& d) {
         d.answer.find("requirements")->find("of")->as_array()->at(1).set("met", false);
       },
       "answer.requirements.of[1].met", "true"},
  };
  for (const auto& test : kCases) {
    auto document = whole_document();
    test.change(document);
    const auto read = reread(document);
    ASSERT_THAT(read.changed_parts, IsEmpty());
    EXPECT_THAT(check(read).differences, Contains(differs(test.where, test.message))) << test.what;
  }
}

TEST(EvidenceDocument, WordsMayBecomeBetter) {
  auto document = whole_document();
  document.answer.find("refused")->as_array()->at(0).set("reason", "in older words");
  EXPECT_THAT(check(reread(document)).differences, IsEmpty());
}

TEST(EvidenceDocument, AnotherPolicyDecidesInItsPlace) {
  const auto document = reread(whole_document());
  auto wider = policy_document(our_sigstore());
  wider.find("metadata")->set("name", "known");
  const auto same = check(document, {.policy = {{parse(wider), wider}}});
  EXPECT_THAT(same.differences, IsEmpty());
  EXPECT_THAT(same.remarks, ElementsAre(HasSubstr("the policy \"known\" that was given")));
  EXPECT_EQ(same.policy_digest, Digest::of(dump_json_sorted(wider)));

  const auto other = policy_document_for_key(test::second_key().public_key(), "security");
  auto checked = check(document, {.policy = {{parse(other), other}}});
  EXPECT_TRUE(checked.is_accepted()) << "the second key signed, too";
  EXPECT_THAT(checked.differences, IsEmpty());
  auto nobody = policy_document(our_sigstore());
  nobody.find("spec")->find("signers")->set("keys",
                                            Json::Array{key_json("release", stranger_key())});
  checked = check(document, {.policy = {{parse(nobody), nobody}}});
  EXPECT_FALSE(checked.is_accepted());
  EXPECT_THAT(checked.differences, Contains(differs("answer.verdict", "refused")));
}

TEST(EvidenceDocument, AnotherRootIsBelievedInItsPlace) {
  const auto document = reread(whole_document());
  const auto own = make_policy_root("ours", dump_json(our_sigstore().trusted_root()), "r").value();
  EXPECT_THAT(check(document, {.root = own}).differences, IsEmpty());
  TestSigstore stranger;
  const auto others = make_policy_root("others", dump_json(stranger.trusted_root()), "r").value();
  const auto checked = check(document, {.root = others});
  EXPECT_THAT(checked.differences, Contains(differs("answer.verdict", "refused")));
  EXPECT_THAT(checked.remarks, ElementsAre(HasSubstr("\"others\"")));
}

TEST(EvidenceDocument, ARootForAPolicyWithoutOneIsAMistake) {
  const auto document = reread(whole_document());
  const auto key = policy_document_for_key(test::second_key().public_key(), "security");
  const auto root = make_policy_root("ours", dump_json(our_sigstore().trusted_root()), "r").value();
  EXPECT_THAT(check_evidence(document, {.policy = {{parse(key), key}}, .root = root}),
              fails_with(ErrorCode::kInvalidInput, "none that it could replace"));
}

// Whoever writes a document says whether an older artifact was meant.
TEST(EvidenceDocument, DoesNotWaiveTheFreshnessThatAPolicyAsksFor) {
  auto document = reread(whole_document());
  document.tag = std::nullopt;
  auto fresh = document.policy;
  fresh.find("spec")->set("freshness",
                          Json::Object{{"maxAge", "24h"}, {"signers", Json::Array{"release"}}});
  EXPECT_THAT(check(document, {.policy = {{parse(fresh), fresh}}}).differences,
              Contains(differs("artifact.rolledBack", "waives the freshness")));
}

// The public Sigstore's root is another one with each year, and what was decided by it stays.
TEST(EvidenceDocument, TheRootOfThatDayDecides) {
  auto document = whole_document();
  document.policy.find("spec")->set("trustedRoot", Json::Object{{"sigstore", "public"}});
  document.root->name = "public Sigstore of 2020-01-01";
  document.answer.find("root")->set("name", document.root->name);
  const auto checked = check(reread(document));
  EXPECT_THAT(checked.differences, IsEmpty());
  EXPECT_TRUE(checked.is_accepted());
  EXPECT_THAT(checked.remarks, ElementsAre(HasSubstr("not the one that is built in")));

  document.root->name = parse(document.policy).root->name;
  EXPECT_THAT(check(reread(document)).differences,
              Contains(differs("trustedRoot", "under this name")));
}

TEST(EvidenceDocument, IsAboutTheExpectedArtifact) {
  using Artifact = EvidenceExpectation::Artifact;
  const auto document = reread(whole_document());
  const std::string repository(test::kRepository);
  const Digest digest = document.artifact.descriptor.digest;
  EXPECT_THAT(check(document, {.artifact = Artifact{repository, "stable", digest}}).differences,
              IsEmpty());
  const struct {
    Artifact artifact;
    const char* where;
  } kCases[] = {{{"registry.example.com/bank", "", digest}, "artifact.repository"},
                {{repository, "latest", std::nullopt}, "artifact.tag"},
                {{"", "", Digest::of("another")}, "artifact.digest"}};
  for (const auto& [artifact, where] : kCases) {
    EXPECT_THAT(check(document, {.artifact = artifact}).differences, ElementsAre(differs(where)));
  }
}

TEST(EvidenceDocument, TellsTheNextWhatWasAccepted) {
  auto document = reread(whole_document());
  ASSERT_OK_ASSIGN(const auto before, accepted_by(document));
  EXPECT_EQ(before.digest, document.artifact.descriptor.digest);
  EXPECT_EQ(before.sequence, 7);
  document.changed_parts = {"artifact"};
  EXPECT_THAT(accepted_by(document), fails_with(ErrorCode::kInvalidInput, "was changed"));
  document.changed_parts.clear();
  document.answer.set("verdict", "refused");
  EXPECT_THAT(accepted_by(document), fails_with(ErrorCode::kInvalidInput, "refusal"));
}

TEST(EvidenceDocument, NamesWhatCannotBeRead) {
  const struct {
    std::function<void(Json&)> change;
    const char* message;
  } kCases[] = {
      {[](Json& d) { d.set("mediaType", "application/json"); }, "evidence.json.mediaType"},
      {[](Json& d) { d.set("extra", 1); }, "extra"},
      {[](Json& d) { d.set("time", "yesterday"); }, "time"},
      {[](Json& d) { d.set("policy", "shop"); }, "policy: must be an object"},
      {[](Json& d) { d.find("artifact")->set("manifest", "?"); }, "artifact.manifest"},
      {[](Json& d) { d.find("artifact")->set("rolledBack", true); }, "exclude each other"},
      {[](Json& d) { d.find("acceptedBefore")->set("digest", "sha1:x"); }, "acceptedBefore.digest"},
      {[](Json& d) {
         Json& pieces = d.find("signatures")->set("pieces", Json::array());
         const Json::Object piece{{"format", "bundle"}, {"location", ""}, {"payload", ""}};
         for (std::size_t i = 0; i <= kMaxPieces; ++i) pieces.push_back(piece);
       },
       "holds more than 192"},
      {[](Json& d) {
         d.find("signatures")->find("pieces")->as_array()->at(0).set("format", "letter");
       },
       "no signature has the format letter"},
  };
  const Json good = parse_json(serialize(whole_document()), "document").value();
  for (const auto& [change, message] : kCases) {
    Json document = good;
    change(document);
    EXPECT_THAT(parse_evidence_document(dump_json(document), "evidence.json"),
                fails_with(ErrorCode::kInvalidInput, message));
  }
  EXPECT_THAT(parse_evidence_document(std::string(kMaxEvidenceBytes + 1, ' '), "evidence.json"),
              fails_with(ErrorCode::kInvalidInput, "evidence.json"));
}

}  // namespace
}  // namespace sealift::signing
