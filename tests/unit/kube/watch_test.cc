#include <sealift/kube/watch.h>

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "fake_cluster.h"
#include "support/result_matchers.h"

namespace sealift::kube {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::FakeCluster;
using test::SeenRequest;

const Resource kConfigMaps{{"", "v1", "ConfigMap"}, "configmaps", true};

std::string event(std::string_view type, std::string_view name, int version) {
  return R"({"type":")" + std::string(type) + R"(","object":{"metadata":{"name":")" +
         std::string(name) + R"(","resourceVersion":")" + std::to_string(version) + "\"}}}\n";
}

std::string bookmark(int version, bool ends_initial = false) {
  return R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":")" +
         std::to_string(version) + "\"" +
         (ends_initial ? R"(,"annotations":{"k8s.io/initial-events-end":"true"})" : "") + "}}}\n";
}

std::string gone() {
  return R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}})"
         "\n";
}

// Answers each connection with the next script; stops the watch when the scripts are used up.
class ScriptedWatch {
 public:
  explicit ScriptedWatch(std::deque<FakeAnswer> answers) : answers_(std::move(answers)) {}

  // The events as "ADDED a", "SYNCED".
  Result<> run(WatchOptions options = {}) {
    return watch(
        cluster_.client(), kConfigMaps, options,
        [this](WatchEvent event) {
          seen_.push_back(describe(event));
          return refuse_ == seen_.back() ? Result<>(fail(ErrorCode::kConflict, "enough"))
                                         : Result<>();
        },
        source_.get_token());
  }
  const std::vector<std::string>& seen() const { return seen_; }
  // The query of each request, without the parts that are the same for all of them.
  std::vector<std::string> versions() const {
    std::vector<std::string> out;
    for (const auto& request : cluster_.transport.requests()) {
      const bool streams = request.url.find("sendInitialEvents=true") != std::string::npos;
      const bool is_list = request.url.find("watch=true") == std::string::npos;
      out.push_back(is_list ? "list" : streams ? "stream" : version_in(request.url));
    }
    return out;
  }
  FakeCluster& cluster() { return cluster_; }
  void refuse(std::string described) { refuse_ = std::move(described); }

 private:
  static std::string version_in(const std::string& url) {
    constexpr std::string_view kParameter = "resourceVersion=";
    const auto from = url.find(kParameter) + kParameter.size();
    return url.substr(from, url.find('&', from) - from);
  }
  static std::string describe(const WatchEvent& event) {
    const auto name = std::string(event.object.string_at({"metadata", "name"}));
    switch (event.type) {
      case WatchEvent::Type::kReset:
        return "RESET";
      case WatchEvent::Type::kAdded:
        return "ADDED " + name;
      case WatchEvent::Type::kModified:
        return "MODIFIED " + name;
      case WatchEvent::Type::kDeleted:
        return "DELETED " + name;
      case WatchEvent::Type::kSynced:
        return "SYNCED";
    }
    return {};
  }

  std::deque<FakeAnswer> answers_;
  std::stop_source source_;
  std::vector<std::string> seen_;
  std::string refuse_;
  FakeCluster cluster_{[this](const SeenRequest&) {
    if (answers_.empty()) {
      source_.request_stop();
      return FakeAnswer::failure(ErrorCode::kCancelled, "stopped");
    }
    auto next = std::move(answers_.front());
    answers_.pop_front();
    return next;
  }};
};

FakeAnswer lines(std::string text) { return FakeAnswer::json(200, std::move(text)); }

using Seen = std::vector<std::string>;

