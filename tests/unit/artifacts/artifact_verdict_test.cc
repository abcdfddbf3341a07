#include <sealift/artifacts/artifact_library.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "library_world.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/artifacts/sample_layer.h"

namespace sealift::artifacts {
namespace {

using sealift::test::config_map;
using sealift::test::FakeAnswer;
using sealift::test::SeenRequest;
using std::chrono::minutes;
using test::is_accepted;
using test::LibraryWorld;
using test::refusal_of;
using testing::HasSubstr;

constexpr const char* kShop = "registry.example.com/team/shop";

class ArtifactVerdictTest : public testing::Test {
 protected:
  LibraryWorld world_;
};

TEST_F(ArtifactVerdictTest, FetchesNothingWithoutAPolicy) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  world_.policies = std::make_shared<const std::vector<signing::TrustPolicy>>();
  ASSERT_OK_ASSIGN(const auto verdict,
                   world_.artifacts().verify(world_.access(kShop), {digest, ""}, world_.policies,
                                             minutes(1), "shop/web"));
  ASSERT_TRUE(verdict);
  const auto& refused = std::get<signing::Refused>((*verdict)->judgement);
  EXPECT_EQ(refused.error.code(), ErrorCode::kUntrusted);
  EXPECT_EQ(refused.evidence.broken_rule, signing::PolicyRule::kRepository);
  EXPECT_EQ(refused.evidence.digest, digest);
  EXPECT_EQ((*verdict)->policy, nullptr);
  EXPECT_EQ(world_.registry.request_count(), 0u);
}

TEST_F(ArtifactVerdictTest, LooksForNewerSignaturesOnceWhereTheCachedOnesDoNotSatisfy) {
  const auto digest =
      world_.publish_layer(kShop, "stable", test::layer_of({{"a.yaml", config_map("a")}}), 1,
                           /*sign=*/false);
  const auto access = world_.access(kShop);
  ASSERT_OK_ASSIGN(auto verdict, world_.verify(access, digest, minutes(1)));
  EXPECT_THAT(refusal_of(*verdict), HasSubstr("no signature was found"));
  ASSERT_OK(world_.cache.store_signatures(digest, {}));

  world_.sign(kShop, digest);
  ASSERT_OK_ASSIGN(verdict, world_.verify(access, digest, minutes(1)));
  EXPECT_FALSE(is_accepted(*verdict)) << "the verdict is shared until it is old";
  world_.clock.advance(minutes(1));
  world_.registry.forget_requests();
  ASSERT_OK_ASSIGN(verdict, world_.verify(access, digest, minutes(1)));
  EXPECT_TRUE(is_accepted(*verdict)) << refusal_of(*verdict);
  EXPECT_EQ(world_.requests("GET", "/referrers/"), 1u);

  // From here on they are in the cache.
  world_.restart();
  world_.registry.forget_requests();
  ASSERT_OK_ASSIGN(verdict, world_.verify(access, digest, minutes(1)));
  EXPECT_TRUE(is_accepted(*verdict));
  EXPECT_EQ(world_.registry.request_count(), 0u);
}

// What an earlier version wrote, or a broken disk holds: no reason to refuse, nor to keep it.
TEST_F(ArtifactVerdictTest, FetchesAgainWhatTheCacheHoldsInAnotherForm) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  const auto access = world_.access(kShop);
  ASSERT_OK(world_.verify(access, digest, minutes(1)));
  world_.disk.put("cache/signatures/sha256-" + digest.hex(),
                  R"({"pieces":[{"format":"simple","location":"tag","payload":"e30="}]})");
  world_.restart();
  world_.registry.forget_requests();
  ASSERT_OK_ASSIGN(const auto verdict, world_.verify(access, digest, minutes(1)));
  EXPECT_TRUE(is_accepted(*verdict)) << refusal_of(*verdict);
  EXPECT_EQ(world_.requests("GET", "/referrers/"), 1u);
  ASSERT_OK_ASSIGN(const auto kept, world_.cache.signatures(digest));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->pieces.size(), 1u);
}

TEST_F(ArtifactVerdictTest, KeepsNothingOfWhatItRefused) {
  const auto digest =
      world_.publish_layer(kShop, "stable", test::layer_of({{"a.yaml", config_map("a")}}), 1,
                           /*sign=*/false);
  const auto access = world_.access(kShop);
  for (const bool is_signed : {false, true}) {
    if (is_signed) world_.sign(kShop, digest);
    world_.clock.advance(minutes(1));
    ASSERT_OK_ASSIGN(const auto verdict, world_.verify(access, digest, minutes(1)));
    EXPECT_EQ(is_accepted(*verdict), is_signed);
    ASSERT_OK_ASSIGN(const auto manifest, world_.cache.manifest(digest));
    EXPECT_EQ(manifest.has_value(), is_signed);
    EXPECT_EQ(world_.cache.has_reader(digest, access.place), is_signed);
  }
}

