#include <sealift/members/cluster_view.h>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/fake_transport.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"

namespace sealift::members {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::SeenRequest;

const std::string kSet = "applyset-a-v1";
const objects::ObjectId kDonald{"example.com", "Duck", "shop", "donald"};

std::string line(const std::string& type, const std::string& metadata) {
  return R"({"type":")" + type +
         R"(","object":{"apiVersion":"example.com/v1","kind":"Duck","metadata":{)" + metadata +
         "}}}\n";
}

std::string duck(const std::string& type, const std::string& name, int version,
                 const std::string& set = kSet) {
  return line(type, R"("name":")" + name + R"(","namespace":"shop","uid":"u-)" + name +
                        R"(","resourceVersion":")" + std::to_string(version) +
                        R"(","labels":{"applyset.kubernetes.io/part-of":")" + set + "\"}");
}

std::string bookmark(int version, bool ends_state = false) {
  return line("BOOKMARK",
              R"("resourceVersion":")" + std::to_string(version) + "\"" +
                  (ends_state ? R"(,"annotations":{"k8s.io/initial-events-end":"true"})" : ""));
}

// An API server as a script. Time stands still but in eventually().
class ClusterViewTest : public testing::Test {
 protected:
  // What the server says now; may be replaced at any time.
  struct Server {
    std::string served_versions;  // of Duck, as in discovery; empty: not served
    int group_status = 404;       // of GET /apis/example.com
    // The answer to a watch, by path and whether it asks for the state.
    std::function<FakeAnswer(const std::string& path, bool state)> watch;
  };

  ClusterViewTest() {
    server_.watch = [](const auto&, bool) { return FakeAnswer::json(500, "{}"); };
  }
  void serve(const std::string& version) {
    server_.served_versions = R"({"version":")" + version +
                              R"(","resources":[{"resource":"ducks","scope":"Namespaced",)"
                              R"("responseKind":{"kind":"Duck"}}]})";
  }
  void begin(const std::string& set = kSet) {
    MemberScope scope;
    scope.applyset_id = set;
    scope.kinds = {{"example.com", "Duck"}};
    scope.name_spaces = {"shop"};
    view_.follow(scope);
  }
  bool eventually(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      clock_.advance(std::chrono::milliseconds(100));
      std::this_thread::yield();
    }
    return true;
  }
  bool is_ready(const std::string& set = kSet) const {
    const auto seen = view_.members(set);
    return seen && seen->waiting_for.empty();
  }
  std::vector<std::string> names(const std::string& set = kSet) const {
    std::vector<std::string> out;
    const auto seen = view_.members(set);
    if (!seen) return {"error"};
    for (const auto& [id, member] : seen->members) {
      out.push_back(id.name + "@" + member.object.resource_version);
    }
    return out;
  }
  void change(const std::function<void(Server&)>& how) {
    const std::lock_guard lock(mutex_);
    how(server_);
  }

  std::mutex mutex_;
  Server server_;
  test::FakeTransport transport_{[this](const SeenRequest& request) {
    const std::lock_guard lock(mutex_);
    const auto path = request.url.substr(std::string("https://api.test").size());
    if (path == "/api" || path == "/apis") {
      const bool has_group = path == "/apis" && !server_.served_versions.empty();
      const auto group =
          R"({"metadata":{"name":"example.com"},"versions":[)" + server_.served_versions + "]}";
      return FakeAnswer::json(
          200, R"({"kind":"APIGroupDiscoveryList","items":[)" + (has_group ? group : "") + "]}");
    }
    if (path == "/apis/example.com") return FakeAnswer::json(server_.group_status, "{}");
    return server_.watch(path.substr(0, path.find('?')),
                         path.find("sendInitialEvents") != std::string::npos);
  }};
  test::ManualClock clock_;
  kube::ApiClient client_{[] {
                            kube::ClusterAccess access;
                            access.server_url = "https://api.test";
                            access.description = "a script";
                            return access;
                          }(),
                          {transport_, system_files(), clock_, system_random()}};
  kube::ResourceMap resources_{client_};
  ClusterView view_{client_, resources_, clock_, Logger::silent(), [](const std::string&) {}};
};

