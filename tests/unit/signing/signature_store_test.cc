#include "memory_repository.h"
#include "signed_artifact.h"
#include "support/key_signature.h"
#include "support/result_matchers.h"
#include "support/test_sigstore.h"

#include <sealift/signing/freshness.h>
#include <sealift/signing/policy_document.h>

#include <gtest/gtest.h>

namespace sealift::signing {
namespace {

using sealift::test::fails_with;
using test::first_key;
using test::make_artifact;
using test::MemoryRepository;
using test::second_key;
using testing::HasSubstr;

constexpr Timestamp kNow = Timestamp(std::chrono::seconds(1'800'000'000));
constexpr SignatureStorage kBoth[] = {SignatureStorage::kBundle, SignatureStorage::kTag};

class SignatureStoreTest : public testing::Test {
 protected:
  Result<oci::Descriptor> sign(const crypto::PrivateKey& key, SignatureStorage storage) {
    return sealift::test::sign_by_key(repository_, artifact_.descriptor, test::kRepository, key,
                                      storage, kNow);
  }
  SignatureSet fetch() {
    return fetch_signatures(repository_, digest(), WantedPieces::kSignatures, {}).value();
  }
  const Digest& digest() const { return artifact_.descriptor.digest; }
  std::string tag() const { return "sha256-" + digest().hex() + ".sig"; }
  oci::Manifest manifest_of(const std::string& name) {
    const auto stored = repository_.fetch_manifest(name, {}).value();
    return oci::parse_manifest(stored.bytes, stored.descriptor.media_type).value();
  }
  std::string blob_of(const oci::Descriptor& descriptor) {
    StringSink sink("blob", 1u << 20);
    EXPECT_OK(repository_.fetch_blob(descriptor, sink, {}));
    return sink.take();
  }
  bool is_accepted(std::uint32_t threshold) {
    const auto set = fetch();
    const auto policy = test::make_policy(threshold);
    return std::holds_alternative<VerifiedArtifact>(
        verify({test::kRepository, artifact_, set, policy, kNow, nullptr}));
  }

  MemoryRepository repository_;
  oci::StoredManifest artifact_ = make_artifact();
};

TEST_F(SignatureStoreTest, NothingIsFoundInAnEmptyRepository) {
  const auto set = fetch();
  EXPECT_TRUE(set.pieces.empty());
  EXPECT_TRUE(set.unreadable.empty());
}

TEST_F(SignatureStoreTest, WhatIsStoredInEitherPlaceIsFoundAndAccepted) {
  for (const auto storage : kBoth) {
    repository_ = MemoryRepository();
    ASSERT_OK_ASSIGN(const auto holder, sign(first_key(), storage));
    const auto set = fetch();
    ASSERT_EQ(set.pieces.size(), 1u);
    EXPECT_EQ(set.pieces[0].holder.value().digest, holder.digest);
    EXPECT_TRUE(is_accepted(1));
  }
}

TEST_F(SignatureStoreTest, ABundleIsStoredAsCosignStoresIt) {
  ASSERT_OK_ASSIGN(const auto holder, sign(first_key(), SignatureStorage::kBundle));
  const auto manifest = manifest_of(holder.digest.to_string());
  EXPECT_EQ(manifest.artifact_type, "application/vnd.dev.sigstore.bundle.v0.3+json");
  EXPECT_EQ(manifest.config, oci::empty_descriptor());
  EXPECT_EQ(blob_of(manifest.config), "{}");
  ASSERT_EQ(manifest.layers.size(), 1u);
  EXPECT_EQ(manifest.layers[0].media_type, "application/vnd.dev.sigstore.bundle.v0.3+json");
  EXPECT_EQ(manifest.subject.value().digest, digest());
  EXPECT_EQ(manifest.subject.value().size, artifact_.descriptor.size);
  EXPECT_EQ(manifest.annotations,
            (oci::Annotations{
                {"dev.sigstore.bundle.content", "dsse-envelope"},
                {"dev.sigstore.bundle.predicateType", "https://sigstore.dev/cosign/sign/v1"},
                {"org.opencontainers.image.created", "2027-01-15T08:00:00Z"}}));
}

TEST_F(SignatureStoreTest, ATaggedSignatureIsStoredAsCosignStoresIt) {
  ASSERT_OK(sign(first_key(), SignatureStorage::kTag));
  const auto manifest = manifest_of(tag());
  EXPECT_EQ(manifest.config.media_type, "application/vnd.oci.image.config.v1+json");
  ASSERT_EQ(manifest.layers.size(), 1u);
  EXPECT_EQ(manifest.layers[0].media_type, "application/vnd.dev.cosign.simplesigning.v1+json");
  EXPECT_NE(
      oci::find_annotation(manifest.layers[0].annotations, "dev.cosignproject.cosign/signature"),
      "");
  EXPECT_EQ(blob_of(manifest.config),
            R"({"architecture":"","created":"0001-01-01T00:00:00Z",)"
            R"("history":[{"created":"0001-01-01T00:00:00Z"}],"os":"","rootfs":{"type":"layers",)"
            R"("diff_ids":[")" +
                manifest.layers[0].digest.to_string() + R"("]},"config":{}})");
  EXPECT_FALSE(manifest.subject);
}

