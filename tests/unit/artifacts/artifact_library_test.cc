#include <sealift/artifacts/artifact_library.h>
#include <sealift/oci/manifest.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "library_world.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/artifacts/sample_layer.h"

namespace sealift::artifacts {
namespace {

using sealift::test::config_map;
using sealift::test::fails_with;
using sealift::test::FakeAnswer;
using sealift::test::SeenRequest;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::is_accepted;
using test::LibraryWorld;
using test::refusal_of;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kShop = "registry.example.com/team/shop";

FakeAnswer status(int code) {
  FakeAnswer answer;
  answer.status = code;
  return answer;
}

std::string waiter(std::size_t i) { return "team-" + std::to_string(i) + "/web"; }

class ArtifactLibraryTest : public testing::Test {
 protected:
  LibraryWorld world_;
};

TEST_F(ArtifactLibraryTest, TakesAnArtifactFromTheRegistryToObjects) {
  const auto digest = world_.publish(
      kShop, "stable", {{"a.yaml", config_map("a")}, {"b/c.yaml", config_map("c")}}, 7);
  const auto access = world_.access(kShop);
  ASSERT_OK_ASSIGN(const auto resolved, world_.resolve(access));
  EXPECT_EQ(resolved, digest);
  ASSERT_OK_ASSIGN(const auto verdict, world_.verify(access, digest));
  ASSERT_TRUE(is_accepted(*verdict)) << refusal_of(*verdict);
  ASSERT_NE(verdict->policy, nullptr);
  EXPECT_EQ(verdict->policy->name, "signed-releases");
  const auto artifact = world_.verified(access, digest);
  EXPECT_EQ(artifact->sequence(), 7);
  EXPECT_EQ(artifact->evidence().policy, "signed-releases");
  ASSERT_OK_ASSIGN(const auto all, world_.objects(access, digest));
  ASSERT_THAT(all->objects, SizeIs(2));
  EXPECT_EQ(all->objects[0].source(), "a.yaml:1:1");
  EXPECT_GT(all->estimated_bytes, 2 * sizeof(objects::Object));
  ASSERT_OK_ASSIGN(const auto some, world_.objects(access, digest, "b"));
  ASSERT_THAT(some->objects, SizeIs(1));
  EXPECT_EQ(some->objects[0].name(), "c");
  EXPECT_THAT(world_.objects(access, digest, "d"),
              fails_with(ErrorCode::kInvalidInput, "holds no objects below the path d;"));
}

TEST_F(ArtifactLibraryTest, ThreeHundredDeliveriesShareEachRequest) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  constexpr std::size_t kDeliveries = 300;
  const auto access = world_.access(kShop);
  auto& library = world_.artifacts();
  for (std::size_t i = 0; i < kDeliveries; ++i) {
    ASSERT_OK(library.resolve(access, minutes(1), waiter(i)));
  }
  for (std::size_t i = 0; i < kDeliveries; ++i) {
    ASSERT_OK_ASSIGN(const auto resolved, world_.resolve(access, minutes(1), waiter(i)));
    EXPECT_EQ(resolved, digest);
  }
  for (std::size_t i = 0; i < kDeliveries; ++i) {
    ASSERT_OK(library.verify(access, {digest, ""}, world_.policies, minutes(1), waiter(i)));
  }
  std::set<const void*> verdicts;
  std::shared_ptr<const signing::VerifiedArtifact> artifact;
  for (std::size_t i = 0; i < kDeliveries; ++i) {
    ASSERT_OK_ASSIGN(const auto verdict, world_.verify(access, digest, minutes(1), waiter(i)));
    verdicts.insert(verdict.get());
    artifact = world_.verified(access, digest);
  }
  EXPECT_THAT(verdicts, SizeIs(1));
  std::set<const void*> parsed;
  for (std::size_t i = 0; i < kDeliveries; ++i) {
    ASSERT_OK(library.objects(access, artifact, "", waiter(i)));
  }
  for (std::size_t i = 0; i < kDeliveries; ++i) {
    ASSERT_OK_ASSIGN(const auto objects, world_.objects(access, digest, "", waiter(i)));
    parsed.insert(objects.get());
  }
  EXPECT_THAT(parsed, SizeIs(1));
  EXPECT_EQ(world_.requests("HEAD"), 1u);
  EXPECT_EQ(world_.requests("GET", "/manifests/" + digest.to_string()), 1u);
  const auto layer = artifact->manifest().layers.at(0).digest.to_string();
  EXPECT_EQ(world_.requests("GET", "/blobs/" + layer), 1u);
}

TEST_F(ArtifactLibraryTest, OneHeadAnIntervalForAThousandDeliveries) {
  world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  const auto access = world_.access(kShop);
  constexpr std::size_t kDeliveries = 1'000;
  constexpr milliseconds kInterval = minutes(1);
  // Each asks when its own interval and up to a tenth more is over.
  std::multimap<milliseconds, std::size_t> due;
  for (std::size_t i = 0; i < kDeliveries; ++i) due.emplace(milliseconds(i * 60), i);
  while (due.begin()->first < minutes(10)) {
    const auto [at, i] = *due.begin();
    due.erase(due.begin());
    world_.clock.advance(at - world_.clock.elapsed());
    ASSERT_OK(world_.resolve(access, kInterval, waiter(i)));
    due.emplace(at + kInterval + milliseconds(i * 7919 % 6'000), i);
  }
  EXPECT_EQ(world_.requests("HEAD"), 10u);
  EXPECT_EQ(world_.registry.request_count(), 10u);
}

TEST_F(ArtifactLibraryTest, WakesAllWhenOneSeesANewDigest) {
  const auto first = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  const auto access = world_.access(kShop);
  for (std::size_t i = 0; i < 50; ++i) ASSERT_OK(world_.resolve(access, minutes(1), waiter(i)));
  world_.clock.advance(minutes(1));
  world_.wakes.forget();
  ASSERT_OK_ASSIGN(const auto same, world_.resolve(access, minutes(1), waiter(0)));
  EXPECT_EQ(same, first);
  EXPECT_THAT(world_.wakes.counts(), SizeIs(1)) << "no news";

  const auto second = world_.publish(kShop, "stable", {{"a.yaml", config_map("b")}});
  world_.clock.advance(minutes(1));
  world_.wakes.forget();
  world_.registry.forget_requests();
  ASSERT_OK_ASSIGN(const auto changed, world_.resolve(access, minutes(1), waiter(7)));
  EXPECT_EQ(changed, second);
  for (std::size_t i = 0; i < 50; ++i) {
    if (i != 7) world_.wakes.wait_for(waiter(i));
    ASSERT_OK_ASSIGN(const auto again, world_.artifacts().resolve(access, minutes(1), waiter(i)));
    EXPECT_EQ(again, (Resolved{second, "stable"}));
  }
  EXPECT_EQ(world_.registry.request_count(), 1u);
}

TEST_F(ArtifactLibraryTest, SharesAnErrorAndForgetsItAfterSeconds) {
  world_.rule = [](const SeenRequest&) { return FakeAnswer(status(403)); };
  const auto access = world_.access(kShop);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_THAT(world_.resolve(access, minutes(1), waiter(i)), fails_with(ErrorCode::kForbidden));
  }
  // HEAD and GET: some registries refuse the first for a tag that is not there.
  EXPECT_EQ(world_.registry.request_count(), 2u);
  world_.clock.advance(seconds(5));
  EXPECT_THAT(world_.resolve(access, minutes(1), waiter(0)), fails_with(ErrorCode::kForbidden));
  EXPECT_EQ(world_.registry.request_count(), 4u);
}

TEST_F(ArtifactLibraryTest, KeepsOtherCredentialsApart) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  world_.rule = [](const SeenRequest& request) -> std::optional<FakeAnswer> {
    if (request.headers.get("Authorization")) return std::nullopt;
    return status(401).with_header("WWW-Authenticate", "Basic realm=\"x\"");
  };
  auto delivery = world_.delivery(kShop);
  const auto anonymous = world_.access(delivery);
  world_.secrets[{"shop", "pull"}] = {
      "pull",
      "shop",
      {{".dockerconfigjson", R"({"auths":{"registry.example.com":{"auth":"dTpw"}}})"}}};
  delivery.artifact.secret_name = "pull";
  const auto known = world_.access(delivery);
  EXPECT_NE(anonymous.place, known.place);
  EXPECT_THAT(world_.resolve(anonymous, minutes(1), "other/web"),
              fails_with(ErrorCode::kUnauthenticated,
                         "name a Secret with a login for registry.example.com in the Delivery's "
                         "artifact.secretRef"));
  ASSERT_OK_ASSIGN(const auto resolved, world_.resolve(known, minutes(1)));
  EXPECT_EQ(resolved, digest);
  // Nor does anybody get from the cache what they may not read, by a digest that they know.
  world_.verified(known, digest);
  delivery.artifact.secret_name = "";
  delivery.artifact.select = {"", "", digest};
  const auto by_digest = world_.access(delivery);
  world_.registry.forget_requests();
  ASSERT_OK_ASSIGN(const auto named, world_.resolve(by_digest, minutes(1), "other/web"));
  EXPECT_EQ(named, digest);
  EXPECT_EQ(world_.registry.request_count(), 0u);
  EXPECT_FALSE(world_.artifacts().is_cached(by_digest, digest));
  EXPECT_THAT(world_.verify(by_digest, digest, minutes(1), "other/web"),
              fails_with(ErrorCode::kUnauthenticated));
}

TEST_F(ArtifactLibraryTest, ANewLoginIsBelievedWhileTheRegistryIsAway) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  auto delivery = world_.delivery(kShop);
  ASSERT_OK(world_.objects(world_.access(delivery), digest));
  world_.rule = [](const SeenRequest&) { return FakeAnswer(status(503)); };
  world_.secrets[{"shop", "pull"}] = {
      "pull",
      "shop",
      {{".dockerconfigjson", R"({"auths":{"registry.example.com":{"auth":"dTpw"}}})"}}};
  delivery.artifact.secret_name = "pull";
  ASSERT_OK(world_.objects(world_.access(delivery), digest));
  // By a proxy of their own anybody could say that it is away.
  world_.secrets[{"shop", "proxy"}] = {"proxy", "shop", {{"address", "http://mine:1"}}};
  delivery.artifact.proxy_secret_name = "proxy";
  EXPECT_THAT(world_.verify(world_.access(delivery), digest), fails_with(ErrorCode::kUnavailable));
}

