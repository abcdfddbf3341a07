#include <sealift/controller/finalizer_release.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "sample_report.h"
#include "unit/kube/fake_cluster.h"

namespace sealift::controller {
namespace {

using puller::RunStage;
using test::FakeAnswer;
using Kind = puller::RunOutcome::Kind;

// An API server with the Delivery "shop/web" (UID uid-1), which is being deleted.
class FinalizerReleaseTest : public testing::Test {
 protected:
  FinalizerReleaseTest() { records_.take(*observe_delivery(object())); }

  static Json object() {
    Json finalizers = Json::array();
    finalizers.push_back(kFinalizer);
    Json metadata(Json::Object{{"name", "web"},
                               {"namespace", "shop"},
                               {"uid", "uid-1"},
                               {"resourceVersion", "1"},
                               {"deletionTimestamp", "2026-01-01T00:00:00Z"},
                               {"finalizers", std::move(finalizers)}});
    return Json(Json::Object{{"metadata", std::move(metadata)}});
  }

  FakeAnswer answer(const test::SeenRequest& request) {
    std::unique_lock lock(mutex_);
    if (request.method == "PATCH") {
      if (refusals_ > 0) {
        --refusals_;
        return FakeAnswer::json(403, "{}");
      }
      ++releases_;
      changed_.notify_all();
      return FakeAnswer::json(404, "{}");
    }
    ++questions_;
    changed_.notify_all();
    const auto action = std::exchange(at_question_, nullptr);
    const bool going = questions_ > until_going_;
    lock.unlock();
    if (action) action();
    return FakeAnswer::json(
        200, going ? R"({"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}})" : "{}");
  }
  void wait_for(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, condition);
  }

  void report_removed() { release_.reported(deleted_, report_of(Kind::kRemoved)); }
  void report_forbidden() {
    release_.reported(deleted_, failed_report(RunStage::kPrune, ErrorCode::kForbidden, "no"));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int refusals_ = 0;
  int releases_ = 0;
  int questions_ = 0;
  int until_going_ = 1'000'000;
  std::function<void()> at_question_;
  test::FakeCluster cluster_{[this](const auto& request) { return answer(request); }};
  DeliveryApi api_{cluster_.client()};
  DeliveryRecords records_;
  delivery::Delivery deleted_ = [] {
    auto delivery = sample_delivery();
    delivery.deleting = true;
    return delivery;
  }();
  FinalizerRelease release_{api_, records_, cluster_.clock, system_random(), Logger::silent()};
};

TEST_F(FinalizerReleaseTest, WhatIsRemovedWhileTheNamespaceIsAskedAboutIsLetGo) {
  at_question_ = [this] { report_removed(); };
  report_forbidden();
  wait_for([this] { return releases_ == 1; });
}

// Rights that are being installed anew; no report will come once more.
TEST_F(FinalizerReleaseTest, AForbiddenReleaseIsTriedAgain) {
  refusals_ = 3;
  report_removed();
  wait_for([this] { return releases_ == 1; });
}

TEST_F(FinalizerReleaseTest, AnotherOfTheSameNameIsNotLetGo) {
  auto other = deleted_;
  other.uid = "uid-0";
  release_.reported(other, report_of(Kind::kRemoved));
  report_forbidden();
  wait_for([this] { return questions_ == 1; });
  EXPECT_EQ(releases_, 0);
}

TEST_F(FinalizerReleaseTest, OneThatIsNotRunGoesWithItsNamespace) {
  until_going_ = 5;
  release_.not_run("shop/web", "uid-1", "spec.path is wrong");
  wait_for([this] { return releases_ == 1; });
  EXPECT_EQ(questions_, 6);
}

}  // namespace
}  // namespace sealift::controller