TEST_F(SignatureStoreTest, AttestationsAreStoredInTheirOwnPlaces) {
  const std::string type = "https://example.com/type";
  const MadeSignature layer{FoundSignature::Format::kAttestation,
                            "an envelope",
                            {{"dev.cosignproject.cosign/signature", ""},
                             {"dev.sigstore.cosign/certificate", "c"},
                             {"dev.sigstore.cosign/bundle", "b"}},
                            type};
  ASSERT_OK(store_signature(repository_, artifact_.descriptor, layer, kNow, {}));
  const auto tagged = manifest_of("sha256-" + digest().hex() + ".att");
  ASSERT_EQ(tagged.layers.size(), 1u);
  EXPECT_EQ(tagged.layers[0].media_type, "application/vnd.dsse.envelope.v1+json");
  EXPECT_EQ(tagged.layers[0].annotations,
            (oci::Annotations{{"dev.cosignproject.cosign/signature", ""},
                              {"dev.sigstore.cosign/bundle", "b"},
                              {"dev.sigstore.cosign/certificate", "c"},
                              {"predicateType", type}}));
  const MadeSignature bundle{FoundSignature::Format::kBundle, "a bundle", {}, type};
  ASSERT_OK_ASSIGN(const auto holder,
                   store_signature(repository_, artifact_.descriptor, bundle, kNow, {}));
  EXPECT_EQ(oci::find_annotation(manifest_of(holder.digest.to_string()).annotations,
                                 "dev.sigstore.bundle.predicateType"),
            type);
  EXPECT_EQ(fetch().pieces.size(), 1u);
  const auto both =
      fetch_signatures(repository_, digest(), WantedPieces::kAttestationsToo, {}).value();
  ASSERT_EQ(both.pieces.size(), 2u);
  EXPECT_EQ(both.pieces[0].payload, "a bundle");
  EXPECT_EQ(both.pieces[1].payload, "an envelope");
}

TEST_F(SignatureStoreTest, ASecondSignerIsAddedToTheFirst) {
  for (const auto storage : kBoth) {
    repository_ = MemoryRepository();
    ASSERT_OK(sign(first_key(), storage));
    EXPECT_FALSE(is_accepted(2));
    ASSERT_OK(sign(second_key(), storage));
    EXPECT_TRUE(is_accepted(2));
  }
}

TEST_F(SignatureStoreTest, FindsAnEarlierSignatureByItsKeyInItsPlace) {
  for (const auto storage : kBoth) {
    repository_ = MemoryRepository();
    const auto find = [&](const crypto::PrivateKey& key, SignatureStorage place) {
      return find_signature(repository_, digest(), {.key = key.public_key()}, place, kNow, {})
          .value();
    };
    EXPECT_FALSE(find(first_key(), storage));
    ASSERT_OK_ASSIGN(const auto holder, sign(first_key(), storage));
    ASSERT_TRUE(find(first_key(), storage));
    EXPECT_EQ(find(first_key(), storage)->digest, holder.digest);
    EXPECT_FALSE(find(second_key(), storage));
    const bool is_bundle = storage == SignatureStorage::kBundle;
    EXPECT_FALSE(find(first_key(), is_bundle ? SignatureStorage::kTag : SignatureStorage::kBundle));
  }
}

