#include "signed_artifact.h"
#include "support/result_matchers.h"
#include "support/test_data.h"

#include <sealift/crypto/pem.h>

#include <gtest/gtest.h>

#include <functional>
#include <type_traits>

namespace sealift::signing {
namespace {

using test::bundle_for;
using test::bundle_of;
using test::first_key;
using test::make_artifact;
using test::make_policy;
using test::second_key;
using test::simple_for;
using test::simple_of;
using testing::HasSubstr;

// The proof cannot be made by anybody but the verifier.
static_assert(!std::is_default_constructible_v<VerifiedArtifact>);
static_assert(!std::is_constructible_v<VerifiedArtifact, oci::Descriptor, oci::Manifest, Evidence,
                                       std::optional<std::int64_t>>);

constexpr Timestamp kNow = Timestamp(std::chrono::seconds(1'800'000'000));

std::variant<VerifiedArtifact, Refused> run(const oci::StoredManifest& artifact,
                                            const SignatureSet& set, const TrustPolicy& policy,
                                            const AcceptedBefore* before = nullptr) {
  return verify({test::kRepository, artifact, set, policy, kNow, before});
}

const Refused& refused(const std::variant<VerifiedArtifact, Refused>& outcome) {
  return std::get<Refused>(outcome);
}

TEST(Verify, AcceptsEachFormAndSaysWhoSigned) {
  const auto artifact = make_artifact({{"dev.sealift.sequence", "42"}});
  for (const auto& piece : {bundle_for(first_key(), artifact.descriptor.digest),
                            simple_for(first_key(), artifact.descriptor.digest)}) {
    const SignatureSet set{{piece}, {}};
    const auto outcome = run(artifact, set, make_policy());
    ASSERT_TRUE(std::holds_alternative<VerifiedArtifact>(outcome))
        << describe(refused(outcome).evidence);
    const auto& verified = std::get<VerifiedArtifact>(outcome);
    EXPECT_EQ(verified.descriptor(), artifact.descriptor);
    EXPECT_EQ(verified.manifest().layers.size(), 1u);
    EXPECT_EQ(verified.sequence(), 42);
    ASSERT_EQ(verified.evidence().accepted.size(), 1u);
    const auto& accepted = verified.evidence().accepted[0];
    EXPECT_EQ(accepted.signer, "first");
    EXPECT_EQ(accepted.fingerprint, first_key().public_key().fingerprint());
    EXPECT_EQ(accepted.location, piece.location);
    EXPECT_FALSE(verified.evidence().broken_rule);
  }
}

TEST(Verify, AcceptsABundleWhoseHintIsNoHashOfTheKey) {
  const auto artifact = make_artifact();
  auto piece = bundle_for(first_key(), artifact.descriptor.digest);
  const auto bundle = sigstore::parse_bundle(piece.payload, "bundle").value();
  for (const char* hint : {"", "our release key"}) {
    piece.payload = sigstore::serialize_bundle(hint, *bundle.envelope());
    EXPECT_TRUE(
        std::holds_alternative<VerifiedArtifact>(run(artifact, {{piece}, {}}, make_policy())));
  }
}

// Everything that can be wrong with one piece, each with its own refusal.
TEST(Verify, RefusesEachPieceForItsReason) {
  const auto artifact = make_artifact();
  const auto other = make_artifact({{"a", "b"}});
  const Digest& digest = artifact.descriptor.digest;
  const auto stranger = crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256).value();
  const std::string statement = sigstore::signature_statement(digest);
  const std::string payload = sigstore::serialize_simple_signing(test::kRepository, digest);
  const std::string in_toto(sigstore::kInTotoPayloadType);

  const auto replaced = [](std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::logic_error("nothing to replace");
    return text.replace(at, from.size(), to);
  };
  const auto changed = [](FoundSignature piece, const std::function<void(FoundSignature&)>& edit) {
    edit(piece);
    return piece;
  };
  const auto with_hint = [&](const crypto::PrivateKey& signer, const crypto::PublicKey& named) {
    auto piece = bundle_for(signer, digest);
    piece.payload = sigstore::serialize_bundle(
        named.hint(), *sigstore::parse_bundle(piece.payload, "bundle").value().envelope());
    return piece;
  };

  const struct {
    const char* name;
    FoundSignature piece;
    Refusal refusal;
    const char* reason;
  } kCases[] = {
      {"bundle: no JSON",
       changed(bundle_for(first_key(), digest), [](auto& piece) { piece.payload = "{"; }),
       Refusal::kMalformed, "bundle"},
      {"bundle: of a certificate",
       changed(bundle_for(first_key(), digest),
               [&](auto& piece) {
                 piece.payload =
                     sealift::test::test_data("sigstore/bundles/sigstore.js@2.0.0-provenance.json");
               }),
       Refusal::kUnsupportedMaterial, "certificate"},
      {"bundle: of a file",
       changed(bundle_for(first_key(), digest),
               [&](auto& piece) {
                 piece.payload =
                     sealift::test::test_data("sigstore/bundles/public-key-validity.json");
               }),
       Refusal::kWrongPayloadType, "messageSignature"},
      {"bundle: other payload type", bundle_of(first_key(), "text/plain", statement),
       Refusal::kWrongPayloadType, "text/plain"},
      {"bundle: stranger's key", bundle_for(stranger, digest), Refusal::kUnknownKey,
       "\"first\", \"second\""},
      {"bundle: stranger in the name of a known key", with_hint(stranger, first_key().public_key()),
       Refusal::kBadSignature, "\"first\""},
      {"bundle: no statement", bundle_of(first_key(), in_toto, "{}"), Refusal::kMalformed,
       "statement"},
      {"bundle: attestation",
       bundle_of(first_key(), in_toto,
                 replaced(statement, sigstore::kSignaturePredicateType,
                          "https://slsa.dev/provenance/v1")),
       Refusal::kNotASignature, "https://slsa.dev/provenance/v1"},
      {"bundle: copied", bundle_for(first_key(), other.descriptor.digest), Refusal::kWrongSubject,
       "copied from another artifact"},
      {"bundle: same hex, other algorithm",
       bundle_of(first_key(), in_toto, replaced(statement, "\"sha256\"", "\"sha1\"")),
       Refusal::kWrongSubject, "sha1:"},
      {"simple: no signature",
       changed(simple_for(first_key(), digest), [](auto& piece) { piece.annotations.clear(); }),
       Refusal::kMalformed, "annotation"},
      {"simple: signature no base64",
       changed(simple_for(first_key(), digest),
               [](auto& piece) { piece.annotations[0].second = "???"; }),
       Refusal::kMalformed, "base64"},
      {"simple: with a certificate",
       changed(simple_for(first_key(), digest),
               [](auto& piece) {
                 piece.annotations.emplace_back(
                     sigstore::kClassicCertificate,
                     sealift::test::test_data("sigstore/tuf/targets/fulcio.crt.pem"));
               }),
       Refusal::kUnsupportedMaterial, "certificate"},
      {"simple: stranger's key", simple_for(stranger, digest), Refusal::kUnknownKey, "fits no key"},
      {"simple: payload changed by one blank",
       changed(simple_for(first_key(), digest), [](auto& piece) { piece.payload += " "; }),
       Refusal::kUnknownKey, "fits no key"},
      {"simple: other type",
       simple_of(first_key(),
                 replaced(payload, sigstore::kSimpleSigningType, "atomic container signature")),
       Refusal::kWrongPayloadType, "atomic container signature"},
      {"simple: copied", simple_for(first_key(), other.descriptor.digest), Refusal::kWrongSubject,
       "copied from another artifact"},
      {"simple: no payload", simple_of(first_key(), "{}"), Refusal::kMalformed, "critical"},
  };
  for (const auto& test : kCases) {
    const SignatureSet set{{test.piece}, {}};
    const auto outcome = run(artifact, set, make_policy());
    ASSERT_TRUE(std::holds_alternative<Refused>(outcome)) << test.name;
    const auto& evidence = refused(outcome).evidence;
    ASSERT_EQ(evidence.refused.size(), 1u) << test.name;
    EXPECT_EQ(to_string(evidence.refused[0].refusal), to_string(test.refusal))
        << test.name << ": " << evidence.refused[0].reason;
    EXPECT_THAT(evidence.refused[0].reason, HasSubstr(test.reason)) << test.name;
    EXPECT_EQ(evidence.broken_rule, PolicyRule::kThreshold) << test.name;
    EXPECT_EQ(refused(outcome).error.code(), ErrorCode::kUntrusted);
    EXPECT_THAT(refused(outcome).error.message(), HasSubstr(evidence.refused[0].reason));
  }
}

TEST(Verify, SaysWhatToDoWhereNothingWasFound) {
  const auto outcome = run(make_artifact(), {}, make_policy());
  EXPECT_THAT(refused(outcome).error.message(), HasSubstr("no signature was found"));
  EXPECT_THAT(refused(outcome).error.message(), HasSubstr("sign the artifact"));
}

TEST(Verify, KeepsAKeysValidity) {
  const auto artifact = make_artifact();
  const SignatureSet set{{bundle_for(first_key(), artifact.descriptor.digest)}, {}};
  const auto second = std::chrono::seconds(1);
  const struct {
    std::optional<Timestamp> not_before, not_after;
    bool accepted;
  } kCases[] = {
      {kNow, kNow, true},
      {kNow + second, {}, false},
      {{}, kNow - second, false},
      {kNow - second, kNow + second, true},
  };
  for (const auto& test : kCases) {
    auto policy = make_policy();
    policy.keys[0].not_before = test.not_before;
    policy.keys[0].not_after = test.not_after;
    const auto outcome = run(artifact, set, policy);
    ASSERT_EQ(std::holds_alternative<VerifiedArtifact>(outcome), test.accepted);
    if (!test.accepted) {
      EXPECT_EQ(refused(outcome).evidence.refused[0].refusal, Refusal::kKeyNotValid);
    }
  }
}

TEST(Verify, CountsDistinctKeysAgainstTheThreshold) {
  const auto artifact = make_artifact();
  const Digest& digest = artifact.descriptor.digest;
  // One key in both forms, and twice, is one signer.
  SignatureSet set{{bundle_for(first_key(), digest), bundle_for(first_key(), digest),
                    simple_for(first_key(), digest)},
                   {}};
  const auto outcome = run(artifact, set, make_policy(2));
  ASSERT_TRUE(std::holds_alternative<Refused>(outcome));
  EXPECT_EQ(refused(outcome).evidence.accepted.size(), 3u);
  EXPECT_THAT(refused(outcome).error.message(),
              HasSubstr("2 of 2 signers are needed; \"first\" signed; \"second\" could"));

  set.pieces.push_back(simple_for(second_key(), digest));
  EXPECT_TRUE(std::holds_alternative<VerifiedArtifact>(run(artifact, set, make_policy(2))));
}

TEST(Verify, DoesNotCountOneKeyUnderTwoNames) {
  const auto artifact = make_artifact();
  auto policy = make_policy(2);
  policy.keys[1] = {"second", first_key().public_key()};
  const SignatureSet set{{bundle_for(first_key(), artifact.descriptor.digest)}, {}};
  EXPECT_TRUE(std::holds_alternative<Refused>(run(artifact, set, policy)));
}

TEST(Verify, SaysWhichPiecesDoNotCount) {
  const auto artifact = make_artifact();
  const auto other = bundle_for(first_key(), make_artifact({{"a", "b"}}).descriptor.digest);
  EXPECT_THAT(refused(run(artifact, {{other}, {}}, make_policy())).error.message(),
              HasSubstr("1 piece that was found does not count ("));
  EXPECT_THAT(refused(run(artifact, {{other, other}, {}}, make_policy())).error.message(),
              HasSubstr("2 pieces that were found do not count ("));
}

TEST(Verify, NeverTakesAThresholdOfZeroForConsent) {
  EXPECT_TRUE(std::holds_alternative<Refused>(run(make_artifact(), {}, make_policy(0))));
}

TEST(Verify, OneGoodPieceAmongBadOnesIsEnough) {
  const auto artifact = make_artifact();
  const auto other = make_artifact({{"a", "b"}});
  const SignatureSet set{{bundle_for(first_key(), other.descriptor.digest),
                          bundle_for(first_key(), artifact.descriptor.digest)},
                         {{"referrer sha256:gone", "the blob is missing"}}};
  const auto outcome = run(artifact, set, make_policy());
  ASSERT_TRUE(std::holds_alternative<VerifiedArtifact>(outcome));
  const auto& evidence = std::get<VerifiedArtifact>(outcome).evidence();
  ASSERT_EQ(evidence.refused.size(), 2u);
  EXPECT_EQ(evidence.refused[1].refusal, Refusal::kUnreadable);
  EXPECT_EQ(evidence.refused[1].reason, "the blob is missing");
}

TEST(Verify, LooksAtABoundedNumberOfPieces) {
  const auto artifact = make_artifact();
  auto broken = bundle_for(first_key(), artifact.descriptor.digest);
  broken.payload = "{";
  SignatureSet set{std::vector<FoundSignature>(kMaxPieces, broken), {}};
  set.pieces.push_back(bundle_for(first_key(), artifact.descriptor.digest));
  const auto outcome = run(artifact, set, make_policy());
  ASSERT_TRUE(std::holds_alternative<Refused>(outcome));
  EXPECT_EQ(refused(outcome).evidence.refused.back().refusal, Refusal::kTooMany);
}

TEST(Verify, RefusesBytesThatTheDigestDoesNotName) {
  auto artifact = make_artifact();
  const SignatureSet set{{bundle_for(first_key(), artifact.descriptor.digest)}, {}};
  artifact.bytes += " ";
  const auto outcome = run(artifact, set, make_policy());
  EXPECT_EQ(refused(outcome).evidence.broken_rule, PolicyRule::kManifest);
  EXPECT_THAT(refused(outcome).error.message(), HasSubstr("were changed"));
}

TEST(Verify, RefusesWhatIsNoManifest) {
  const std::string bytes = "[]";
  const oci::StoredManifest artifact{
      {std::string(oci::media_type::kManifest), Digest::of(bytes), bytes.size(), "", {}}, bytes};
  const SignatureSet set{{bundle_for(first_key(), artifact.descriptor.digest)}, {}};
  EXPECT_EQ(refused(run(artifact, set, make_policy())).evidence.broken_rule, PolicyRule::kManifest);
}

TEST(Verify, RefusesAPolicyOfAnotherRepository) {
  const auto artifact = make_artifact();
  const SignatureSet set{{bundle_for(first_key(), artifact.descriptor.digest)}, {}};
  auto policy = make_policy();
  policy.repositories = {"registry.example.com/bank/*"};
  EXPECT_EQ(refused(run(artifact, set, policy)).evidence.broken_rule, PolicyRule::kRepository);
}

TEST(Verify, KeepsTheMaximumAge) {
  const auto at = [](std::chrono::seconds offset) { return format_timestamp(kNow + offset); };
  const struct {
    const char* name;
    oci::Annotations annotations;
    const char* refusal;  // null: accepted
  } kCases[] = {
      {"fresh", {{std::string(kCreatedAnnotation), at(std::chrono::hours(-1))}}, nullptr},
      {"just old enough",
       {{std::string(kCreatedAnnotation), at(std::chrono::hours(-24))}},
       nullptr},
      {"too old",
       {{std::string(kCreatedAnnotation), at(std::chrono::hours(-24) - std::chrono::seconds(1))}},
       "publish it again"},
      {"clocks differ a little", {{std::string(kCreatedAnnotation), at(kMaxClockSkew)}}, nullptr},
      {"from the future",
       {{std::string(kCreatedAnnotation), at(kMaxClockSkew + std::chrono::seconds(1))}},
       "in the future"},
      {"no annotation", {}, "no annotation"},
      {"no time", {{std::string(kCreatedAnnotation), "yesterday"}}, "no RFC 3339 time"},
  };
  for (const auto& test : kCases) {
    const auto artifact = make_artifact(test.annotations);
    const SignatureSet set{{bundle_for(first_key(), artifact.descriptor.digest)}, {}};
    auto policy = make_policy();
    policy.max_age = std::chrono::hours(24);
    const auto outcome = run(artifact, set, policy);
    ASSERT_EQ(std::holds_alternative<Refused>(outcome), test.refusal != nullptr) << test.name;
    if (test.refusal != nullptr) {
      EXPECT_EQ(refused(outcome).evidence.broken_rule, PolicyRule::kMaxAge) << test.name;
      EXPECT_THAT(refused(outcome).error.message(), HasSubstr(test.refusal)) << test.name;
      // Each later look would be news to the record, the status and the events.
      EXPECT_THAT(refused(outcome).error.message(), testing::Not(HasSubstr(at({})))) << test.name;
    }
  }
}

TEST(Verify, RefusesToRollBack) {
  const auto same = make_artifact({{"dev.sealift.sequence", "5"}});
  const AcceptedBefore before{make_artifact({{"x", "y"}}).descriptor.digest, 5};
  const AcceptedBefore before_same{same.descriptor.digest, 5};
  const auto older = make_artifact({{"dev.sealift.sequence", "4"}});
  const AcceptedBefore forged{older.descriptor.digest, 5};
  const AcceptedBefore went_back{same.descriptor.digest, 5, older.descriptor.digest};
  const struct {
    const char* name;
    oci::StoredManifest artifact;
    const AcceptedBefore* before;
    const char* refusal;  // null: accepted
  } kCases[] = {
      {"nothing before", make_artifact(), nullptr, nullptr},
      {"newer", make_artifact({{"dev.sealift.sequence", "6"}}), &before, nullptr},
      {"the same artifact again", same, &before_same, nullptr},
      {"older", make_artifact({{"dev.sealift.sequence", "4"}}), &before, "lower than"},
      {"older under the sequence of the newest", older, &forged, "lower than"},
      {"the one that was put back", older, &went_back, nullptr},
      {"the newest after a way back", same, &went_back, nullptr},
      {"older than the one put back", make_artifact({{"dev.sealift.sequence", "3"}}), &went_back,
       "lower than"},
      {"like the newest after a way back",
       make_artifact({{"dev.sealift.sequence", "5"}, {"x", "y"}}), &went_back, "order is unknown"},
      {"negative", make_artifact({{"dev.sealift.sequence", "-6"}}), &before, "lower than"},
      {"same sequence, other digest", same, &before, "order is unknown"},
      {"no sequence", make_artifact(), &before, "no annotation dev.sealift.sequence"},
      {"no number", make_artifact({{"dev.sealift.sequence", "6a"}}), nullptr, "no integer"},
      {"beyond 64 bits", make_artifact({{"dev.sealift.sequence", "9223372036854775808"}}), nullptr,
       "no integer"},
  };
  for (const auto& test : kCases) {
    const SignatureSet set{{bundle_for(first_key(), test.artifact.descriptor.digest)}, {}};
    const auto outcome = run(test.artifact, set, make_policy(), test.before);
    ASSERT_EQ(std::holds_alternative<Refused>(outcome), test.refusal != nullptr) << test.name;
    if (test.refusal == nullptr) continue;
    EXPECT_EQ(refused(outcome).evidence.broken_rule, PolicyRule::kRollback) << test.name;
    EXPECT_THAT(refused(outcome).error.message(), HasSubstr(test.refusal)) << test.name;
    if (test.before == nullptr) continue;
    auto lenient = make_policy();
    lenient.rollback = TrustPolicy::Rollback::kAllow;
    EXPECT_TRUE(
        std::holds_alternative<VerifiedArtifact>(run(test.artifact, set, lenient, test.before)))
        << test.name;
  }
}

TEST(Verify, OneVerdictServesSeveralMemories) {
  const auto artifact = make_artifact({{"dev.sealift.sequence", "5"}});
  const SignatureSet set{{bundle_for(first_key(), artifact.descriptor.digest)}, {}};
  const auto verified = std::get<VerifiedArtifact>(run(artifact, set, make_policy()));
  const auto other = make_artifact({{"x", "y"}}).descriptor.digest;
  EXPECT_FALSE(check_rollback(make_policy(), verified, nullptr));
  for (const std::int64_t sequence : {4, 5, 6}) {
    const AcceptedBefore before{other, sequence};
    const auto refusal = check_rollback(make_policy(), verified, &before);
    ASSERT_EQ(refusal.has_value(), sequence >= 5) << sequence;
    if (!refusal) continue;
    const auto whole = run(artifact, set, make_policy(), &before);
    EXPECT_EQ(refusal->error.code(), ErrorCode::kUntrusted);
    EXPECT_EQ(refusal->error.message(), refused(whole).error.message());
    EXPECT_EQ(dump_json(to_json(refusal->evidence)), dump_json(to_json(refused(whole).evidence)));
  }
}

TEST(Evidence, SpeaksJsonAndProse) {
  const auto artifact = make_artifact();
  const SignatureSet set{{bundle_for(first_key(), artifact.descriptor.digest)},
                         {{"referrer \x1b[31m", "gone"}}};
  const auto outcome = run(artifact, set, make_policy(2));
  const auto& evidence = refused(outcome).evidence;
  const Json json = to_json(evidence);
  EXPECT_EQ(json.string_at({"verdict"}), "refused");
  EXPECT_EQ(json.string_at({"brokenRule"}), "threshold");
  EXPECT_EQ(json.string_at({"policy"}), "shop");
  EXPECT_EQ(json.string_at({"digest"}), artifact.descriptor.digest.to_string());
  EXPECT_EQ(json.find("threshold")->as_int64(), 2);
  EXPECT_EQ(json.find("accepted")->as_array()->at(0).string_at({"signer"}), "first");
  EXPECT_EQ(json.find("refused")->as_array()->at(0).string_at({"refusal"}), "unreadable");

  const std::string text = describe(evidence);
  EXPECT_THAT(text, HasSubstr("policy \"shop\": 1 of 2 required signers"));
  EXPECT_THAT(text, HasSubstr("accepted: \"first\" (sha256:"));
  EXPECT_THAT(text, HasSubstr("refused: referrer \\x1b[31m: gone [unreadable]"));
}

TEST(Evidence, NamesEachRefusalDifferently) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Refusal::kNotAsked); ++i) {
    names.insert(to_string(static_cast<Refusal>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Refusal::kNotAsked) + 1);
}

}  // namespace
}  // namespace sealift::signing
