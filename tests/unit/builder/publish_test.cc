#include "memory_tree.h"

#include <sealift/builder/publish.h>

#include <support/result_matchers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sealift::builder {
namespace {

using ::sealift::test::example_commit;
using ::sealift::test::fails_with;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Remembers what was pushed, in order, and fails one call on request. Blobs come from two threads.
class RecordingRepository : public oci::Repository {
 public:
  Result<oci::Descriptor> resolve(std::string_view, std::stop_token) override { return none(); }
  Result<oci::StoredManifest> fetch_manifest(std::string_view, std::stop_token) override {
    return none();
  }
  Result<> fetch_blob(const oci::Descriptor&, ByteSink&, std::stop_token) override {
    return none();
  }
  Result<bool> has_blob(const Digest&, std::stop_token) override { return false; }
  Result<> push_blob(const oci::Descriptor& blob, const Blob& bytes, std::stop_token) override {
    SEALIFT_TRY(call("blob " + blob.media_type));
    auto source = bytes.open().value();
    EXPECT_EQ(Digest::of(read_all(*source, "blob", 1u << 20).value()), blob.digest);
    EXPECT_EQ(bytes.size, blob.size);
    return {};
  }
  Result<oci::PushedManifest> push_manifest(std::string_view bytes, std::string_view media_type,
                                            std::string_view tag, std::stop_token) override {
    SEALIFT_TRY(call("manifest " + std::string(tag)));
    return oci::PushedManifest{{std::string(media_type), Digest::of(bytes), bytes.size(), {}, {}},
                               false};
  }
  Result<std::vector<oci::Descriptor>> referrers(const Digest&, std::stop_token) override {
    return none();
  }
  Result<> remove_referrer(const Digest&, const Digest&, std::stop_token) override {
    return none();
  }
  Result<> remove_tag(std::string_view, std::stop_token) override { return none(); }
  Result<> remove_manifest(const Digest&, std::stop_token) override { return none(); }
  Result<std::vector<std::string>> tags(std::stop_token) override { return none(); }

  std::vector<std::string> calls;
  std::optional<std::size_t> failing_call;

 private:
  static tl::unexpected<Error> none() { return fail(ErrorCode::kNotFound, "nothing is read here"); }
  Result<> call(std::string what) {
    std::scoped_lock lock(mutex_);
    calls.push_back(std::move(what));
    if (failing_call == calls.size()) return fail(ErrorCode::kUnavailable, "the registry is away");
    return {};
  }

  std::mutex mutex_;
};

class PublishTest : public ::testing::Test {
 protected:
  Result<Pushed> run(const std::string& target, const std::vector<std::string>& more_tags = {}) {
    return publish(artifact_, oci::Reference::parse(target).value(), more_tags, repository_, {});
  }

  Artifact artifact_ =
      make_artifact({Digest::of("gzip"), Digest::of("tar"), Blob::from_string("gzip"), 3},
                    example_commit(), "", {})
          .value();
  RecordingRepository repository_;
};

TEST_F(PublishTest, SendsContentBeforeAnyTag) {
  ASSERT_OK_ASSIGN(const Pushed pushed,
                   run("oci://registry.example.com/shop:v1", {"latest", "v1", "v1.2"}));
  // The two blobs travel at the same time.
  std::sort(repository_.calls.begin(), repository_.calls.begin() + 2);
  EXPECT_THAT(repository_.calls, ElementsAre("blob application/vnd.cncf.flux.config.v1+json",
                                             "blob application/vnd.cncf.flux.content.v1.tar+gzip",
                                             "manifest v1", "manifest latest", "manifest v1.2"));
  EXPECT_EQ(pushed.manifest, artifact_.manifest);
  EXPECT_THAT(pushed.tags, ElementsAre("v1", "latest", "v1.2"));
  EXPECT_EQ(pushed.reference.to_string(),
            "oci://registry.example.com/shop:v1@" + artifact_.manifest.digest.to_string());
}

TEST_F(PublishTest, StoresByDigestAloneWithoutTags) {
  ASSERT_OK_ASSIGN(const Pushed pushed, run("oci://registry.example.com/shop"));
  EXPECT_EQ(repository_.calls.back(), "manifest ");
  EXPECT_EQ(pushed.reference.to_string(),
            "oci://registry.example.com/shop@" + artifact_.manifest.digest.to_string());
}

TEST_F(PublishTest, SendsNothingWhereTheAddressAsksForOtherContent) {
  EXPECT_THAT(run("oci://registry.example.com/shop@" + Digest::of("other").to_string()),
              fails_with(ErrorCode::kConflict, "nothing was sent"));
  EXPECT_THAT(run("oci://registry.example.com/shop:v1", {"-bad"}),
              fails_with(ErrorCode::kInvalidInput, "-bad"));
  EXPECT_THAT(repository_.calls, IsEmpty());
  EXPECT_OK(run("oci://registry.example.com/shop@" + artifact_.manifest.digest.to_string()));
}

TEST_F(PublishTest, EndsAtTheFirstFailureAndNamesThePlace) {
  for (std::size_t failing = 1; failing <= 4; ++failing) {
    repository_.calls.clear();
    repository_.failing_call = failing;
    EXPECT_THAT(run("oci://registry.example.com/shop:v1", {"v2"}),
                fails_with(ErrorCode::kUnavailable, "push registry.example.com/shop"));
    // Where a blob fails, the other one may be on its way already, and nothing follows.
    EXPECT_GE(repository_.calls.size(), failing);
    EXPECT_LE(repository_.calls.size(), std::max<std::size_t>(failing, 2));
  }
}

}  // namespace
}  // namespace sealift::builder