// A signature of a private Sigstore, by a key, is one that need not be made again only where as
// much speaks for it as is asked.
TEST_F(SignatureStoreTest, AnEarlierSignatureIsFoundWithWhatIsAskedOfIt) {
  sealift::test::TestSigstore sigstore;
  sealift::test::KeylessDraft draft;
  draft.key = sealift::test::TestKey::ec();
  draft.artifact = artifact_.bytes;
  draft.predicate_type = sigstore::kSignaturePredicateType;
  const auto key = crypto::PublicKey::from_der(draft.key->public_der(), "key").value();
  ASSERT_OK_ASSIGN(const auto root,
                   make_policy_root("test", dump_json(sigstore.trusted_root()), "root"));
  const struct {
    bool is_logged, is_stamped;
    bool bare, logged, stamped, both;  // is found where that is asked for
  } kCases[] = {{false, false, true, false, false, false},
                {true, false, true, true, false, false},
                {false, true, true, false, true, false},
                {true, true, true, true, true, true}};
  for (const auto& test : kCases) {
    SCOPED_TRACE(testing::Message() << test.is_logged << test.is_stamped);
    repository_ = MemoryRepository();
    draft.is_stamped = test.is_stamped;
    Json bundle = sigstore.bundle(draft);
    if (!test.is_logged) bundle.find("verificationMaterial")->set("tlogEntries", Json::array());
    ASSERT_OK(store_signature(
        repository_, artifact_.descriptor,
        {FoundSignature::Format::kBundle, dump_json(bundle), {}, draft.predicate_type}, kNow, {}));
    const auto finds = [&](std::size_t logs, std::size_t timestamps) {
      return find_signature(repository_, digest(), {key, root, logs, timestamps},
                            SignatureStorage::kBundle, kNow, {})
          .value()
          .has_value();
    };
    EXPECT_EQ(finds(0, 0), test.bare);
    EXPECT_EQ(finds(1, 0), test.logged);
    EXPECT_EQ(finds(0, 1), test.stamped);
    EXPECT_EQ(finds(1, 1), test.both);
    EXPECT_FALSE(finds(2, 0)) << "two logs";
    EXPECT_FALSE(finds(0, 2)) << "two authorities";
  }
}

TEST_F(SignatureStoreTest, TheTagIsWrittenAgainWhenAnotherSignerCameBetween) {
  // The other signer read the tag before ours was there, and overwrites it once.
  MemoryRepository other;
  ASSERT_OK(sealift::test::sign_by_key(other, artifact_.descriptor, test::kRepository, second_key(),
                                       SignatureStorage::kTag, kNow));
  const auto theirs = other.fetch_manifest(tag(), {}).value();
  const auto their_layer =
      oci::parse_manifest(theirs.bytes, theirs.descriptor.media_type).value().layers.at(0);
  const std::string payload = sigstore::serialize_simple_signing(test::kRepository, digest());
  ASSERT_OK(repository_.push_blob(their_layer, Blob::from_string(payload), {}));
  ASSERT_OK(repository_.push_manifest(theirs.bytes, theirs.descriptor.media_type, "", {}));

  repository_.after_tag = [&](const std::string& name) {
    repository_.after_tag = nullptr;
    repository_.set_tag(name, theirs.descriptor.digest.to_string());
  };
  ASSERT_OK(sign(first_key(), SignatureStorage::kTag));
  EXPECT_EQ(manifest_of(tag()).layers.size(), 2u);
  EXPECT_TRUE(is_accepted(2));
}

TEST_F(SignatureStoreTest, ATagThatNeverKeepsOurSignatureIsAConflict) {
  repository_.after_tag = [&](const std::string& name) {
    EXPECT_TRUE(repository_.remove_tag(name, {}));
  };
  EXPECT_THAT(sign(first_key(), SignatureStorage::kTag),
              fails_with(ErrorCode::kConflict, "sign again"));
}

TEST_F(SignatureStoreTest, AFullTagIsNotOverfilled) {
  ASSERT_OK(sign(first_key(), SignatureStorage::kTag));
  auto manifest = manifest_of(tag());
  manifest.layers.resize(kMaxSignatures, manifest.layers[0]);
  ASSERT_OK(repository_.push_manifest(oci::serialize(manifest), manifest.media_type, tag(), {}));
  EXPECT_THAT(sign(second_key(), SignatureStorage::kTag),
              fails_with(ErrorCode::kInvalidInput, "holds 64 signatures"));
}

