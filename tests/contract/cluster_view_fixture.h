#pragma once

#include <sealift/base/log.h>
#include <sealift/members/cluster_view.h>

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "contract/kube_fixture.h"

namespace sealift::members {

// A view on the shared control plane, and how often it spoke of each set.
class SeenView {
 public:
  explicit SeenView(const kube::ApiClient& own)
      : resources_(own),
        view_(own, resources_, system_clock(), Logger::silent(), [this](const std::string& id) {
          const std::lock_guard lock(mutex_);
          ++changes_[id];
          changed_.notify_all();
        }) {}

  ClusterView& operator*() { return view_; }
  ClusterView* operator->() { return &view_; }
  kube::ResourceMap& resources() { return resources_; }

  // Follows again and again what the view says, until the condition holds. It is asked at first and
  // after each change of that set: a change that is not told of is a test that fails. The limit
  // only ends a test that would hang.
  using Condition = std::function<bool(const Result<ClusterView::Snapshot>&)>;
  bool await(const std::string& id, const Condition& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    for (;;) {
      const auto seen = count(id);
      if (condition(view_.members(id))) return true;
      std::unique_lock lock(mutex_);
      if (!changed_.wait_until(lock, end, [&] { return changes_[id] != seen; })) return false;
    }
  }
  bool await_ready(const std::string& id) {
    return await(id, [](const auto& seen) { return seen && seen->waiting_for.empty(); });
  }
  bool await_more_than(const std::string& id, int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(2), [&] { return changes_[id] > count; });
  }
  int count(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return changes_[id];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> changes_;
  kube::ResourceMap resources_;
  ClusterView view_;
};

// Applies objects as members of sets in a namespace of its own.
class ViewContract : public kube::KubeContract {
 protected:
  std::string set(const std::string& name) const {
    return kube::applyset_id(name, name_space_, "Delivery", "sealift.dev");
  }
  MemberScope scope(const std::string& name, std::set<kube::GroupKind> kinds) const {
    MemberScope out;
    out.applyset_id = set(name);
    out.kinds = std::move(kinds);
    out.name_spaces = {name_space_};
    return out;
  }
  // As the apply of a delivery does it.
  Result<Json> apply_to(const std::string& set_name, std::string_view yaml) {
    auto object = kube::object_in(name_space_, yaml);
    object.set_label(kube::kPartOfLabel, set(set_name));
    SEALIFT_ASSIGN(const auto resource, resources_.find(object.gvk(), {}));
    return kube::apply_object(client_, resource, object, {}, {});
  }
  static std::string config_map(const std::string& name, const std::string& value = "1") {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: " + name +
           ", labels: {team: x}}, data: {key: \"" + value + "\"}}";
  }
  objects::ObjectId map_id(const std::string& name) const {
    return {"", "ConfigMap", name_space_, name};
  }
  // The member where the view knows it, and is ready.
  static const Member* find(const Result<ClusterView::Snapshot>& seen,
                            const objects::ObjectId& id) {
    if (!seen || !seen->waiting_for.empty()) return nullptr;
    const auto found = seen->members.find(id);
    return found == seen->members.end() ? nullptr : &found->second;
  }

  const kube::GroupKind maps_{"", "ConfigMap"};
  const kube::GroupKind deployment_kind_{"apps", "Deployment"};
};

}  // namespace sealift::members