TEST_F(ArtifactLibraryTest, ResolvesTheNewestVersionInARange) {
  world_.publish(kShop, "1.2.0", {{"a.yaml", config_map("a")}});
  const auto newest = world_.publish(kShop, "1.10.0", {{"a.yaml", config_map("b")}});
  world_.publish(kShop, "2.0.0", {{"a.yaml", config_map("c")}});
  auto delivery = world_.delivery(kShop);
  delivery.artifact.select = {"", "1.x", {}};
  const auto access = world_.access(delivery);
  for (std::size_t i = 0; i < 20; ++i) {
    ASSERT_OK_ASSIGN(const auto resolved, world_.resolve(access, minutes(1), waiter(i)));
    EXPECT_EQ(resolved, newest);
  }
  EXPECT_EQ(world_.requests("GET", "/tags/list"), 1u);
  EXPECT_EQ(world_.requests("HEAD"), 1u);
  delivery.artifact.select = {"", ">=3", {}};
  EXPECT_THAT(world_.resolve(world_.access(delivery)),
              fails_with(ErrorCode::kNotFound, "is a version in the range >=3"));
}

TEST_F(ArtifactLibraryTest, WorksFromTheCacheWhileTheRegistryIsAway) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  const auto access = world_.access(kShop);
  EXPECT_FALSE(world_.artifacts().is_cached(access, digest));
  world_.verified(access, digest);
  EXPECT_FALSE(world_.artifacts().is_cached(access, digest)) << "its content is missing";
  ASSERT_OK(world_.objects(access, digest));
  EXPECT_TRUE(world_.artifacts().is_cached(access, digest));

  world_.transport.hang("registry.example.com");
  world_.restart();
  // Requests that hang do not hold up what needs none.
  for (const auto* tag : {"a", "b", "c", "d"}) {
    ASSERT_OK(world_.artifacts().resolve(world_.access(kShop, tag), minutes(1), "shop/web"));
  }
  world_.transport.wait_for_hanging(3);
  world_.verified(access, digest);
  EXPECT_OK(world_.objects(access, digest));
}

