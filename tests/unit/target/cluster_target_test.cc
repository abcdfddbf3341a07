#include <sealift/kube/apply.h>
#include <sealift/kube/apply_set.h>
#include <sealift/target/cluster_target.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/faulty_file_system.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/delivery/sample_delivery.h"
#include "unit/kube/fake_cluster.h"
#include "unit/target/sample_objects.h"

namespace sealift::target {
namespace {

using delivery::test::make_delivery;
using sealift::test::config_map;
using sealift::test::fails_with;
using sealift::test::FakeAnswer;
using sealift::test::FakeCluster;
using sealift::test::FaultyFileSystem;
using sealift::test::SeenRequest;
using test::desired_of;
using testing::UnorderedElementsAre;

constexpr std::string_view kGroups =
    R"({"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"example.com"},"versions":[
    {"version":"v1","resources":[{"resource":"ducks","scope":"Namespaced",
    "responseKind":{"kind":"Duck"}}]}]}]})";
constexpr std::string_view kCore =
    R"({"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":""},"versions":[
    {"version":"v1","resources":[{"resource":"configmaps","scope":"Namespaced",
    "responseKind":{"kind":"ConfigMap"}},{"resource":"namespaces","scope":"Cluster",
    "responseKind":{"kind":"Namespace"}}]}]}]})";

std::string set_id() { return kube::applyset_id("sealift-web", "shop", "ConfigMap", ""); }

