// A copy that fails at any of its calls leaves nothing half-published, and the next one completes.
#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/oci/copy.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/oci/open_repository.h>

#include <gtest/gtest.h>

#include <atomic>

namespace sealift::oci {
namespace {

using test::fails_with;

// Fails one call and lets all others through.
class FailingRepository : public Repository {
 public:
  FailingRepository(Repository& inner, int failing) : inner_(inner), failing_(failing) {}

  int most_at_once() const { return most_; }

  Result<Descriptor> resolve(std::string_view name, std::stop_token stop) override {
    const Within within(*this);
    SEALIFT_TRY(call());
    return inner_.resolve(name, stop);
  }
  Result<StoredManifest> fetch_manifest(std::string_view name, std::stop_token stop) override {
    const Within within(*this);
    SEALIFT_TRY(call());
    return inner_.fetch_manifest(name, stop);
  }
  Result<> fetch_blob(const Descriptor& blob, ByteSink& sink, std::stop_token stop) override {
    const Within within(*this);
    SEALIFT_TRY(call());
    return inner_.fetch_blob(blob, sink, stop);
  }
  Result<bool> has_blob(const Digest& digest, std::stop_token stop) override {
    const Within within(*this);
    SEALIFT_TRY(call());
    return inner_.has_blob(digest, stop);
  }
  Result<> push_blob(const Descriptor& blob, const Blob& bytes, std::stop_token stop) override {
    const Within within(*this);
    SEALIFT_TRY(call());
    return inner_.push_blob(blob, bytes, stop);
  }
  Result<PushedManifest> push_manifest(std::string_view bytes, std::string_view type,
                                       std::string_view tag, std::stop_token stop) override {
    const Within within(*this);
    SEALIFT_TRY(call());
    return inner_.push_manifest(bytes, type, tag, stop);
  }
  Result<std::vector<Descriptor>> referrers(const Digest& digest, std::stop_token stop) override {
    const Within within(*this);
    SEALIFT_TRY(call());
    return inner_.referrers(digest, stop);
  }
  Result<> remove_referrer(const Digest& subject, const Digest& referrer,
                           std::stop_token stop) override {
    const Within within(*this);
    SEALIFT_TRY(call());
    return inner_.remove_referrer(subject, referrer, stop);
  }
  Result<> remove_tag(std::string_view tag, std::stop_token stop) override {
    const Within within(*this);
    SEALIFT_TRY(call());
    return inner_.remove_tag(tag, stop);
  }
  Result<> remove_manifest(const Digest& digest, std::stop_token stop) override {
    const Within within(*this);
    SEALIFT_TRY(call());
    return inner_.remove_manifest(digest, stop);
  }
  Result<std::vector<std::string>> tags(std::stop_token stop) override {
    const Within within(*this);
    SEALIFT_TRY(call());
    return inner_.tags(stop);
  }

 private:
  Result<> call() {
    if (++calls_ != failing_) return {};
    return fail(ErrorCode::kUnavailable, "the connection broke");
  }
  // Counts how many are within a call.
  class Within {
   public:
    explicit Within(FailingRepository& in) : in_(in) {
      const int now = ++in_.within_;
      int most = in_.most_;
      while (most < now && !in_.most_.compare_exchange_weak(most, now)) {
      }
    }
    ~Within() { --in_.within_; }

   private:
    FailingRepository& in_;
  };

  Repository& inner_;
  const int failing_;
  std::atomic<int> calls_{0};
  std::atomic<int> within_{0};
  std::atomic<int> most_{0};
};

class CopyFault : public testing::Test {
 protected:
  std::unique_ptr<Repository> open(const std::string& directory) {
    return open_repository(*Reference::parse("oci-layout:" + directory), {}, environment_).value();
  }
  Descriptor push(Repository& to, const std::string& content, const std::string& tag,
                  std::optional<Descriptor> subject = {}) {
    const Descriptor blob{"text/plain", Digest::of(content), content.size(), "", {}};
    EXPECT_OK(to.push_blob(blob, Blob::from_string(content), {}));
    EXPECT_OK(to.push_blob(empty_descriptor(), Blob::from_string(std::string(kEmptyJson)), {}));
    const auto bytes = serialize(Manifest{std::string(media_type::kManifest),
                                          "application/x.test",
                                          empty_descriptor(),
                                          {blob},
                                          std::move(subject),
                                          {}});
    return to.push_manifest(bytes, media_type::kManifest, tag, {}).value().descriptor;
  }

  Descriptor push_index(Repository& to, std::vector<Descriptor> children) {
    const auto bytes =
        serialize(Index{std::string(media_type::kIndex), "", std::move(children), {}, {}});
    return to.push_manifest(bytes, media_type::kIndex, "", {}).value().descriptor;
  }
  // An index of four, each of four and so on, down to artifacts.
  Descriptor push_tree(Repository& to, int levels, const std::string& name) {
    if (levels == 0) return push(to, name, "");
    std::vector<Descriptor> children;
    for (int i = 0; i < 4; ++i) {
      children.push_back(push_tree(to, levels - 1, name + std::to_string(i)));
    }
    return push_index(to, std::move(children));
  }

