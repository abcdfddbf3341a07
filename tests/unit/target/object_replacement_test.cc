#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <string>
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
using test::desired_of;
using test::member;
using testing::ElementsAre;
using Replace = ApplyAction::Replace;

const objects::ObjectId kId{"", "ConfigMap", "shop", "a"};

// Of which nothing is told but that there is nothing.
Result<> tell_of_nothing(ByteSink& body, std::stop_token stop) {
  SEALIFT_TRY(
      body.write(R"({"type":"BOOKMARK","object":{"apiVersion":"v1","kind":"ConfigMap","metadata":{)"
                 R"("resourceVersion":"2","annotations":{"k8s.io/initial-events-end":"true"}}}})"
                 "\n"));
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait(lock, stop, [] { return false; });
  return fail(ErrorCode::kCancelled, "the watch was stopped");
}

// An object whose change the server refuses for good, and what it is by now.
class ObjectReplacement : public test::ClusterTargetTest {
 protected:
  ObjectReplacement() {
    answer = [this](const SeenRequest& request) { return reply(request); };
  }

  FakeAnswer reply(const SeenRequest& request) {
    if (request.url.find("watch=") != std::string::npos) {
      auto endless = FakeAnswer::json(200, "");
      endless.stream = tell_of_nothing;
      return endless;
    }
    if (request.url.find("/configmaps/a") == std::string::npos) return FakeAnswer::json(404, "{}");
    const std::lock_guard lock(mutex_);
    written_.push_back(request.method);
    if (request.method == "GET") return FakeAnswer::json(live_.empty() ? 404 : 200, live_);
    if (request.method == "DELETE") return reply_to_delete(request);
    if (!live_.empty()) {
      return FakeAnswer::json(422, R"({"kind":"Status","message":"data: field is immutable"})");
    }
    live_ = member("ConfigMap", "shop", "a");
    return FakeAnswer::json(200, live_);
  }

  FakeAnswer reply_to_delete(const SeenRequest& request) {
    if (live_.empty()) return FakeAnswer::json(404, "{}");
    const auto body = parse_json(request.body, "the test").value();
    const auto live = parse_json(live_, "the test").value();
    for (const auto* name : {"uid", "resourceVersion"}) {
      const auto wanted = body.string_at({"preconditions", name});
      if (wanted != live.string_at({"metadata", name})) return FakeAnswer::json(409, "{}");
    }
    live_.clear();
    return FakeAnswer::json(200, "{}");
  }

  // What became of the object since it was judged, in version 1.
  void change(std::string_view before, std::string_view after) {
    live_.replace(live_.find(before), before.size(), after);
    const std::string version = R"("resourceVersion":"1")";
    live_.replace(live_.find(version), version.size(), R"("resourceVersion":"2")");
  }

  Result<ApplyProgress> apply(Replace replace) {
    EXPECT_OK(target->recall({}));
    const auto desired = desired_of({config_map("a")}).value();
    for (;;) {
      const auto seen = target->observe(&desired, {});
      if (!seen) return fail(seen.error());
      if (seen->waiting_for.empty()) break;
      told.acquire();
    }
    Plan plan;
    plan.applies = {{.index = 0,
                     .why = ApplyAction::Why::kUpdate,
                     .replace = replace,
                     .uid = "u-a",
                     .version = 1}};
    const auto& wanted = desired.objects.front();
    const AskedObjects asked{{wanted.object.id(), wanted.content_hash}};
    FaultyFileSystem files;
    StateStore store(files, "state");
    const auto journal = store.open_journal("shop/web").value();
    return target->apply(desired, plan, asked, state_, *journal, {});
  }

  std::string live_ = member("ConfigMap", "shop", "a");  // empty: none
  std::vector<std::string> written_;
  DeliveryState state_;

 private:
  std::mutex mutex_;
};

TEST_F(ObjectReplacement, DeletesWhatWasJudgedAndCreatesItAgain) {
  ASSERT_OK(apply(Replace::kIfImmutable));
  EXPECT_THAT(written_, ElementsAre("PATCH", "DELETE", "PATCH"));
  EXPECT_TRUE(state_.objects.contains(kId));
}

TEST_F(ObjectReplacement, JudgesAgainWhatSomebodyChangedMeanwhile) {
  change(R"("labels":{)", R"("labels":{"team":"shop",)");
  ASSERT_OK(apply(Replace::kAlways));
  EXPECT_THAT(written_, ElementsAre("DELETE", "GET", "DELETE", "PATCH"));
  EXPECT_TRUE(state_.objects.contains(kId));
}

TEST_F(ObjectReplacement, LeavesWhatIsNotOursAnyMore) {
  struct Case {
    const char* what;
    std::string_view before;
    std::string_view after;
  };
  const Case cases[] = {
      {"it has lost our label", "applyset.kubernetes.io/part-of", "another"},
      {"it was made again", "u-a", "u-b"},
      {"all our fields are another's", R"("manager":"sealift")", R"("manager":"another")"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    live_ = member("ConfigMap", "shop", "a");
    change(c.before, c.after);
    const auto before = live_;
    for (const auto replace : {Replace::kIfImmutable, Replace::kAlways}) {
      EXPECT_THAT(apply(replace),
                  fails_with(ErrorCode::kConflict, "ConfigMap shop/a was to be deleted"));
      EXPECT_EQ(live_, before);
    }
  }
}

TEST_F(ObjectReplacement, CreatesWhatSomebodyElseHasDeleted) {
  live_.clear();
  ASSERT_OK(apply(Replace::kAlways));
  EXPECT_THAT(written_, ElementsAre("DELETE", "PATCH"));
}

}  // namespace
}  // namespace sealift::target
