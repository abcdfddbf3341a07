// Registries that differ from the specification, one after the other: what they do is here by name,
// and each gets an artifact with a signature, and gives it back.
#include "hostile_registry_case.h"

#include <sealift/oci/copy.h>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::HostileRegistry;
using test::SeenRequest;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class RegistryQuirksTest : public HostileRegistryTest {
 protected:
  // Pushes an artifact with a layer of that size and a signature, and reads all of it back.
  void expect_round_trip(Repository& repository, std::size_t size = 100) {
    const std::string layer = content_of(size);
    ASSERT_OK(repository.push_blob(describe(layer), Blob::from_string(layer), {}));
    ASSERT_OK(repository.push_blob(empty_descriptor(), Blob::from_string("{}"), {}));
    ASSERT_OK_ASSIGN(const auto pushed,
                     repository.push_manifest(manifest(), media_type::kManifest, "v1", {}));
    ASSERT_OK(repository.push_manifest(manifest("signature", pushed.descriptor),
                                       media_type::kManifest, "", {}));
    StringSink sink("layer", size);
    ASSERT_OK(repository.fetch_blob(describe(layer), sink, {}));
    EXPECT_TRUE(sink.take() == layer);
    ASSERT_OK_ASSIGN(const auto found, repository.resolve("v1", {}));
    EXPECT_EQ(found.digest, Digest::of(manifest()));
    ASSERT_OK_ASSIGN(const auto referrers, repository.referrers(found.digest, {}));
    ASSERT_THAT(referrers, SizeIs(1));
    EXPECT_EQ(referrers[0].digest, Digest::of(manifest("signature", pushed.descriptor)));
  }
  std::size_t count(const std::string& method) const {
    std::size_t count = 0;
    for (const auto& request : transport_.requests()) count += request.method == method ? 1 : 0;
    return count;
  }
};

TEST_F(RegistryQuirksTest, EcrAnswersPartsWith201AndARangeThatStandsStill) {
  registry_.quirks.patch_status = 201;
  registry_.quirks.range_stands_still = true;
  registry_.quirks.media_type_required = true;
  registry_.quirks.largest_body = 2 * kMiB;
  expect_round_trip(*open({}, "oci://1.dkr.ecr.eu-west-1.amazonaws.com/shop"), 5 * kMiB);
  EXPECT_GE(count("PATCH"), 3u);
}

TEST_F(RegistryQuirksTest, GoogleKnowsNeitherPartsNorMounts) {
  registry_.quirks.parts = false;
  registry_.quirks.mounts = false;
  for (const char* address :
       {"oci://gcr.io/shop", "oci://eu.gcr.io/shop", "oci://europe-docker.pkg.dev/shop"}) {
    const auto repository = open({}, address);
    transport_.forget_requests();
    transport_.cut_upload(3, kMiB);
    const std::string content = content_of(2 * kMiB + transport_.request_count()) + address;
    ASSERT_OK(
        repository->mount_or_push_blob(describe(content), Blob::from_string(content), "base", {}));
    EXPECT_TRUE(registry_.has_blob("shop", content));
    EXPECT_EQ(count("PATCH"), 0u) << address;
    EXPECT_THAT(transport_.request_lines(), Each(Not(HasSubstr("mount="))));
  }
}

TEST_F(RegistryQuirksTest, GithubCorruptsASecondPart) {
  registry_.quirks.parts_corrupt = true;
  registry_.quirks.referrers_api = false;
  transport_.cut_upload(3, kMiB);
  expect_round_trip(*open({}, "oci://ghcr.io/shop"), 20 * kMiB);
  EXPECT_EQ(count("PATCH"), 0u);
}

TEST_F(RegistryQuirksTest, AzureRefusesLargeBodies) {
  registry_.quirks.largest_body = 20'000'000;
  for (const char* address :
       {"oci://shop.azurecr.io/shop", "oci://shop.azurecr.cn/shop", "oci://shop.azurecr.us/shop"}) {
    HostileRegistry registry;
    registry.quirks = registry_.quirks;
    on_request = [&](const SeenRequest& request) {
      const auto answer = registry.answer(request);
      EXPECT_NE(answer.status, 413) << "20 MB would be sent in vain";
      return answer;
    };
    expect_round_trip(*open({}, address), 40 * kMiB);
  }
}