TEST_F(ArtifactVerdictTest, SeesASignatureThatIsAnnouncedWhileItVerifies) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  bool is_first = true;
  std::promise<void> first_verdict;
  world_.rule = [&](const SeenRequest& request) -> std::optional<FakeAnswer> {
    if (request.url.find("/referrers/") == std::string::npos) return std::nullopt;
    if (!std::exchange(is_first, false)) {
      first_verdict.get_future().wait();
      return std::nullopt;
    }
    // It comes when this list has been read, and its webhook before the verdict.
    world_.artifacts().expire(kShop, "sha256-signature");
    FakeAnswer none;
    none.headers.set("Content-Type", std::string(oci::media_type::kIndex));
    none.body = oci::serialize(oci::Index{std::string(oci::media_type::kIndex), "", {}, {}, {}});
    return none;
  };
  const auto access = world_.access(kShop);
  ASSERT_OK_ASSIGN(auto verdict, world_.verify(access, digest, minutes(1), "a/web"));
  EXPECT_FALSE(is_accepted(*verdict)) << "that was so when it was asked";
  first_verdict.set_value();
  ASSERT_OK_ASSIGN(verdict, world_.verify(access, digest, minutes(1), "b/web"));
  ASSERT_TRUE(is_accepted(*verdict)) << refusal_of(*verdict);
  world_.wakes.wait_for("a/web");  // nobody waits for the retry
  ASSERT_OK_ASSIGN(verdict, world_.verify(access, digest, minutes(1), "a/web"));
  EXPECT_TRUE(is_accepted(*verdict)) << refusal_of(*verdict);
}

TEST_F(ArtifactVerdictTest, JudgesAnewByAnotherPolicy) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  const auto access = world_.access(kShop);
  ASSERT_OK(world_.verify(access, digest, minutes(1)));
  auto stricter = *world_.policies;
  stricter[0].name = "two-signers";
  stricter[0].require =
      signing::Requirement{signing::SignatureRequirement{{.threshold = 2, .signers = {"release"}}}};
  world_.policies = std::make_shared<const std::vector<signing::TrustPolicy>>(stricter);
  ASSERT_OK_ASSIGN(const auto verdict, world_.verify(access, digest, minutes(1)));
  EXPECT_THAT(refusal_of(*verdict), HasSubstr("the policy \"two-signers\" is not met"));
  EXPECT_EQ(verdict->policy, &world_.policies->front());
}

TEST_F(ArtifactVerdictTest, AsksWhetherATagIsFreshAndNotWhetherAnOlderArtifactIs) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  auto fresh = *world_.policies;
  fresh[0].freshness =
      signing::FreshnessRequirement{std::chrono::hours(1), {.signers = {"release"}}};
  world_.policies = std::make_shared<const std::vector<signing::TrustPolicy>>(fresh);
  const auto access = world_.access(kShop);
  world_.asked_tag = std::nullopt;
  ASSERT_OK_ASSIGN(auto verdict, world_.verify(access, digest, minutes(1)));
  EXPECT_TRUE(is_accepted(*verdict)) << refusal_of(*verdict);
  world_.asked_tag = "stable";
  ASSERT_OK_ASSIGN(verdict, world_.verify(access, digest, minutes(1)));
  EXPECT_THAT(refusal_of(*verdict), HasSubstr("a freshness statement by 1 of 1 signer is needed"));
  world_.asked_tag = std::nullopt;
  ASSERT_OK_ASSIGN(verdict, world_.verify(access, digest, minutes(1)));
  EXPECT_TRUE(is_accepted(*verdict)) << "each has a verdict of its own";
}

// It may be the registry that does not want to be asked: that says nothing of who has signed.
TEST_F(ArtifactVerdictTest, AStaleStatementStaysStaleWhateverTheRegistryDoes) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  world_.say_fresh(kShop, "stable", digest);
  auto fresh = *world_.policies;
  fresh[0].freshness =
      signing::FreshnessRequirement{std::chrono::hours(1), {.signers = {"release"}}};
  world_.policies = std::make_shared<const std::vector<signing::TrustPolicy>>(fresh);
  const auto access = world_.access(kShop);
  world_.asked_tag = "stable";
  ASSERT_OK_ASSIGN(auto verdict, world_.verify(access, digest, minutes(1)));
  ASSERT_TRUE(is_accepted(*verdict)) << refusal_of(*verdict);
  for (const int status : {503, 404, 401, 403, 200}) {
    SCOPED_TRACE(status);
    world_.rule = [&](const SeenRequest&) -> std::optional<FakeAnswer> {
      FakeAnswer answer;
      answer.status = status;
      answer.body = "no answer of a registry";
      return answer;
    };
    world_.clock.advance(std::chrono::hours(2));
    ASSERT_OK_ASSIGN(verdict, world_.verify(access, digest, minutes(1)));
    ASSERT_FALSE(is_accepted(*verdict));
    EXPECT_EQ(std::get<signing::Refused>(verdict->judgement).evidence.broken_rule,
              signing::PolicyRule::kFreshness);
    EXPECT_THAT(refusal_of(*verdict), HasSubstr("it is from 2026-01-01T00:00:00Z"));
  }
  world_.rule = {};
  world_.say_fresh(kShop, "stable", digest);
  world_.clock.advance(minutes(1));
  ASSERT_OK_ASSIGN(verdict, world_.verify(access, digest, minutes(1)));
  EXPECT_TRUE(is_accepted(*verdict)) << refusal_of(*verdict);
}

}  // namespace
}  // namespace sealift::artifacts