// Otherwise a Delivery would forget its objects of the kind while the server starts.
TEST_F(ClusterViewTest, AServerThatIsStartingDoesNotSayThatAKindIsGone) {
  server_.group_status = 503;
  begin();
  ASSERT_TRUE(eventually([&] { return !view_.members(kSet); }));
  EXPECT_THAT(view_.members(kSet), fails_with(ErrorCode::kUnavailable, "following Duck"));
  change([](Server& server) { server.group_status = 404; });
  EXPECT_TRUE(eventually([&] { return is_ready(); })) << "now it is known";
  EXPECT_EQ(names(), std::vector<std::string>());
}

// Kinds come from inventories, which tenants may write, and the question is asked as the puller.
TEST_F(ClusterViewTest, AGroupLeadsNowhereElse) {
  MemberScope scope;
  scope.applyset_id = kSet;
  scope.kinds = {{"apps/v1/replicasets?a=1", "X"}};
  view_.follow(scope);
  ASSERT_TRUE(eventually([&] { return transport_.request_count() >= 3; }));
  EXPECT_EQ(transport_.request_lines()[2],
            "GET https://api.test/apis/apps%2Fv1%2Freplicasets%3Fa%3D1");
}

TEST_F(ClusterViewTest, AVersionThatIsServedNoMoreIsNoEndOfItsObjects) {
  serve("v1");
  server_.watch = [](const std::string& path, bool state) {
    if (path != "/apis/example.com/v1/ducks" || !state) return FakeAnswer::json(500, "{}");
    return FakeAnswer::json(200, duck("ADDED", "donald", 5) + bookmark(9, true));
  };
  begin();
  ASSERT_TRUE(eventually([&] { return is_ready(); }));
  EXPECT_EQ(names(), std::vector<std::string>{"donald@5"});
  std::vector<std::string> asked;
  change([&](Server& server) {
    serve("v2");
    server.watch = [&](const std::string& path, bool) {
      asked.push_back(path);
      if (path != "/apis/example.com/v2/ducks") return FakeAnswer::json(404, "{}");
      return FakeAnswer::json(
          200, duck("ADDED", "donald", 5) + duck("ADDED", "daisy", 12) + bookmark(20, true));
    };
  });
  EXPECT_TRUE(eventually([&] {
    const auto now = names();
    EXPECT_TRUE(!now.empty() || !is_ready());
    return now.size() == 2;
  }));
  change([&](Server&) { EXPECT_EQ(asked.front(), "/apis/example.com/v1/ducks"); });
}

TEST_F(ClusterViewTest, ARestoredBackupIsReadAnew) {
  serve("v1");
  server_.watch = [](const std::string&, bool state) {
    if (!state) return FakeAnswer::json(500, "{}");
    return FakeAnswer::json(
        200, duck("ADDED", "donald", 80) + duck("ADDED", "daisy", 81) + bookmark(90, true));
  };
  begin();
  ASSERT_TRUE(eventually([&] { return is_ready(); }));
  EXPECT_EQ(names(), (std::vector<std::string>{"daisy@81", "donald@80"}));
  change([](Server& server) {
    server.watch = [](const std::string&, bool state) {
      return FakeAnswer::json(
          200, state ? duck("ADDED", "donald", 7) + bookmark(51, true) : bookmark(50));
    };
  });
  EXPECT_TRUE(eventually([&] {
    const auto seen = view_.members(kSet);
    EXPECT_FALSE(seen && seen->waiting_for.empty() && seen->members.empty());
    return names() == std::vector<std::string>{"donald@7"};
  }));
}

// A tenant's kubeconfig may name any server: its words would fill the memory of all.
TEST_F(ClusterViewTest, AServerThatTellsOfMembersForEverIsLeft) {
  serve("v1");
  const auto streams = std::make_shared<std::atomic<int>>(0);
  server_.watch = [streams](const std::string&, bool) {
    FakeAnswer endless = FakeAnswer::json(200, "");
    endless.stream = [streams](ByteSink& body, const std::stop_token&) -> Result<> {
      ++*streams;
      for (int number = 1;; ++number) {
        SEALIFT_TRY(body.write(duck("ADDED", "duck-" + std::to_string(number), number)));
      }
    };
    return endless;
  };
  begin();
  while (view_.members(kSet)) std::this_thread::yield();
  EXPECT_THAT(view_.members(kSet), fails_with(ErrorCode::kInvalidInput, "than the limit of 60000"));
  EXPECT_EQ(view_.counts().watches, 0u);
  EXPECT_EQ(view_.counts().members, 0u);
  view_.follow_again(kSet);
  EXPECT_EQ(view_.counts().watches, 0u) << "it rests";
  EXPECT_EQ(*streams, 1);
  clock_.advance(std::chrono::seconds(5));
  view_.follow_again(kSet);
  while (*streams < 2) std::this_thread::yield();
}