TEST_F(RegistryQuirksTest, DockerHubCountsGetsAndIsAskedByHead) {
  expect_round_trip(*open({}, "oci://docker.io/shop"));
  transport_.forget_requests();
  registry_.after = [](const SeenRequest& request, FakeAnswer& answer) {
    if (request.method == "HEAD") {
      answer.headers.set("Content-Length", std::to_string(answer.body.size()));
    }
  };
  ASSERT_OK(open({}, "oci://docker.io/shop")->resolve("v1", {}));
  EXPECT_THAT(transport_.request_lines(),
              testing::ElementsAre("HEAD https://registry-1.docker.io/v2/shop/manifests/v1"));
}

TEST_F(RegistryQuirksTest, HarborSaysUnknownForNotFound) {
  registry_.quirks.unknown_for_not_found = true;
  expect_round_trip(*open());
  EXPECT_THAT(open()->fetch_manifest("v2", {}), fails_with(ErrorCode::kNotFound, "UNKNOWN"));
  EXPECT_THAT(open()->resolve("v2", {}), fails_with(ErrorCode::kNotFound));
}

TEST_F(RegistryQuirksTest, QuayMountsNothingForAnonymousClients) {
  registry_.quirks.anonymous_mounts = false;
  registry_.put_blob("base", "content");
  ASSERT_OK(
      open()->mount_or_push_blob(describe("content"), Blob::from_string("content"), "base", {}));
  EXPECT_TRUE(registry_.has_blob("shop", "content"));
}

TEST_F(RegistryQuirksTest, JfrogForbidsTheHeadOfWhatIsMissing) {
  registry_.quirks.missing_head_is_forbidden = true;
  expect_round_trip(*open());
  EXPECT_THAT(open()->resolve("v2", {}), fails_with(ErrorCode::kNotFound));
  registry_.before = [](const SeenRequest&) { return status(403); };
  EXPECT_THAT(open()->resolve("v1", {}), fails_with(ErrorCode::kForbidden)) << "when it is meant";
}

TEST_F(RegistryQuirksTest, GitlabHasTheImageItselfUnderItsReferrersTag) {
  registry_.quirks.subject_under_its_tag = true;
  registry_.quirks.referrers_api = false;
  ASSERT_OK_ASSIGN(const auto pushed,
                   open()->push_manifest(manifest(), media_type::kManifest, "v1", {}));
  ASSERT_OK_ASSIGN(const auto none, open()->referrers(pushed.descriptor.digest, {}));
  EXPECT_THAT(none, IsEmpty());
}

TEST_F(RegistryQuirksTest, NexusWritesNoTagsAsNull) {
  registry_.quirks.null_tags = true;
  ASSERT_OK_ASSIGN(const auto none, open()->tags({}));
  EXPECT_THAT(none, IsEmpty());
  expect_round_trip(*open());
  ASSERT_OK_ASSIGN(const auto tags, open()->tags({}));
  EXPECT_THAT(tags, testing::ElementsAre("v1"));
}

TEST_F(RegistryQuirksTest, Distribution28KnowsNoReferrers) {
  registry_.quirks.referrers_api = false;
  expect_round_trip(*open());
  ASSERT_OK_ASSIGN(const auto tags, open()->tags({}));
  EXPECT_THAT(tags, testing::ElementsAre("sha256-" + Digest::of(manifest()).hex(), "v1"));
}

TEST_F(RegistryQuirksTest, ACopyWithinOneRegistryTakesItsBlobsOver) {
  const auto from = open({}, "oci://registry.example/base");
  const std::string layer = content_of(kMiB);
  ASSERT_OK(from->push_blob(describe(layer), Blob::from_string(layer), {}));
  ASSERT_OK(from->push_blob(empty_descriptor(), Blob::from_string("{}"), {}));
  const std::string bytes = serialize(Manifest{std::string(media_type::kManifest),
                                               "application/x.test",
                                               empty_descriptor(),
                                               {describe(layer)},
                                               {},
                                               {}});
  ASSERT_OK(from->push_manifest(bytes, media_type::kManifest, "v1", {}));
  transport_.forget_requests();
  CopyOptions options;
  options.mount_from = "base";
  ASSERT_OK_ASSIGN(const auto summary,
                   copy_artifacts(*from, *open(), {{"v1", {"v1"}}}, options, {}));
  EXPECT_EQ(summary.blobs, 0u) << "none was sent";
  EXPECT_TRUE(registry_.has_blob("shop", layer));
  EXPECT_EQ(count("PUT"), 1u) << "the manifest";
}

}  // namespace
}  // namespace sealift::oci