  test::TempDirectory directory_;
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test");
  RepositoryEnvironment environment_{*transport_, system_files(), system_clock(), system_random()};
};

TEST_F(CopyFault, AtAnyCallOfEitherSide) {
  const auto source = open(directory_.file("source"));
  const auto artifact = push(*source, std::string(400'000, 'x'), "v1");
  const auto signature = push(*source, "signature", "", artifact);
  const std::string tag = "sha256-" + artifact.digest.hex() + ".sig";
  push(*source, "classic signature", tag);
  CopyOptions options;
  options.attached_endings = {"sig"};
  options.parallel = 1;  // so that the calls have an order

  int failures = 0;
  int runs = 0;
  for (const bool at_source : {true, false}) {
    for (int failing = 1;; ++failing) {
      const auto to = open(directory_.file("to-" + std::to_string(runs++)));
      FailingRepository from_failing(*source, at_source ? failing : 0);
      FailingRepository to_failing(*to, at_source ? 0 : failing);
      const auto copied = copy_artifacts(from_failing, to_failing, {{"v1", {"v1"}}}, options, {});
      if (copied) break;
      ++failures;
      EXPECT_THAT(copied, fails_with(ErrorCode::kUnavailable, "the connection broke"));
      EXPECT_THAT(to->resolve("v1", {}), fails_with(ErrorCode::kNotFound)) << "call " << failing;

      ASSERT_OK(copy_artifacts(*source, *to, {{"v1", {"v1"}}}, options, {}));
      ASSERT_OK_ASSIGN(const auto there, to->resolve("v1", {}));
      EXPECT_EQ(there.digest, artifact.digest);
      EXPECT_OK(to->resolve(tag, {}));
      ASSERT_OK_ASSIGN(const auto referrers, to->referrers(artifact.digest, {}));
      ASSERT_EQ(referrers.size(), 1u);
      EXPECT_EQ(referrers[0].digest, signature.digest);
    }
  }
  EXPECT_GE(failures, 15);
}

// 4 × 4 × 4 × 4 artifacts below one index. What was stored before stays, and threads do not
// multiply from level to level.
TEST_F(CopyFault, ManyThreadsThatAreStoppedByOneFailure) {
  const auto source = open(directory_.file("source"));
  const auto root = push_tree(*source, 4, "t");
  CopyOptions options;
  options.parallel = 8;
  const auto to = open(directory_.file("to"));
  FailingRepository to_failing(*to, 300);
  EXPECT_THAT(copy_artifacts(*source, to_failing, {{root.digest.to_string(), {"v1"}}}, options, {}),
              fails_with(ErrorCode::kUnavailable, "the connection broke"));
  EXPECT_LE(to_failing.most_at_once(), 8);
  EXPECT_THAT(to->resolve("v1", {}), fails_with(ErrorCode::kNotFound));
  ASSERT_OK_ASSIGN(const auto copied,
                   copy_artifacts(*source, *to, {{root.digest.to_string(), {"v1"}}}, options, {}));
  EXPECT_GT(copied.manifests, 100u);
  ASSERT_OK_ASSIGN(const auto there, to->resolve("v1", {}));
  EXPECT_EQ(there.digest, root.digest);
}

TEST_F(CopyFault, ATreeThatIsTooDeepIsRefused) {
  const auto source = open(directory_.file("source"));
  auto top = push(*source, "content", "");
  for (int i = 0; i < 9; ++i) top = push_index(*source, {top});
  const auto to = open(directory_.file("to"));
  EXPECT_THAT(copy_artifacts(*source, *to, {{top.digest.to_string(), {"v1"}}}, {}, {}),
              fails_with(ErrorCode::kInvalidInput, "more than 8 levels below"));
  EXPECT_THAT(to->resolve("v1", {}), fails_with(ErrorCode::kNotFound));
}

TEST_F(CopyFault, ABlobThatTheSourceLacksIsNamed) {
  const auto source = open(directory_.file("source"));
  const auto artifact = push(*source, "content", "v1");
  ASSERT_OK(
      system_files().remove(directory_.file("source/blobs/sha256/" + Digest::of("content").hex())));
  const auto to = open(directory_.file("to"));
  EXPECT_THAT(copy_artifacts(*source, *to, {{"v1", {"v1"}}}, {}, {}),
              fails_with(ErrorCode::kNotFound, Digest::of("content").to_string()));
  EXPECT_THAT(to->resolve("v1", {}), fails_with(ErrorCode::kNotFound));
}

}  // namespace
}  // namespace sealift::oci