// Members of a set that nobody follows, for which there is no room.
TEST_F(ClusterViewTest, WhoeverIsFollowedLaterBlindsNobody) {
  const std::string later = "applyset-later-v1";
  const auto tellings = std::make_shared<std::atomic<int>>(0);
  const auto may_end = std::make_shared<std::atomic<bool>>(true);
  serve("v1");
  server_.watch = [=](const std::string&, bool state) {
    FakeAnswer answer = FakeAnswer::json(200, "");
    answer.stream = [=](ByteSink& body, const std::stop_token& stop) -> Result<> {
      if (state) {
        ++*tellings;
        for (int i = 0; i <= 20'000; ++i) {
          SEALIFT_TRY(body.write(duck("ADDED", "stranger-" + std::to_string(i), 2, "nobody")));
        }
        SEALIFT_TRY(body.write(duck("ADDED", "donald", 3)));
        SEALIFT_TRY(body.write(duck("ADDED", "daisy", 4, later)));
        while (!*may_end && !stop.stop_requested()) std::this_thread::yield();
        SEALIFT_TRY(body.write(bookmark(9, true)));
      }
      while (!stop.stop_requested()) std::this_thread::yield();
      return fail(ErrorCode::kCancelled, "stopped");
    };
    return answer;
  };
  begin();
  ASSERT_TRUE(eventually([&] { return is_ready(); }));
  *may_end = false;
  begin(later);
  ASSERT_TRUE(eventually([&] { return *tellings == 2; }));
  for (int i = 0; i < 10; ++i) {
    view_.forget(later);
    begin(later);
  }
  EXPECT_TRUE(is_ready()) << "the others see";
  EXPECT_FALSE(is_ready(later));
  *may_end = true;
  ASSERT_TRUE(eventually([&] { return is_ready(later); }));
  EXPECT_EQ(names(later), std::vector<std::string>{"daisy@4"});
  EXPECT_EQ(names(), std::vector<std::string>{"donald@3"});
  EXPECT_LE(*tellings, 3) << "the second was not cut short, and the third served all who asked";
}

TEST_F(ClusterViewTest, AServerThatRefusesTheClusterIsNotAskedForEveryNamespace) {
  serve("v1");
  server_.watch = [](const auto&, bool) { return FakeAnswer::json(403, "{}"); };
  MemberScope wide;
  wide.applyset_id = kSet;
  wide.kinds = {{"example.com", "Duck"}};
  for (int i = 0; i < 1'001; ++i) wide.name_spaces.insert("n" + std::to_string(i));
  view_.follow(wide);
  while (view_.members(kSet)) std::this_thread::yield();
  EXPECT_THAT(view_.members(kSet),
              fails_with(ErrorCode::kInvalidInput, "more watches than the limit of 1000"));
  EXPECT_EQ(view_.counts().watches, 0u);
}

// Its lines may come from any thread.
class LogText : public ByteSink {
 public:
  Result<> write(std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    text_ += bytes;
    return {};
  }
  bool has(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    return text_.find(part) != std::string::npos;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

TEST_F(ClusterViewTest, WhatTheOwnRoleLeavesOutIsNoReasonToGrantIt) {
  serve("v1");
  server_.watch = [](const auto&, bool) { return FakeAnswer::json(403, "{}"); };
  const auto said = std::make_shared<LogText>();
  ClusterView view(client_, resources_, clock_,
                   Logger::to_sink(said, LogFormat::kText, LogLevel::kInfo),
                   [](const std::string&) {});
  MemberScope scope;
  scope.applyset_id = kSet;
  scope.kinds = {{"example.com", "Duck"}};
  scope.name_spaces = {"shop"};
  view.follow(scope);
  ASSERT_TRUE(eventually([&] { return said->has("in namespace shop as the puller itself"); }));
  EXPECT_FALSE(said->has("across the cluster"));
}

}  // namespace
}  // namespace sealift::members
