#include "support/refusal_matchers.h"
#include "support/test_sigstore.h"

#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/verification.h>

#include <gtest/gtest.h>

namespace sealift::sigstore {
namespace {

using sealift::test::is_accepted;
using sealift::test::is_refused;
using sealift::test::KeylessDraft;
using sealift::test::TestKey;
using sealift::test::TestLog;
using sealift::test::TestSigstore;

constexpr std::string_view kArtifact = "the artifact";
const Timestamp kNow = parse_timestamp("2026-11-01T00:00:00Z").value();

class KeyEvidence : public testing::Test {
 protected:
  explicit KeyEvidence(TestLog::Make make = TestLog::Make::kRekor1) : sigstore(make) {
    draft.key = key;
    draft.is_stamped = false;
    use_root(sigstore.trusted_root());
  }

  void use_root(const Json& json) { root = parse_trusted_root(dump_json(json), "root").value(); }
  SignedEvidence evidence() {
    return parse_bundle(dump_json(sigstore.bundle(draft)), "bundle").value();
  }
  Verdict<VerifiedSignature> verify(const SignedEvidence& given,
                                    Artifact artifact = Artifact::of_bytes(kArtifact),
                                    Timestamp now = kNow) const {
    return verify_evidence(given, artifact, root, rule, now);
  }
  void use_key(const TestKey& other) {
    draft.key = other;
    rule.signer = crypto::PublicKey::from_der(other.public_der(), "key").value();
  }

