#pragma once

#include <sealift/controller/delivery_api.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sample_report.h"
#include "unit/kube/fake_cluster.h"

namespace sealift::controller {

// An API server with the Delivery "shop/web" (UID uid-1) that takes merge patches of its status,
// and the record of it.
class FakeDeliveries {
 public:
  FakeDeliveries() {
    auto live = observe_delivery(object());
    records.take(*std::move(live));
  }

  Json status() const {
    std::scoped_lock lock(mutex_);
    return status_;
  }
  // The status members of each patch, in order: "accepted,conditions".
  std::vector<std::string> patches() const {
    std::scoped_lock lock(mutex_);
    return patches_;
  }
  void wait_for_patches(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return patches_.size() >= count; });
  }
  // Called while the next patch is under way, once.
  void while_patching(std::function<void()> action) {
    std::scoped_lock lock(mutex_);
    while_patching_ = std::move(action);
  }
  // The next patches are answered so.
  void answer_next(std::vector<test::FakeAnswer> answers) {
    std::scoped_lock lock(mutex_);
    answers_ = std::move(answers);
  }

  test::FakeCluster cluster{[this](const test::SeenRequest& request) { return answer(request); }};
  DeliveryApi api{cluster.client()};
  DeliveryRecords records;

 private:
  Json object() const {
    Json metadata(Json::Object{{"name", "web"},
                               {"namespace", "shop"},
                               {"uid", "uid-1"},
                               {"generation", 1},
                               {"resourceVersion", std::to_string(version_)}});
    return Json(Json::Object{{"metadata", std::move(metadata)}, {"status", status_}});
  }

  static void merge(Json& into, const Json& patch) {
    for (const auto& [name, value] : *patch.as_object()) {
      if (value.is_null()) {
        into.erase(name);
      } else if (value.is_object() && into.find(name) && into.find(name)->is_object()) {
        merge(*into.find(name), value);
      } else {
        into.set(name, value);
      }
    }
  }

  test::FakeAnswer answer(const test::SeenRequest& request) {
    std::scoped_lock lock(mutex_);
    if (request.method == "GET") return test::FakeAnswer::json(200, dump_json(object()));
    if (const auto action = std::exchange(while_patching_, nullptr)) action();
    if (!answers_.empty()) {
      auto next = answers_.front();
      answers_.erase(answers_.begin());
      return next;
    }
    const auto body = parse_json(request.body, "body");
    if (body->string_at({"metadata", "resourceVersion"}) != std::to_string(version_)) {
      return test::FakeAnswer::json(409, R"({"kind":"Status","code":409})");
    }
    const auto& patch = *body->find("status");
    merge(status_, patch);
    ++version_;
    std::string members;
    for (const auto& [name, value] : *patch.as_object())
      members += (members.empty() ? "" : ",") + name;
    patches_.push_back(members);
    changed_.notify_all();
    return test::FakeAnswer::json(200, dump_json(object()));
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Json status_ = Json::object();
  int version_ = 1;
  std::vector<std::string> patches_;
  std::vector<test::FakeAnswer> answers_;
  std::function<void()> while_patching_;
};

}  // namespace sealift::controller