TEST_F(ArtifactLibraryTest, FetchesAgainWhatTheDiskSpoiled) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  const auto access = world_.access(kShop);
  ASSERT_OK(world_.objects(access, digest));
  const auto layer = world_.verified(access, digest)->manifest().layers.at(0);
  const auto path = "cache/blobs/sha256-" + layer.digest.hex();
  auto spoiled = world_.disk.content(path);
  spoiled[spoiled.size() / 2] ^= 1;
  world_.disk.put(path, spoiled);
  world_.restart();
  ASSERT_OK_ASSIGN(const auto parsed, world_.objects(access, digest));
  EXPECT_THAT(parsed->objects, SizeIs(1));
  EXPECT_EQ(world_.requests("GET", "/blobs/" + layer.digest.to_string()), 2u);
}

TEST_F(ArtifactLibraryTest, AHangingNamespaceDelaysNoOther) {
  world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  world_.transport.hang("tarpit.example.com");
  for (int i = 0; i < 100; ++i) {
    const auto access = world_.access("tarpit.example.com/app" + std::to_string(i));
    ASSERT_OK(world_.artifacts().resolve(access, minutes(1), "greedy/web" + std::to_string(i)));
  }
  world_.transport.wait_for_hanging(3);
  EXPECT_OK(world_.resolve(world_.access(kShop), minutes(1), "shop/web"));
  // Many hosts and the healthy registry itself are no way around.
  for (int i = 0; i < 100; ++i) {
    const auto host = "tarpit" + std::to_string(i) + ".example.com";
    world_.transport.hang(host);
    ASSERT_OK(world_.artifacts().resolve(world_.access(host + "/app"), minutes(1), "greedy/x"));
  }
  EXPECT_OK(world_.resolve(world_.access(kShop), seconds(0), "shop/web"));
  EXPECT_EQ(world_.transport.hanging(), 3u);
  // What the greedy one waits for starts at once when another wants it as well.
  world_.publish("slow.example.com/app", "stable", {{"a.yaml", config_map("a")}});
  const auto shared = world_.access("slow.example.com/app");
  ASSERT_OK(world_.artifacts().resolve(shared, minutes(1), "greedy/y"));
  EXPECT_OK(world_.resolve(shared, minutes(1), "shop/web"));
}