// A member as the API server shows it.
std::string member(const std::string& kind, const std::string& name_space, const std::string& name,
                   const std::string& more = "") {
  const bool is_core = kind != "Duck";
  return std::string(R"({"apiVersion":")") + (is_core ? "v1" : "example.com/v1") + R"(","kind":")" +
         kind + R"(","metadata":{"name":")" + name + R"(","namespace":")" + name_space +
         R"(","uid":"u-)" + name + R"(","resourceVersion":"1","labels":{)" +
         R"("applyset.kubernetes.io/part-of":")" + set_id() + R"("},"managedFields":[{)" +
         R"("manager":"sealift","operation":"Apply","apiVersion":"v1","fieldsV1":{"f:metadata":{)" +
         R"("f:labels":{"f:applyset.kubernetes.io/part-of":{}}}}}])" + more + "}}";
}

// The target over a server that knows ConfigMaps and Ducks, and answers the rest by `answer`.
class ClusterTargetTest : public testing::Test {
 protected:
  std::function<FakeAnswer(const SeenRequest&)> answer;
  FakeCluster cluster{[this](const SeenRequest& request) {
    if (request.url.ends_with("/api")) return FakeAnswer::json(200, std::string(kCore));
    if (request.url.ends_with("/apis")) return FakeAnswer::json(200, std::string(kGroups));
    return answer(request);
  }};
  kube::ApiClient client = cluster.client();
  kube::ResourceMap resources{client};
  delivery::Delivery delivery = make_delivery();
  std::counting_semaphore<> told{0};  // once for each word of the view
  std::mutex heard_mutex;
  std::map<std::string, int> heard;  // its words, by set
  members::ClusterView view{client, resources, cluster.clock, Logger::silent(),
                            [this](const std::string& applyset_id) {
                              {
                                const std::lock_guard lock(heard_mutex);
                                ++heard[applyset_id];
                              }
                              told.release();
                            }};
  std::unique_ptr<Target> target = make_cluster_target(delivery, {client, resources, view},
                                                       make_config_map_inventory(delivery, client),
                                                       cluster.clock, Logger::silent());

  int words_about(const std::string& applyset_id) {
    const std::lock_guard lock(heard_mutex);
    return heard[applyset_id];
  }
  // Returns when the view has told that often of the set.
  void hear(const std::string& applyset_id, int times) {
    while (words_about(applyset_id) < times) told.acquire();
  }
};

// The end of a watch that a server holds: lines go out when they are there.
class Feed {
 public:
  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  Result<> write_until_stopped(ByteSink& body, std::stop_token stop) {
    for (std::unique_lock lock(mutex_);;) {
      if (!changed_.wait(lock, stop, [this] { return !lines_.empty(); })) {
        return fail(ErrorCode::kCancelled, "the watch was stopped");
      }
      const auto line = std::move(lines_.front());
      lines_.pop_front();
      lock.unlock();
      SEALIFT_TRY(body.write(line));
      lock.lock();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> lines_;
};

TEST_F(ClusterTargetTest, NeverTakesALostMemoryForNone) {
  const auto digest = Digest::of("accepted").to_string();
  const std::vector<std::pair<std::string, std::string>> kLost[] = {
      {{"dev.sealift.sequence", "7"}},
      {{"dev.sealift.digest", "sha256:00"}, {"dev.sealift.sequence", "7"}},
      {{"dev.sealift.digest", digest}},
      {{"dev.sealift.digest", digest}, {"dev.sealift.sequence", ""}},
      {{"dev.sealift.digest", digest}, {"dev.sealift.sequence", "7x"}},
      {{"dev.sealift.digest", digest}, {"dev.sealift.sequence", "99999999999999999999"}},
      {{"dev.sealift.digest", digest},
       {"dev.sealift.newest-digest", "sha256:00"},
       {"dev.sealift.sequence", "7"}},
  };
  kube::ApplySetParent parent{"sealift-web", "shop", {}, {}, {}};
  answer = [&](const SeenRequest&) {
    return FakeAnswer::json(200, dump_json(kube::to_config_map(parent)));
  };
  for (const auto& annotations : kLost) {
    parent.annotations = annotations;
    EXPECT_THAT(target->recall({}), fails_with(ErrorCode::kInvalidInput, "nothing new is accepted"))
        << dump_json(kube::to_config_map(parent));
  }
  parent.annotations = {{"dev.sealift.digest", digest}, {"dev.sealift.sequence", "-7"}};
  ASSERT_OK_ASSIGN(const auto memory, target->recall({}));
  EXPECT_EQ(memory.digest->to_string(), digest);
  EXPECT_EQ(memory.sequence, -7);
  EXPECT_EQ(memory.newest, std::nullopt);
}

TEST_F(ClusterTargetTest, WritesNoInventoryThatSaysSoAlready) {
  delivery.uid = "u";
  const Acceptance accepted{Digest::of("accepted"), 7, Digest::of("newest"), "disk"};
  // By name, as the API server gives them.
  const kube::ApplySetParent parent{
      "sealift-web",
      "shop",
      {{"", "ConfigMap"}},
      {},
      {{"dev.sealift.delivery", delivery.id()},
       {"dev.sealift.digest", Digest::of("accepted").to_string()},
       {"dev.sealift.newest-digest", Digest::of("newest").to_string()},
       {"dev.sealift.sequence", "7"},
       {"dev.sealift.uid", "u"},
       {"dev.sealift.writer", "disk"}}};
  std::vector<std::string> methods;
  answer = [&](const SeenRequest& request) {
    methods.push_back(request.method);
    return FakeAnswer::json(200, dump_json(kube::to_config_map(parent)));
  };
  ASSERT_OK(target->recall({}));
  ASSERT_OK_ASSIGN(const auto desired, desired_of({config_map("a")}));
  ASSERT_OK(target->renew(desired, {}, accepted, {}));
  EXPECT_THAT(methods, testing::ElementsAre("GET"));
  auto later = accepted;
  later.writer = "another disk";
  ASSERT_OK(target->renew(desired, {}, later, {}));
  EXPECT_THAT(methods, testing::ElementsAre("GET", "PATCH"));
}

// The memory of a delivery, written by the artifact of another, would let its artifacts be played
// back.
TEST_F(ClusterTargetTest, AnArtifactBringsNoParentOfAnApplySet) {
  bool is_parent = false;
  answer = [&](const SeenRequest& request) {
    if (request.method == "PATCH") return FakeAnswer::json(200, member("ConfigMap", "shop", "a"));
    if (!is_parent) return FakeAnswer::json(404, "{}");
    return FakeAnswer::json(200, R"({"metadata":{"name":"a","namespace":"shop","uid":"u",
        "labels":{"applyset.kubernetes.io/id":"applyset-other-v1"}}})");
  };
  Plan plan;
  plan.applies = {{0, ApplyAction::Why::kCreate}};
  ASSERT_OK_ASSIGN(const auto plain, desired_of({config_map("a")}));
  ASSERT_OK_ASSIGN(const auto labelled,
                   desired_of({config_map("a", "1", ", labels: {applyset.kubernetes.io/id: x}")}));
  AskedObjects asked;
  EXPECT_OK(target->preflight(plain, plan, asked, {}));
  EXPECT_THAT(target->preflight(labelled, plan, asked, {}),
              fails_with(ErrorCode::kConflict, "is the parent of an ApplySet"));
  is_parent = true;
  asked.clear();
  EXPECT_THAT(target->preflight(plain, plan, asked, {}),
              fails_with(ErrorCode::kConflict, "is the parent of an ApplySet"));
}

// A namespace would take along what lives in it.
TEST_F(ClusterTargetTest, LetsANamespaceGoInWhichSomethingIsKept) {
  const std::string keep = R"(,"annotations":{"sealift.dev/keep":"true"})";
  const std::map<std::string, std::string> kState = {
      {"/api/v1/namespaces",
       member("Namespace", "", "east") + "\n" + member("Namespace", "", "west")},
      {"/api/v1/configmaps",
       member("ConfigMap", "east", "kept", keep) + "\n" + member("ConfigMap", "west", "c")}};
  kube::ApplySetParent parent{
      "sealift-web",
      "shop",
      {{"", "ConfigMap"}, {"", "Namespace"}},
      {"east", "west"},
      {{"dev.sealift.digest", Digest::of("accepted").to_string()}, {"dev.sealift.sequence", "1"}}};
  std::promise<void> over;
  const auto is_over = over.get_future().share();
  answer = [&](const SeenRequest& request) {
    const auto path = request.url.substr(std::string("https://api.test").size());
    if (path.ends_with("/configmaps/sealift-web")) {
      return FakeAnswer::json(200, dump_json(kube::to_config_map(parent)));
    }
    if (path.find("watch=") == std::string::npos) return FakeAnswer::json(200, "{}");
    // After the state there is no news.
    if (path.find("sendInitialEvents") == std::string::npos) {
      is_over.wait();
      return FakeAnswer::json(500, "{}");
    }
    std::string events;
    std::istringstream objects(kState.at(path.substr(0, path.find('?'))));
    for (std::string object; std::getline(objects, object);) {
      events += R"({"type":"ADDED","object":)" + object + "}\n";
    }
    return FakeAnswer::json(
        200, events + R"({"type":"BOOKMARK","object":{"apiVersion":"v1","kind":"ConfigMap",)" +
                 R"("metadata":{"resourceVersion":"2",)" +
                 R"("annotations":{"k8s.io/initial-events-end":"true"}}}})" + "\n");
  };
  ASSERT_OK(target->recall({}));
  DeliveryState state;
  auto waiting = target->release(delivery::DeletionPolicy::kDelete, state, {});
  while (waiting && !waiting->empty()) {
    told.acquire();
    waiting = target->release(delivery::DeletionPolicy::kDelete, state, {});
  }
  over.set_value();
  EXPECT_OK(waiting);
  std::set<std::string> written;
  for (const auto& request : cluster.transport.requests()) {
    if (request.method == "GET") continue;
    const auto path = request.url.substr(std::string("https://api.test/api/v1/").size());
    written.insert(request.method + " " + path.substr(0, path.find('?')));
  }
  EXPECT_THAT(written,
              UnorderedElementsAre("DELETE namespaces/west", "DELETE namespaces/west/configmaps/c",
                                   "PATCH namespaces/east", "PATCH namespaces/east/configmaps/kept",
                                   "DELETE namespaces/shop/configmaps/sealift-web"));
}

// On a busy machine the watch's word of an apply is told long before the apply's own answer. Nobody
// is woken for it: a run would find nothing.
TEST_F(ClusterTargetTest, TheEchoOfAnApplyWakesNobody) {
  // Sorts after the target's set: of two that are told together it is the last.
  const std::string sentinel = "z";
  const auto live = [](const std::string& applyset_id, const std::string& name, int version) {
    return R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"shop","name":")" +
           name + R"(","uid":"u-)" + std::to_string(version) + R"(","resourceVersion":")" +
           std::to_string(version) + R"(","labels":{"applyset.kubernetes.io/part-of":")" +
           applyset_id + "\"}}}";
  };
  const auto event = [](const std::string& object) {
    return R"({"type":"MODIFIED","object":)" + object + "}\n";
  };
  const auto feed = std::make_shared<Feed>();
  feed->add(R"({"type":"BOOKMARK","object":{"apiVersion":"v1","kind":"ConfigMap","metadata":{)"
            R"("resourceVersion":"2","annotations":{"k8s.io/initial-events-end":"true"}}}})"
            "\n");
  answer = [&, feed](const SeenRequest& request) {
    if (request.url.find("watch=") != std::string::npos) {
      FakeAnswer endless = FakeAnswer::json(200, "");
      endless.stream = [feed](ByteSink& body, std::stop_token stop) {
        return feed->write_until_stopped(body, std::move(stop));
      };
      return endless;
    }
    if (request.method != "PATCH") return FakeAnswer::json(404, "{}");
    feed->add(event(live(set_id(), "a", 5)));
    feed->add(event(live(sentinel, "b", 6)));
    hear(sentinel, 2);
    return FakeAnswer::json(200, live(set_id(), "a", 5));
  };
  ASSERT_OK(target->recall({}));
  members::MemberScope beside;
  beside.applyset_id = sentinel;
  beside.kinds = {{"", "ConfigMap"}};
  beside.name_spaces = {"shop"};
  view.follow(beside);
  ASSERT_OK_ASSIGN(const auto desired, desired_of({config_map("a")}));
  ASSERT_OK(target->observe(&desired, {}));
  hear(sentinel, 1);
  ASSERT_OK_ASSIGN(const auto seen, target->observe(&desired, {}));
  ASSERT_EQ(seen.waiting_for, "");
  const int before = words_about(set_id());

  Plan plan;
  plan.applies = {{0, ApplyAction::Why::kCreate}};
  const auto& wanted = desired.objects.front();
  const AskedObjects asked{{wanted.object.id(), wanted.content_hash}};
  DeliveryState state;
  FaultyFileSystem files;
  StateStore store(files, "state");
  ASSERT_OK_ASSIGN(const auto journal, store.open_journal("shop/web"));
  ASSERT_OK(target->apply(desired, plan, asked, state, *journal, {}));
  feed->add(event(live(sentinel, "b", 7)));
  hear(sentinel, 3);
  EXPECT_EQ(words_about(set_id()), before);
  ASSERT_OK_ASSIGN(const auto after, target->observe(&desired, {}));
  EXPECT_EQ(after.objects.size(), 1u);
}

// A status condition, an event and a line of the log show it: none of them has room for lines.
TEST_F(ClusterTargetTest, TellsAllRefusalsInOneLine) {
  answer = [&](const SeenRequest& request) {
    if (request.method != "PATCH") return FakeAnswer::json(404, "{}");
    return FakeAnswer::json(422, R"({"kind":"Status","reason":"Invalid","message":"is invalid"})");
  };
  Plan plan;
  plan.applies = {{0, ApplyAction::Why::kCreate}, {1, ApplyAction::Why::kCreate}};
  ASSERT_OK_ASSIGN(const auto desired, desired_of({config_map("a"), config_map("b")}));
  AskedObjects asked;
  const auto refused = target->preflight(desired, plan, asked, {});
  EXPECT_THAT(refused, fails_with(ErrorCode::kInvalidInput, "refuses 2 objects"));
  EXPECT_THAT(refused, fails_with(ErrorCode::kInvalidInput, ": (1) dry run of ConfigMap shop/a"));
  EXPECT_THAT(refused, fails_with(ErrorCode::kInvalidInput, " (2) dry run of ConfigMap shop/b"));
  EXPECT_EQ(refused.error().message().find('\n'), std::string::npos);
}

}  // namespace
}  // namespace sealift::target
