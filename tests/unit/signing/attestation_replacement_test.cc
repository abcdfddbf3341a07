// A new attestation in the place of the same signer's older ones.
#include "memory_repository.h"
#include "signed_artifact.h"
#include "support/result_matchers.h"

#include <sealift/signing/attestation_replacement.h>

#include <gtest/gtest.h>

namespace sealift::signing {
namespace {

using sealift::test::fails_with;
using test::first_key;
using test::MemoryRepository;
using test::second_key;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr Timestamp kNow = Timestamp(std::chrono::seconds(1'800'000'000));
constexpr const char* kType = "https://example.com/type";
constexpr const char* kOther = "https://example.com/other";

using Format = FoundSignature::Format;

class ReplacementTest : public testing::TestWithParam<Format> {
 protected:
  // An attestation that says "is": `text`.
  MadeSignature made_by(const crypto::PrivateKey& key, const std::string& text,
                        const std::string& type = kType) const {
    const sigstore::DsseEnvelope unsigned_envelope{
        std::string(sigstore::kInTotoPayloadType),
        sigstore::attestation_statement("shop", digest(), type, Json::Object{{"is", text}}), ""};
    auto envelope = unsigned_envelope;
    envelope.signature =
        key.sign(sigstore::pre_authentication_encoding(envelope.payload_type, envelope.payload))
            .value();
    if (GetParam() == Format::kBundle) {
      return {GetParam(), sigstore::serialize_bundle(key.public_key().hint(), envelope), {}, type};
    }
    return {GetParam(),
            dump_json(sigstore::to_json(envelope)),
            {{std::string(sigstore::kClassicSignature), ""}},
            type};
  }
  void store(const MadeSignature& made) {
    ASSERT_OK(store_signature(repository_, artifact_.descriptor, made, kNow, {}));
  }
  Result<Replacement> replace(const MadeSignature& made,
                              std::function<bool(const Json&)> same_matter = {}) {
    return replace_attestations(repository_, artifact_.descriptor, made,
                                {policy_for_key(first_key().public_key(), "own"), same_matter},
                                kNow, {});
  }
  // What is there, whoever said it.
  std::vector<std::string> texts() {
    std::vector<std::string> all;
    const auto set =
        fetch_signatures(repository_, digest(), WantedPieces::kAttestationsToo, {}).value();
    EXPECT_THAT(set.unreadable, IsEmpty());
    for (const auto& piece : set.pieces) {
      const auto evidence = piece.format == Format::kBundle
                                ? sigstore::parse_bundle(piece.payload, "bundle")
                                : sigstore::parse_classic_attestation(piece.payload, {}, "layer");
      const auto statement =
          sigstore::parse_statement(evidence.value().envelope()->payload, "statement");
      all.emplace_back(statement.value().predicate.string_at({"is"}));
    }
    return all;
  }
  const Digest& digest() const { return artifact_.descriptor.digest; }

  MemoryRepository repository_;
  oci::StoredManifest artifact_ = test::make_artifact();
};

INSTANTIATE_TEST_SUITE_P(Places, ReplacementTest,
                         testing::Values(Format::kBundle, Format::kAttestation),
                         [](const auto& place) { return std::string(format_name(place.param)); });

TEST_P(ReplacementTest, TakesThePlaceOfAllThatTheSameSignerMade) {
  store(made_by(first_key(), "first"));
  store(made_by(first_key(), "second"));
  ASSERT_OK_ASSIGN(const auto done, replace(made_by(first_key(), "third")));
  EXPECT_THAT(done.replaced, SizeIs(2));
  EXPECT_EQ(done.of_others, 0u);
  EXPECT_FALSE(done.left);
  EXPECT_THAT(texts(), UnorderedElementsAre("third"));
  EXPECT_OK(repository_.resolve(done.stored.digest.to_string(), {}));
}

TEST_P(ReplacementTest, IsTheFirstWhereThereIsNone) {
  ASSERT_OK_ASSIGN(const auto done, replace(made_by(first_key(), "first")));
  EXPECT_THAT(done.replaced, IsEmpty());
  EXPECT_THAT(texts(), UnorderedElementsAre("first"));
}

TEST_P(ReplacementTest, LeavesWhatOthersSignedAndWhatIsAboutSomethingElse) {
  store(made_by(second_key(), "of another signer"));
  store(made_by(first_key(), "of another type", kOther));
  store(made_by(first_key(), "old"));
  ASSERT_OK_ASSIGN(const auto done, replace(made_by(first_key(), "new")));
  EXPECT_THAT(done.replaced, SizeIs(1));
  EXPECT_EQ(done.of_others, 1u);
  EXPECT_THAT(texts(), UnorderedElementsAre("of another signer", "of another type", "new"));
}

TEST_P(ReplacementTest, LeavesAnotherMatterOfTheSameType) {
  store(made_by(first_key(), "prod 1"));
  store(made_by(first_key(), "test 1"));
  const auto is_prod = [](const Json& predicate) {
    return predicate.string_at({"is"}).starts_with("prod");
  };
  ASSERT_OK(replace(made_by(first_key(), "prod 2"), is_prod));
  EXPECT_THAT(texts(), UnorderedElementsAre("test 1", "prod 2"));
}

// Whoever may write annotations and cannot sign must not get anything removed.
TEST_P(ReplacementTest, DoesNotBelieveWhatAPieceSaysOfItself) {
  auto forged = made_by(second_key(), "forged");
  auto mislabelled = made_by(first_key(), "mislabelled", kOther);
  mislabelled.predicate_type = kType;
  store(forged);
  store(mislabelled);
  ASSERT_OK_ASSIGN(const auto done, replace(made_by(first_key(), "new")));
  EXPECT_THAT(done.replaced, IsEmpty());
  EXPECT_THAT(texts(), UnorderedElementsAre("forged", "mislabelled", "new"));
}

TEST_P(ReplacementTest, TheSameBytesAgainStay) {
  const auto made = made_by(first_key(), "same");
  store(made);
  ASSERT_OK(replace(made));
  EXPECT_THAT(texts(), UnorderedElementsAre("same"));
}

TEST_P(ReplacementTest, StoresNothingWhereItCannotSeeWhatIsThere) {
  const Error away(ErrorCode::kUnavailable, "the registry is away");
  (GetParam() == Format::kBundle ? repository_.referrers_error : repository_.manifest_error) = away;
  EXPECT_THAT(replace(made_by(first_key(), "new")),
              fails_with(ErrorCode::kUnavailable, "looking for attestations to replace"));
  repository_.referrers_error = repository_.manifest_error = std::nullopt;
  EXPECT_THAT(texts(), IsEmpty());
}

using ReplacedBundleTest = ReplacementTest;
INSTANTIATE_TEST_SUITE_P(Bundles, ReplacedBundleTest, testing::Values(Format::kBundle),
                         [](const auto&) { return std::string("bundle"); });

TEST_P(ReplacedBundleTest, TheNewOneIsThereBeforeAnotherGoes) {
  store(made_by(first_key(), "old"));
  repository_.removal_error = Error(ErrorCode::kForbidden, "the registry removes no manifests");
  ASSERT_OK_ASSIGN(const auto done, replace(made_by(first_key(), "new")));
  EXPECT_THAT(done.replaced, IsEmpty());
  ASSERT_TRUE(done.left);
  EXPECT_EQ(done.left->code(), ErrorCode::kForbidden);
  EXPECT_THAT(texts(), UnorderedElementsAre("old", "new"));
}

// Of two who replace at the same time, neither removes what it could not have seen.
TEST_P(ReplacedBundleTest, OfTwoAtTheSameTimeOneStays) {
  store(made_by(first_key(), "old"));
  bool is_rival_done = false;
  repository_.after_push = [&] {
    if (std::exchange(is_rival_done, true)) return;
    ASSERT_OK(replace(made_by(first_key(), "rival")));
  };
  ASSERT_OK(replace(made_by(first_key(), "mine")));
  // The rival saw mine, and I did not see the rival's.
  EXPECT_THAT(texts(), UnorderedElementsAre("rival"));
}

using ReplacedLayerTest = ReplacementTest;
INSTANTIATE_TEST_SUITE_P(Layers, ReplacedLayerTest, testing::Values(Format::kAttestation),
                         [](const auto&) { return std::string("attestation"); });

TEST_P(ReplacedLayerTest, AnotherSignerWhoComesBetweenIsKept) {
  store(made_by(first_key(), "old"));
  int writes = 0;
  repository_.after_tag = [&](const std::string&) {
    // Once, somebody who read the tag before us writes it after us.
    if (++writes != 1) return;
    store(made_by(second_key(), "of another"));
  };
  ASSERT_OK(replace(made_by(first_key(), "new")));
  EXPECT_THAT(texts(), UnorderedElementsAre("of another", "new"));
}

}  // namespace
}  // namespace sealift::signing
