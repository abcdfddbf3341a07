// What a copy brings along, between stores of every kind.
#include "copy_store.h"

#include <sealift/oci/copy.h>

namespace sealift::oci {
namespace {

using test::fails_with;
using testing::ElementsAre;
using testing::SizeIs;

Result<CopySummary> copy_tag(Store& from, Store& to, const std::string& tag,
                             bool overwrite = false) {
  CopyOptions options;
  options.attached_endings = {"sig", "att"};
  options.overwrite_attached = overwrite;
  return copy_artifacts(*from, *to, {{tag, {tag}}}, options, {});
}

struct Kinds {
  const char* from;
  const char* to;
};

class Copy : public testing::TestWithParam<Kinds> {
 protected:
  Store from_{GetParam().from};
  Store to_{GetParam().to};
};

INSTANTIATE_TEST_SUITE_P(Stores, Copy,
                         testing::Values(Kinds{"layout", "distribution"},
                                         Kinds{"distribution", "docker-registry"},
                                         Kinds{"docker-registry", "crane"},
                                         Kinds{"crane", "layout"}, Kinds{"layout", "layout"}),
                         [](const auto& kinds) {
                           std::string name = std::string(kinds.param.from) + "_" + kinds.param.to;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(Copy, BringsAllThatIsAttachedAndWhatIsAttachedToThat) {
  std::string large;
  for (int i = 0; large.size() < 3'000'000; ++i) large += std::to_string(i) + "\n";
  const auto artifact = from_.push_artifact({large, "small"}, "v1");
  const auto statement = from_.push_artifact({"statement"}, "", artifact);
  const auto countersignature = from_.push_artifact({"countersignature"}, "", statement);
  const auto signature = from_.push_artifact({"signature"}, signature_tag(artifact));
  const auto other = from_.push_artifact({"other"}, "v2");

  ASSERT_OK_ASSIGN(const auto summary, copy_tag(from_, to_, "v1"));

  EXPECT_EQ(summary.manifests, 4u);
  EXPECT_EQ(summary.attached, 3u);
  EXPECT_EQ(summary.blobs, 6u);  // with the empty config that all share
  ASSERT_THAT(summary.artifacts, SizeIs(1));
  EXPECT_EQ(summary.artifacts[0].descriptor.digest, artifact.digest);
  EXPECT_FALSE(summary.artifacts[0].was_there);
  EXPECT_EQ(to_.bytes_of("v1"), from_.bytes_of("v1"));
  EXPECT_EQ(to_.bytes_of(signature_tag(artifact)), from_.bytes_of(signature.digest.to_string()));
  EXPECT_THAT(to_.referrers_of(artifact), ElementsAre(statement.digest));
  EXPECT_THAT(to_.referrers_of(statement), ElementsAre(countersignature.digest));
  EXPECT_THAT(to_->resolve(other.digest.to_string(), {}), fails_with(ErrorCode::kNotFound));
  StringSink blob("blob", 1u << 24);
  ASSERT_OK(to_->fetch_blob({"text/plain", Digest::of(large), large.size(), "", {}}, blob, {}));
  EXPECT_TRUE(blob.bytes() == large);
}

TEST_P(Copy, SendsNothingTwice) {
  const auto artifact = from_.push_artifact({"content"}, "v1");
  from_.push_artifact({"statement"}, "", artifact);
  from_.push_artifact({"signature"}, signature_tag(artifact));
  ASSERT_OK(copy_tag(from_, to_, "v1"));

  ASSERT_OK_ASSIGN(const auto again, copy_tag(from_, to_, "v1"));
  EXPECT_EQ(again.manifests, 0u);
  EXPECT_EQ(again.blobs, 0u);
  EXPECT_TRUE(again.artifacts[0].was_there);

  const auto later = from_.push_artifact({"later statement"}, "", artifact);
  ASSERT_OK_ASSIGN(const auto more, copy_tag(from_, to_, "v1"));
  EXPECT_EQ(more.manifests, 1u);
  EXPECT_EQ(more.attached, 1u);
  EXPECT_THAT(to_.referrers_of(artifact), testing::Contains(later.digest));
}

TEST_P(Copy, BringsAnIndexWithWhatIsAttachedToItsParts) {
  const auto part = from_.push_artifact({"amd64"}, "");
  const auto other_part = from_.push_artifact({"arm64"}, "");
  const auto index = from_.push_index({part, other_part}, "v1");
  const auto statement = from_.push_artifact({"statement"}, "", other_part);

  ASSERT_OK(copy_tag(from_, to_, "v1"));

  EXPECT_EQ(to_.bytes_of("v1"), from_.bytes_of(index.digest.to_string()));
  EXPECT_OK(to_->fetch_manifest(part.digest.to_string(), {}));
  EXPECT_THAT(to_.referrers_of(other_part), ElementsAre(statement.digest));
}

TEST_P(Copy, LosesNoSignatureOfEitherSide) {
  const auto artifact = from_.push_artifact({"content"}, "v1");
  to_.push_artifact({"content"}, "v1");
  const std::string tag = signature_tag(artifact);
  from_.push_artifact({"ours"}, tag);
  to_.push_artifact({"ours", "theirs"}, tag);
  const std::string before = to_.bytes_of(tag);

  ASSERT_OK(copy_tag(from_, to_, "v1"));
  EXPECT_EQ(to_.bytes_of(tag), before) << "it has all of the source's already";

  from_.push_artifact({"ours", "another of ours"}, tag);
  EXPECT_THAT(copy_tag(from_, to_, "v1"), fails_with(ErrorCode::kConflict, tag));
  EXPECT_EQ(to_.bytes_of(tag), before);
  ASSERT_OK(copy_tag(from_, to_, "v1", true));
  EXPECT_EQ(to_.bytes_of(tag), from_.bytes_of(tag));
}

// All who sign one name with cosign sign the same bytes; the signature is an annotation.
TEST_P(Copy, TellsSignaturesOfTheSameBytesApart) {
  const auto artifact = from_.push_artifact({"content"}, "v1");
  to_.push_artifact({"content"}, "v1");
  const std::string tag = signature_tag(artifact);
  from_.push_signatures({"by a"}, tag);
  to_.push_signatures({"by b"}, tag);
  const std::string before = to_.bytes_of(tag);
  EXPECT_THAT(copy_tag(from_, to_, "v1"), fails_with(ErrorCode::kConflict, tag));
  from_.push_signatures({"by a", "by c"}, tag);
  EXPECT_THAT(copy_tag(from_, to_, "v1"), fails_with(ErrorCode::kConflict, tag));
  EXPECT_EQ(to_.bytes_of(tag), before);
  from_.push_signatures({"by c", "by b"}, tag);
  ASSERT_OK(copy_tag(from_, to_, "v1"));
  EXPECT_EQ(to_.bytes_of(tag), from_.bytes_of(tag));
}

TEST_P(Copy, AnotherTagSendsNoBlobs) {
  from_.push_artifact({"content", std::string(400'000, 'x')}, "v1");
  ASSERT_OK(copy_tag(from_, to_, "v1"));
  ASSERT_OK_ASSIGN(const auto summary, copy_artifacts(*from_, *to_, {{"v1", {"v2"}}}, {}, {}));
  EXPECT_EQ(summary.blobs, 0u);
  EXPECT_EQ(summary.manifests, 1u);
  EXPECT_EQ(to_.bytes_of("v2"), from_.bytes_of("v1"));
}

TEST_P(Copy, EndsWhereTagsLeadInACircle) {
  const auto artifact = from_.push_artifact({"content"}, "v1");
  from_.push(from_.bytes_of("v1"), media_type::kManifest, signature_tag(artifact));
  ASSERT_OK(copy_tag(from_, to_, "v1"));
  EXPECT_EQ(to_.bytes_of(signature_tag(artifact)), from_.bytes_of("v1"));
}

TEST_P(Copy, SaysWhatTheSourceLacks) {
  EXPECT_THAT(copy_tag(from_, to_, "v1"), fails_with(ErrorCode::kNotFound));
  EXPECT_THAT(to_->resolve("v1", {}), fails_with(ErrorCode::kNotFound));
}

}  // namespace
}  // namespace sealift::oci