TEST_F(SignatureStoreTest, ABrokenStoreIsAnErrorAndNotAnEmptySet) {
  for (const auto storage : kBoth) ASSERT_OK(sign(first_key(), storage));
  const Error away(ErrorCode::kUnavailable, "away");
  for (auto member : {&MemoryRepository::manifest_error, &MemoryRepository::blob_error,
                      &MemoryRepository::referrers_error}) {
    repository_.*member = away;
    EXPECT_THAT(fetch_signatures(repository_, digest(), WantedPieces::kSignatures, {}),
                fails_with(ErrorCode::kUnavailable, "away"));
    (repository_.*member).reset();
  }
}

TEST_F(SignatureStoreTest, AMissingPieceIsNamedAndTheRestIsRead) {
  for (const auto storage : kBoth) ASSERT_OK(sign(first_key(), storage));
  repository_.blob_error = Error(ErrorCode::kNotFound, "the blob is gone");
  const auto set = fetch();
  EXPECT_TRUE(set.pieces.empty());
  ASSERT_EQ(set.unreadable.size(), 2u);
  EXPECT_THAT(set.unreadable[0].first, HasSubstr("referrer sha256:"));
  EXPECT_EQ(set.unreadable[0].second, "the blob is gone");
  EXPECT_EQ(set.unreadable[1].first, "tag " + tag() + ", layer 0");
}

TEST_F(SignatureStoreTest, ReferrersOfOtherToolsAreNobodysConcern) {
  ASSERT_OK(sign(first_key(), SignatureStorage::kBundle));
  auto& referrers = repository_.referrers_of(digest());
  const auto bundle = referrers[0];
  // An SBOM, and something of unknown type that turns out not to be a bundle.
  auto manifest = manifest_of(bundle.digest.to_string());
  manifest.artifact_type = "application/spdx+json";
  manifest.layers = {oci::empty_descriptor()};
  for (const char* type : {"application/spdx+json", ""}) {
    ASSERT_OK(repository_.push_manifest(oci::serialize(manifest), manifest.media_type, "", {}));
    referrers.back().artifact_type = type;
    manifest.annotations.emplace_back("x", "y");
  }
  const auto set = fetch();
  EXPECT_EQ(set.pieces.size(), 1u);
  EXPECT_TRUE(set.unreadable.empty());
}

TEST_F(SignatureStoreTest, ABundleIsFoundWhereTheRegistryReportsTheConfigsType) {
  ASSERT_OK(sign(first_key(), SignatureStorage::kBundle));
  for (const char* type : {"", "application/vnd.oci.empty.v1+json"}) {
    repository_.referrers_of(digest())[0].artifact_type = type;
    EXPECT_EQ(fetch().pieces.size(), 1u) << type;
  }
}

TEST_F(SignatureStoreTest, ManyAttestationsDoNotCrowdASignatureOut) {
  ASSERT_OK(sign(first_key(), SignatureStorage::kBundle));
  auto& referrers = repository_.referrers_of(digest());
  const auto signature = referrers[0];
  auto attestation = signature;
  attestation.annotations = {{"dev.sigstore.bundle.predicateType", "https://slsa.dev/x"}};
  referrers.assign(2 * kMaxSignatures, attestation);
  referrers.push_back(signature);
  const auto set = fetch();
  EXPECT_EQ(set.pieces.size(), kMaxSignatures);
  ASSERT_EQ(set.unreadable.size(), 1u);
  EXPECT_THAT(set.unreadable[0].second, HasSubstr("65 were not looked at"));
  EXPECT_EQ(set.pieces[0].holder.value().annotations, signature.annotations);
}

