// Layouts that oras reads and writes.
#include "support/process.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"
#include "support/test_part.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/oci/open_repository.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class LayoutInterop : public testing::Test {
 protected:
  std::string oras(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), test::test_part("oras"));
    test::ProcessOptions options;
    options.directory = directory_.path();
    const test::ProcessResult result = test::run_process(arguments, options);
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    return result.out;
  }
  std::unique_ptr<Repository> open() {
    auto reference = Reference::parse("oci-layout:" + directory_.file("out"));
    auto repository = open_repository(*reference, {}, environment_);
    return *std::move(repository);
  }

  test::TempDirectory directory_;

 private:
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test");
  RepositoryEnvironment environment_{*transport_, system_files(), system_clock(), system_random()};
};

TEST_F(LayoutInterop, OrasReadsWhatWeWrite) {
  const auto repository = open();
  const std::string content = "content";
  Descriptor layer{"text/plain", Digest::of(content), content.size(), "", {}};
  layer.annotations = {{"org.opencontainers.image.title", "file.txt"}};
  ASSERT_OK(repository->push_blob(layer, Blob::from_string(content), {}));
  ASSERT_OK(
      repository->push_blob(empty_descriptor(), Blob::from_string(std::string(kEmptyJson)), {}));
  Manifest manifest{std::string(media_type::kManifest),
                    "application/x.test",
                    empty_descriptor(),
                    {layer},
                    std::nullopt,
                    {}};
  const std::string subject = serialize(manifest);
  ASSERT_OK_ASSIGN(const auto pushed,
                   repository->push_manifest(subject, media_type::kManifest, "v1", {}));
  manifest.subject = pushed.descriptor;
  manifest.artifact_type = "application/x.signature";
  const std::string signature = serialize(manifest);
  ASSERT_OK(repository->push_manifest(signature, media_type::kManifest, "", {}));

  EXPECT_EQ(oras({"manifest", "fetch", "--oci-layout", "out:v1"}), subject);
  oras({"pull", "--oci-layout", "out:v1", "--output", "pulled"});
  EXPECT_EQ(directory_.read("pulled/file.txt"), content);
  ASSERT_OK_ASSIGN(const Json found,
                   parse_json(oras({"discover", "--oci-layout", "out:v1", "--format", "json"}),
                              "oras discover"));
  const Json* referrers = found.find("referrers");
  ASSERT_NE(referrers, nullptr);
  ASSERT_THAT(*referrers->as_array(), SizeIs(1));
  const Json& referrer = referrers->as_array()->at(0);
  EXPECT_EQ(referrer.string_at({"digest"}), Digest::of(signature).to_string());
  EXPECT_EQ(referrer.string_at({"artifactType"}), "application/x.signature");
}

TEST_F(LayoutInterop, WeReadWhatOrasWritesAndBothGoOn) {
  directory_.write("file.txt", "content");
  oras({"push", "--oci-layout", "out:v1", "--artifact-type", "application/x.test", "file.txt"});
  oras({"attach", "--oci-layout", "out:v1", "--artifact-type", "application/x.signature",
        "file.txt"});
  const auto repository = open();
  ASSERT_OK_ASSIGN(const auto stored, repository->fetch_manifest("v1", {}));
  ASSERT_OK_ASSIGN(const auto referrers, repository->referrers(stored.descriptor.digest, {}));
  ASSERT_THAT(referrers, SizeIs(1));
  EXPECT_EQ(referrers[0].artifact_type, "application/x.signature");

  ASSERT_OK(repository->push_manifest(stored.bytes, media_type::kManifest, "v2", {}));
  oras({"tag", "--oci-layout", "out:v2", "v3"});
  ASSERT_OK_ASSIGN(const auto tags, repository->tags({}));
  EXPECT_THAT(tags, ElementsAre("v1", "v2", "v3"));
  ASSERT_OK_ASSIGN(const auto still, repository->referrers(stored.descriptor.digest, {}));
  EXPECT_THAT(still, SizeIs(1));
}

}  // namespace
}  // namespace sealift::oci