TEST_F(ArtifactLibraryTest, EndsAtOnceWhileRequestsHang) {
  world_.transport.hang("registry.example.com");
  for (int i = 0; i < 20; ++i) {
    const auto access = world_.access(std::string(kShop) + std::to_string(i));
    ASSERT_OK(world_.artifacts().resolve(access, minutes(1), waiter(static_cast<std::size_t>(i))));
  }
  world_.transport.wait_for_hanging(4);
  world_.restart();
  EXPECT_EQ(world_.transport.hanging(), 0u);
  EXPECT_THAT(world_.wakes.counts(), IsEmpty()) << "nobody is woken by the end";
}

TEST_F(ArtifactLibraryTest, ExpiryMakesTheNextOneAskAnew) {
  world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  world_.publish(kShop, "edge", {{"a.yaml", config_map("b")}});
  const auto stable = world_.access(kShop);
  const auto edge = world_.access(kShop, "edge");
  ASSERT_OK(world_.resolve(stable, minutes(1), "a/web"));
  ASSERT_OK(world_.resolve(stable, minutes(1), "b/web"));
  ASSERT_OK(world_.resolve(edge, minutes(1), "c/web"));
  EXPECT_THAT(world_.artifacts().expire("registry.example.com/other", "stable"), IsEmpty());
  EXPECT_THAT(world_.artifacts().expire(kShop, "stable"), ElementsAre("a/web", "b/web"));
  EXPECT_THAT(world_.artifacts().expire(kShop, ""), ElementsAre("a/web", "b/web", "c/web"));
  const auto pushed = world_.publish(kShop, "stable", {{"a.yaml", config_map("new")}});
  ASSERT_OK_ASSIGN(const auto digest, world_.resolve(stable, minutes(1), "a/web"));
  EXPECT_EQ(digest, pushed);
}