TEST_F(SignatureStoreTest, TheNewestStatementsOfFreshnessAreRead) {
  ASSERT_OK(sign(first_key(), SignatureStorage::kBundle));
  auto& referrers = repository_.referrers_of(digest());
  const auto signature = referrers[0];
  auto statement = signature;
  for (int day = 10; day < 30; ++day) {
    statement.annotations = {
        {"dev.sigstore.bundle.predicateType", std::string(kFreshnessPredicateType)},
        {"org.opencontainers.image.created", "2026-06-" + std::to_string(day) + "T00:00:00Z"}};
    referrers.insert(referrers.begin() + (day % 2), statement);
  }
  const auto set = fetch();
  ASSERT_EQ(set.pieces.size(), 9u);
  EXPECT_TRUE(set.unreadable.empty()) << "older ones are nobody's concern";
  EXPECT_EQ(set.pieces[0].holder.value().annotations, signature.annotations);
  for (std::size_t i = 1; i < 9; ++i) {
    EXPECT_EQ(oci::find_annotation(set.pieces[i].holder.value().annotations,
                                   "org.opencontainers.image.created"),
              "2026-06-" + std::to_string(30 - i) + "T00:00:00Z");
  }
}

TEST_F(SignatureStoreTest, AllPiecesTogetherAreBounded) {
  ASSERT_OK(sign(first_key(), SignatureStorage::kTag));
  const std::string large(kMaxPieceBytes, ' ');
  auto manifest = manifest_of(tag());
  auto layer = manifest.layers[0];
  layer.digest = Digest::of(large);
  layer.size = large.size();
  manifest.layers.insert(manifest.layers.end(), 20, layer);
  ASSERT_OK(repository_.push_blob(layer, Blob::from_string(large), {}));
  ASSERT_OK(repository_.push_manifest(oci::serialize(manifest), manifest.media_type, tag(), {}));
  const auto set = fetch();
  std::uint64_t bytes = 0;
  for (const auto& piece : set.pieces) bytes += piece.payload.size();
  EXPECT_LE(bytes, kMaxSignatureSetBytes);
  EXPECT_EQ(set.pieces.size() + set.unreadable.size(), 21u);
  ASSERT_FALSE(set.unreadable.empty());
  EXPECT_THAT(set.unreadable[0].second, HasSubstr("limit for all signatures"));
}

TEST_F(SignatureStoreTest, ALayerBeyondTheLimitIsNotFetched) {
  ASSERT_OK(sign(first_key(), SignatureStorage::kTag));
  auto manifest = manifest_of(tag());
  manifest.layers[0].size = kMaxPieceBytes + 1;
  ASSERT_OK(repository_.push_manifest(oci::serialize(manifest), manifest.media_type, tag(), {}));
  const auto set = fetch();
  EXPECT_TRUE(set.pieces.empty());
  ASSERT_EQ(set.unreadable.size(), 1u);
  EXPECT_THAT(set.unreadable[0].second,
              HasSubstr("the limit for one piece is 1048576: of a large bill of materials, attest "
                        "its digest and where it is, or let `sealift verify` in CI ask for it"));
}

TEST_F(SignatureStoreTest, WhoAsksForLargePiecesGetsThem) {
  const std::string large(kMaxPieceBytes + 1, ' ');
  const MadeSignature made{
      FoundSignature::Format::kAttestation, large, {}, "https://example.com/t"};
  ASSERT_OK(store_signature(repository_, artifact_.descriptor, made, kNow, {}));
  const auto fetch_with = [&](const PieceLimits& limits) {
    return fetch_signatures(repository_, digest(), WantedPieces::kAttestationsToo, {}, limits)
        .value();
  };
  EXPECT_TRUE(fetch_with({}).pieces.empty());
  ASSERT_EQ(fetch_with(kLargePieces).pieces.size(), 1u);
  EXPECT_EQ(fetch_with({kLargePieces.piece_bytes, kMaxPieceBytes}).unreadable.size(), 1u);
}

TEST_F(SignatureStoreTest, ATagThatHoldsSomethingElseIsNamed) {
  ASSERT_OK(sign(first_key(), SignatureStorage::kTag));
  auto manifest = manifest_of(tag());
  manifest.layers[0].media_type = "application/vnd.dsse.envelope.v1+json";
  ASSERT_OK(repository_.push_manifest(oci::serialize(manifest), manifest.media_type, tag(), {}));
  const auto set = fetch();
  EXPECT_TRUE(set.pieces.empty());
  ASSERT_EQ(set.unreadable.size(), 1u);
  EXPECT_THAT(set.unreadable[0].second, HasSubstr("vnd.dsse.envelope"));
}

}  // namespace
}  // namespace sealift::signing
