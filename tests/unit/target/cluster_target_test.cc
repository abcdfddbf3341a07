#include <sealift/kube/apply.h>
#include <sealift/kube/apply_set.h>
#include <sealift/target/cluster_target.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "support/faulty_file_system.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/target/cluster_target_fixture.h"
#include "unit/target/sample_objects.h"

namespace sealift::target {
namespace {

using sealift::test::config_map;
using sealift::test::fails_with;
using sealift::test::FakeAnswer;
using sealift::test::FaultyFileSystem;
using sealift::test::SeenRequest;
using test::ClusterTargetTest;
using test::desired_of;
using test::member;
using test::set_id;

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
  EXPECT_EQ(state.objects.at(wanted.object.id()).version, 5u);
  feed->add(event(live(sentinel, "b", 7)));
  hear(sentinel, 3);
  EXPECT_EQ(words_about(set_id()), before);
  ASSERT_OK_ASSIGN(const auto after, target->observe(&desired, {}));
  EXPECT_EQ(after.objects.size(), 1u);
}

// The run itself makes the parent, after the last look at what is there.
TEST_F(ClusterTargetTest, AnArtifactBringsNotItsOwnParent) {
  answer = [&](const SeenRequest&) { return FakeAnswer::json(404, "{}"); };
  Plan plan;
  plan.applies = {{0, ApplyAction::Why::kUpdate}};
  ASSERT_OK_ASSIGN(const auto own, desired_of({config_map("sealift-web")}));
  for (const bool preflight : {true, false}) {
    delivery.preflight = preflight;
    AskedObjects asked;
    EXPECT_THAT(target->preflight(own, plan, asked, {}),
                fails_with(ErrorCode::kConflict, "ConfigMap shop/sealift-web is where"));
  }
}

TEST_F(ClusterTargetTest, AsksForLiveParentsWithoutAPreflightToo) {
  delivery.preflight = false;
  answer = [&](const SeenRequest& request) {
    const auto is_b = request.url.ends_with("/configmaps/b");
    if (!is_b) return FakeAnswer::json(404, "{}");
    return FakeAnswer::json(200, R"({"metadata":{"name":"b","namespace":"shop","uid":"u",
        "labels":{"applyset.kubernetes.io/id":"applyset-other-v1"}}})");
  };
  Plan plan;
  plan.applies = {{0, ApplyAction::Why::kCreate}};
  AskedObjects asked;
  ASSERT_OK_ASSIGN(const auto plain, desired_of({config_map("a")}));
  EXPECT_OK(target->preflight(plain, plan, asked, {}));
  ASSERT_OK_ASSIGN(const auto parent, desired_of({config_map("b")}));
  EXPECT_THAT(target->preflight(parent, plan, asked, {}),
              fails_with(ErrorCode::kConflict, "is the parent of an ApplySet"));
  EXPECT_THAT(cluster.transport.request_lines(), testing::Each(testing::StartsWith("GET ")));
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