TEST(Watch, StreamsTheListAndThenChanges) {
  ScriptedWatch watched({lines(event("ADDED", "a", 7) + event("ADDED", "b", 3) + bookmark(9, true) +
                               event("MODIFIED", "a", 10) + event("DELETED", "b", 11))});
  EXPECT_THAT(watched.run({"shop", "x=y", true}), fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(watched.seen(),
            (Seen{"RESET", "ADDED a", "ADDED b", "SYNCED", "MODIFIED a", "DELETED b"}));
  const auto request = watched.cluster().transport.requests().at(0);
  EXPECT_TRUE(request.url.starts_with("https://api.test/api/v1/namespaces/shop/configmaps?"));
  for (const auto* part : {"watch=true", "allowWatchBookmarks=true", "labelSelector=x%3Dy",
                           "sendInitialEvents=true", "resourceVersionMatch=NotOlderThan"}) {
    EXPECT_NE(request.url.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(request.headers.get("Accept"),
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
}

TEST(Watch, ResumesFromTheLastVersionItSaw) {
  ScriptedWatch watched({lines(bookmark(9, true) + event("MODIFIED", "a", 10)), lines(bookmark(25)),
                         lines(event("MODIFIED", "a", 30))});
  EXPECT_THAT(watched.run(), fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(watched.seen(), (Seen{"RESET", "SYNCED", "MODIFIED a", "MODIFIED a"}));
  EXPECT_EQ(watched.versions(), (Seen{"stream", "10", "25", "30"}));
}

TEST(Watch, ACutWithinTheInitialListStartsOver) {
  ScriptedWatch watched(
      {lines(event("ADDED", "a", 3)), lines(event("ADDED", "a", 3) + bookmark(4, true))});
  EXPECT_THAT(watched.run(), fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(watched.seen(), (Seen{"RESET", "ADDED a", "RESET", "ADDED a", "SYNCED"}));
  EXPECT_EQ(watched.versions(), (Seen{"stream", "stream", "4"}));
}

TEST(Watch, StartsOverAfter410InAnEventOrAsAnAnswer) {
  ScriptedWatch watched({lines(bookmark(9, true)), lines(gone()), lines(bookmark(50, true)),
                         FakeAnswer::json(410, "{}"), lines(bookmark(60, true))});
  EXPECT_THAT(watched.run(), fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(watched.seen(), (Seen{"RESET", "SYNCED", "RESET", "SYNCED", "RESET", "SYNCED"}));
  EXPECT_EQ(watched.versions(), (Seen{"stream", "9", "stream", "50", "stream", "60"}));
}

TEST(Watch, ListsFirstWhereTheServerCannotStreamTheList) {
  ScriptedWatch watched(
      {FakeAnswer::json(422, R"({"kind":"Status","message":"sendInitialEvents is forbidden"})"),
       FakeAnswer::json(200, R"({"metadata":{"resourceVersion":"40"},"items":[
          {"metadata":{"name":"a"}}]})"),
       lines(event("MODIFIED", "a", 41))});
  EXPECT_THAT(watched.run(), fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(watched.seen(), (Seen{"RESET", "RESET", "ADDED a", "SYNCED", "MODIFIED a"}));
  EXPECT_EQ(watched.versions(), (Seen{"stream", "list", "40", "41"}));
}

TEST(Watch, ListsWhereTheServerLeavesTheWishForItsStateOutOfAccount) {
  ScriptedWatch watched({lines(event("ADDED", "a", 3) + bookmark(7)),
                         FakeAnswer::json(200, R"({"metadata":{"resourceVersion":"40"},"items":[
          {"metadata":{"name":"a","resourceVersion":"3"}}]})"),
                         lines(event("MODIFIED", "a", 41))});
  EXPECT_THAT(watched.run(), fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(watched.seen(), (Seen{"RESET", "ADDED a", "RESET", "ADDED a", "SYNCED", "MODIFIED a"}));
  EXPECT_EQ(watched.versions(), (Seen{"stream", "list", "40", "41"}));
}

TEST(Watch, ListsAStateThatNeverComesToItsEnd) {
  const auto cut = lines(event("ADDED", "a", 3));
  ScriptedWatch watched(
      {cut, FakeAnswer::failure(ErrorCode::kUnavailable, "refused"), cut, cut,
       FakeAnswer::json(200, R"({"metadata":{"resourceVersion":"40"},"items":[]})")});
  EXPECT_THAT(watched.run(), fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(watched.versions(), (Seen{"stream", "stream", "stream", "stream", "list", "40"}))
      << "an attempt that the server did not take does not count";
}

TEST(Watch, StartsOverWhereTheVersionsGoBack) {
  ScriptedWatch watched({lines(bookmark(90, true)), lines(bookmark(50)),
                         lines(event("ADDED", "a", 7) + bookmark(51, true))});
  EXPECT_THAT(watched.run(), fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(watched.seen(), (Seen{"RESET", "SYNCED", "RESET", "ADDED a", "SYNCED"}));
  EXPECT_EQ(watched.versions(), (Seen{"stream", "90", "stream", "51"}));
}

TEST(Watch, NamesTheVersionOfEachEvent) {
  std::vector<std::string> versions;
  FakeCluster cluster([&](const SeenRequest&) {
    return versions.size() == 1
               ? lines(event("ADDED", "a", 3) + bookmark(9, true) + event("DELETED", "a", 11))
               : FakeAnswer::json(403, "{}");
  });
  EXPECT_THAT(watch(cluster.client(), kConfigMaps, {},
                    [&](const WatchEvent& event) -> Result<> {
                      versions.push_back(event.resource_version);
                      return {};
                    },
                    {}),
              fails_with(ErrorCode::kForbidden));
  EXPECT_EQ(versions, (std::vector<std::string>{"", "3", "9", "11"}));
}

TEST(Watch, SaysHowTheConnectionIs) {
  std::vector<std::string> states;
  std::deque<FakeAnswer> answers{
      lines(bookmark(9, true)), FakeAnswer::failure(ErrorCode::kUnavailable, "connection refused"),
      FakeAnswer::json(429, R"({"kind":"Status","message":"slow down"})"), lines(bookmark(10)),
      FakeAnswer::json(403, "{}")};
  FakeCluster cluster([&](const SeenRequest&) {
    auto next = std::move(answers.front());
    answers.pop_front();
    return next;
  });
  WatchOptions options;
  options.on_connection = [&](const Error* lost) {
    states.push_back(lost ? lost->message() : "connected");
  };
  EXPECT_THAT(watch(cluster.client(), kConfigMaps, options,
                    [](const WatchEvent&) -> Result<> { return {}; }, {}),
              fails_with(ErrorCode::kForbidden));
  ASSERT_EQ(states.size(), 4u);
  EXPECT_EQ(states[0], "connected");
  EXPECT_NE(states[1].find("connection refused"), std::string::npos);
  EXPECT_NE(states[2].find("slow down"), std::string::npos);
  EXPECT_EQ(states[3], "connected");
}

TEST(Watch, HeedsRetryAfterWithinReason) {
  for (const auto& [asked, expected] :
       {std::pair("20", std::chrono::seconds(20)), std::pair("86400", std::chrono::seconds(120))}) {
    ScriptedWatch watched(
        {FakeAnswer::json(429, "{}").with_header("Retry-After", asked), lines(bookmark(9, true))});
    EXPECT_THAT(watched.run(), fails_with(ErrorCode::kCancelled));
    EXPECT_GE(watched.cluster().clock.elapsed(), expected);
    EXPECT_LT(watched.cluster().clock.elapsed(), expected + std::chrono::seconds(5));
  }
}

TEST(Watch, ComesBackWithGrowingWaitsForAsLongAsTheServerIsAway) {
  std::deque<FakeAnswer> answers{lines(bookmark(9, true))};
  for (int i = 0; i < 20; ++i) {
    answers.push_back(FakeAnswer::failure(ErrorCode::kUnavailable, "connection refused"));
  }
  answers.push_back(lines(event("MODIFIED", "a", 10)));
  ScriptedWatch watched(std::move(answers));
  EXPECT_THAT(watched.run(), fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(watched.seen(), (Seen{"RESET", "SYNCED", "MODIFIED a"}));
  EXPECT_EQ(watched.versions().back(), "10");
  EXPECT_GT(watched.cluster().clock.elapsed(), std::chrono::minutes(2));
  EXPECT_LT(watched.cluster().clock.elapsed(), std::chrono::minutes(11));
}

TEST(Watch, ReturnsTheServersRefusal) {
  struct Case {
    int http;
    ErrorCode code;
  };
  for (const auto& [http, code] :
       {Case{401, ErrorCode::kUnauthenticated}, Case{403, ErrorCode::kForbidden},
        Case{404, ErrorCode::kNotFound}}) {
    ScriptedWatch watched({FakeAnswer::json(http, "{}")});
    EXPECT_THAT(watched.run(), fails_with(code, "watch configmaps: "));
  }
}

TEST(Watch, ReturnsTheCallbacksErrorAndStops) {
  ScriptedWatch watched({lines(event("ADDED", "a", 1) + event("ADDED", "b", 1)), lines("")});
  watched.refuse("ADDED a");
  EXPECT_THAT(watched.run(), fails_with(ErrorCode::kConflict, "enough"));
  EXPECT_EQ(watched.seen(), (Seen{"RESET", "ADDED a"}));
  EXPECT_EQ(watched.cluster().transport.request_count(), 1u);
}

TEST(Watch, RefusesWhatIsNoEvent) {
  for (const auto* line :
       {R"({"type":"EXPLODED","object":{"metadata":{"resourceVersion":"1"}}})",
        R"({"type":"ADDED"})", R"({"type":"ADDED","object":{"metadata":{}}})", "7"}) {
    ScriptedWatch watched({lines(bookmark(9, true) + line + "\n")});
    EXPECT_THAT(watched.run(), fails_with(ErrorCode::kInvalidInput)) << line;
  }
}

}  // namespace
}  // namespace sealift::kube