  TestKey key = TestKey::ec();
  TestSigstore sigstore;
  KeylessDraft draft;
  TrustedRoot root;
  VerificationRule rule{.signer = crypto::PublicKey::from_der(key.public_der(), "key").value()};
};

TEST_F(KeyEvidence, NeedsALogAndNoCertificate) {
  ASSERT_ACCEPTED_ASSIGN(const auto verified, verify(evidence()));
  EXPECT_EQ(verified.key.der(), key.public_der());
  EXPECT_FALSE(verified.signer.has_value());
  EXPECT_EQ(verified.log_entries.size(), 1u);
  EXPECT_EQ(verified.times, std::vector<Timestamp>{draft.time});
  auto unlogged = evidence();
  unlogged.log_entries.clear();
  EXPECT_THAT(verify(unlogged), is_refused(RefusalKind::kLogEvidenceMissing));
  rule.requires_log = false;
  ASSERT_ACCEPTED_ASSIGN(const auto without, verify(unlogged));
  EXPECT_TRUE(without.log_entries.empty());
  EXPECT_TRUE(without.times.empty());
  // What is not asked for is not looked at, and proves nothing.
  auto broken = evidence();
  broken.log_entries.front().promise = "broken";
  ASSERT_ACCEPTED_ASSIGN(const auto ignored, verify(broken));
  EXPECT_TRUE(ignored.times.empty());
}

TEST_F(KeyEvidence, HintsAreNoProof) {
  auto given = evidence();
  for (const char* hint : {"", "somebody", "another"}) {
    given.key_hint = hint;
    EXPECT_THAT(verify(given), is_accepted());
  }
  draft.key = TestKey::ec();
  auto stranger = evidence();
  stranger.key_hint = std::get<crypto::PublicKey>(rule.signer).hint();
  EXPECT_THAT(verify(stranger), is_refused(RefusalKind::kEntryMismatch, "another key"));
  rule.requires_log = false;
  EXPECT_THAT(verify(stranger), is_refused(RefusalKind::kSignature));
}

TEST_F(KeyEvidence, RecordsWhatStampsProve) {
  draft.is_stamped = true;
  draft.stamped = draft.time + std::chrono::hours(5);
  auto given = evidence();
  ASSERT_ACCEPTED_ASSIGN(const auto verified, verify(given));
  EXPECT_EQ(verified.timestamps.size(), 1u);
  EXPECT_EQ(verified.times.size(), 2u);
  // A known authority's stamp must hold; a stranger's says nothing.
  auto moved = given;
  moved.timestamps.front() = [&] {
    draft.artifact = "another artifact";
    return evidence().timestamps.front();
  }();
  EXPECT_THAT(verify(moved), is_refused(RefusalKind::kTimestampImprint));
  auto twice = given;
  twice.timestamps.push_back(twice.timestamps.front());
  EXPECT_THAT(verify(twice), is_refused(RefusalKind::kTimestampDuplicate));
  Json without = sigstore.trusted_root();
  without.erase("timestampAuthorities");
  use_root(without);
  ASSERT_ACCEPTED_ASSIGN(const auto unstamped, verify(given));
  EXPECT_TRUE(unstamped.timestamps.empty());
  EXPECT_EQ(unstamped.times.size(), 1u);
}

TEST_F(KeyEvidence, IsCheckedAgainstDigestsOrBytes) {
  rule.requires_log = false;
  const auto digest = Artifact::of_digest(Digest::of(kArtifact));
  const auto longer = Artifact::of_digest(Digest::of(kArtifact, Digest::Algorithm::kSha512));
  const struct {
    TestKey key;
    bool needs_bytes;
  } kCases[] = {
      {TestKey::ec(), false},       {TestKey::ec("P-521"), false}, {TestKey::rsa(2048), false},
      {TestKey::ec("P-384"), true}, {TestKey::ed25519(), true},
  };
  for (const auto& test : kCases) {
    use_key(test.key);
    const auto given = evidence();
    EXPECT_EQ(needs_artifact_bytes(given, rule), test.needs_bytes);
    EXPECT_THAT(verify(given), is_accepted());
    if (!test.needs_bytes) {
      EXPECT_THAT(verify(given, digest), is_accepted());
    }
    // The signer named the SHA-256.
    EXPECT_THAT(verify(given, longer), is_refused(RefusalKind::kContent, "give the file itself"));
    EXPECT_THAT(verify(given, Artifact::of_bytes("another")), is_refused(RefusalKind::kContent));
    auto renamed = given;
    std::get<MessageSignature>(renamed.content).digest =
        Artifact::of_bytes("another").digests.front();
    EXPECT_THAT(verify(renamed, Artifact::of_bytes("another")),
                is_refused(RefusalKind::kSignature));
  }
  EXPECT_THAT(verify(evidence(), digest),
              is_refused(RefusalKind::kUnsupported, "give the file itself"));
  draft.predicate_type = "https://slsa.dev/provenance/v1";
  EXPECT_FALSE(needs_artifact_bytes(evidence(), rule));
}

// Cosign 3 writes "messageDigest": {} with Ed25519, and the signature says all the same.
TEST_F(KeyEvidence, OfAKeyThatHashesByItselfNeedsNoDigest) {
  use_key(TestKey::ed25519());
  const auto without_digest = [&] {
    Json json = sigstore.bundle(draft);
    json.find("messageSignature")->set("messageDigest", Json::object());
    return parse_bundle(dump_json(json), "bundle").value();
  };
  const auto given = without_digest();
  EXPECT_THAT(verify(given), is_accepted());
  EXPECT_THAT(verify(given, Artifact::of_bytes("another")),
              is_refused(RefusalKind::kEntryMismatch));
  rule.requires_log = false;
  EXPECT_THAT(verify(given), is_accepted());
  EXPECT_THAT(verify(given, Artifact::of_bytes("another")), is_refused(RefusalKind::kSignature));
  EXPECT_THAT(verify(given, Artifact::of_digest(Digest::of(kArtifact))),
              is_refused(RefusalKind::kUnsupported, "give the file itself"));
  use_key(key);
  EXPECT_THAT(verify(without_digest()), is_refused(RefusalKind::kMalformed, "names no digest"));
}

class KeyEvidenceInTiles : public KeyEvidence {
 protected:
  KeyEvidenceInTiles() : KeyEvidence(TestLog::Make::kTiles) {}
};

// A log of tiles gives no time: without a stamp its key must count now.
TEST_F(KeyEvidenceInTiles, NeedsALogWhoseKeyIsValid) {
  Json json = sigstore.trusted_root();
  json.find("tlogs")
      ->as_array()
      ->front()
      .find("publicKey")
      ->set("validFor",
            Json::Object{{"start", "2026-05-01T00:00:00Z"}, {"end", "2026-07-01T00:00:00Z"}});
  use_root(json);
  const auto given = evidence();
  const auto artifact = Artifact::of_bytes(kArtifact);
  const auto june = parse_timestamp("2026-06-15T00:00:00Z").value();
  EXPECT_THAT(verify(given, artifact, june), is_accepted());
  EXPECT_THAT(verify(given, artifact, kNow),
              is_refused(RefusalKind::kLogKeyNotValid, "nothing says when"));
  draft.is_stamped = true;
  EXPECT_THAT(verify(evidence(), artifact, kNow), is_accepted());
  draft.stamped = parse_timestamp("2026-07-02T00:00:00Z").value();
  EXPECT_THAT(verify(evidence(), artifact, june), is_refused(RefusalKind::kLogKeyNotValid));
}

}  // namespace
}  // namespace sealift::sigstore