TEST_F(ArtifactLibraryTest, TidiesWhatNobodyWants) {
  const auto old = world_.publish(kShop, "stable", {{"a.yaml", config_map("old")}}, 1);
  const auto healthy = world_.publish(kShop, "stable", {{"a.yaml", config_map("healthy")}}, 2);
  const auto current = world_.publish(kShop, "stable", {{"a.yaml", config_map("current")}}, 3);
  const auto access = world_.access(kShop);
  for (const auto& digest : {old, healthy, current}) ASSERT_OK(world_.objects(access, digest));
  ASSERT_OK(world_.artifacts().tidy({current}));
  for (const auto& digest : {old, healthy, current}) {
    EXPECT_TRUE(world_.artifacts().is_cached(access, digest)) << "all were asked for a moment ago";
  }
  world_.restart();
  ASSERT_OK(world_.artifacts().tidy({current, healthy, current, Digest::of("never seen")}));
  EXPECT_TRUE(world_.artifacts().is_cached(access, current));
  EXPECT_TRUE(world_.artifacts().is_cached(access, healthy));
  EXPECT_FALSE(world_.artifacts().is_cached(access, old));
}

TEST_F(ArtifactLibraryTest, RemovesNothingWhereAWantedManifestCannotBeRead) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  const auto access = world_.access(kShop);
  ASSERT_OK(world_.objects(access, digest));
  world_.restart();
  world_.disk.fail_call(1, Error(ErrorCode::kIo, "disk broken"));
  EXPECT_THAT(world_.artifacts().tidy({digest}), fails_with(ErrorCode::kIo));
  EXPECT_TRUE(world_.artifacts().is_cached(access, digest));
}

TEST_F(ArtifactLibraryTest, GivesDiskErrorsToAllThatWait) {
  const auto digest = world_.publish(kShop, "stable", {{"a.yaml", config_map("a")}});
  world_.disk.set_capacity(10);
  const auto access = world_.access(kShop);
  EXPECT_THAT(world_.verify(access, digest, minutes(1), "a/web"), fails_with(ErrorCode::kIo));
  EXPECT_THAT(world_.verify(access, digest, minutes(1), "b/web"), fails_with(ErrorCode::kIo));
  world_.disk.set_capacity(1u << 20);
  world_.clock.advance(seconds(5));
  EXPECT_OK(world_.verify(access, digest, minutes(1), "a/web"));
}

TEST_F(ArtifactLibraryTest, ServesManyThreads) {
  constexpr std::size_t kThreads = 4;
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    names.push_back(kShop + std::to_string(i));
    world_.publish(names.back(), "stable", {{"a.yaml", config_map("a")}});
  }
  std::vector<ArtifactAccess> accesses;
  for (const auto& name : names) accesses.push_back(world_.access(name));
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = 0; i < 20; ++i) {
          const auto& access = accesses[(t + i) % accesses.size()];
          const auto digest = world_.resolve(access, milliseconds(0), waiter(t));
          ASSERT_OK(digest);
          ASSERT_OK_ASSIGN(const auto verdict,
                           world_.verify(access, *digest, milliseconds(0), waiter(t)));
          const auto artifact =
              std::get<std::shared_ptr<const signing::VerifiedArtifact>>(verdict->judgement);
          ASSERT_OK(world_.await(waiter(t), [&] {
            return world_.artifacts().objects(access, artifact, "", waiter(t));
          }));
          ASSERT_OK(world_.artifacts().tidy({}));
          if (i % 5 == 0) world_.artifacts().expire(access.repository.name(), "");
        }
      });
    }
  }
  for (const auto& access : accesses) EXPECT_OK(world_.resolve(access));
}

}  // namespace
}  // namespace sealift::artifacts
