#include "cluster_preflight.h"

#include <sealift/base/worker_pool.h>
#include <sealift/kube/apply.h>
#include <sealift/kube/apply_set.h>

#include <algorithm>
#include <mutex>

namespace sealift::puller {
namespace {

constexpr std::size_t kMaxReported = 12;
constexpr std::string_view kMetadataOnly =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

// Namespaces that this update may bring, and kinds whose definition it changes: the old schema must
// not judge what was written for the new one.
struct Upcoming {
  std::set<std::string> namespaces;
  std::set<std::pair<std::string, std::string>> kinds;  // group, kind
};

Upcoming upcoming(const ClusterSession& session, const DesiredState& desired, const Plan& plan) {
  Upcoming result;
  result.namespaces.insert(session.own_namespace);
  std::set<std::size_t> applied;
  for (const auto& action : plan.applies) applied.insert(action.index);
  for (std::size_t i = 0; i < desired.objects.size(); ++i) {
    // A run that was cut off may have sent a definition that is not established yet.
    if (!plan.resumes && !applied.contains(i)) continue;
    const auto& object = desired.objects[i].object;
    if (object.gvk().group.empty() && object.gvk().kind == "Namespace") {
      result.namespaces.insert(object.name());
    } else if (object.gvk().group == "apiextensions.k8s.io") {
      result.kinds.emplace(object.json().string_at({"spec", "group"}),
                           object.json().string_at({"spec", "names", "kind"}));
    }
  }
  return result;
}

// Refusals of single objects, gathered so that one run shows them all.
class Refusals {
 public:
  void add(Error error) {
    std::scoped_lock lock(mutex_);
    errors_.push_back(std::move(error));
  }

  Result<> result(const std::string& consequence) {
    if (errors_.empty()) return {};
    if (errors_.size() == 1) {
      return fail(std::move(errors_.front())
                      .with_context("the API server refuses an object, " + consequence));
    }
    std::sort(errors_.begin(), errors_.end(),
              [](const auto& a, const auto& b) { return a.message() < b.message(); });
    std::string all = "the API server refuses " + std::to_string(errors_.size()) + " objects, " +
                      consequence + ":";
    for (std::size_t i = 0; i < std::min(errors_.size(), kMaxReported); ++i) {
      all += "\n  " + errors_[i].message();
    }
    if (errors_.size() > kMaxReported) all += "\n  …";
    return fail(errors_.front().code(), std::move(all));
  }

 private:
  std::mutex mutex_;
  std::vector<Error> errors_;
};

// What says something about one object, as opposed to the server, the network or the run.
bool is_refusal(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kInvalidInput:
    case ErrorCode::kForbidden:
    case ErrorCode::kConflict:
    case ErrorCode::kNotFound:
    case ErrorCode::kUntrusted:
      return true;
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled:
    case ErrorCode::kIo:
      return false;
  }
  return false;
}

// Whoever writes a parent writes what a delivery accepted before and what it owns.
Error no_parents(const objects::Object& object) {
  return Error(ErrorCode::kConflict,
               object.id().to_string() + " is the parent of an ApplySet (it has the label " +
                   std::string(kube::kApplySetIdLabel) +
                   "): a delivery keeps its inventory there; remove it from the artifact");
}

Result<> check_owner(const ClusterSession& session, const kube::Resource& resource,
                     const objects::Object& object, std::stop_token stop) {
  auto live = session.objects.get_as(resource.path(object.name_space(), object.name()), {},
                                     kMetadataOnly, std::move(stop));
  if (!live) {
    if (live.error().code() == ErrorCode::kNotFound) return {};
    return fail(std::move(live).error());
  }
  if (!live->string_at({"metadata", "labels", kube::kApplySetIdLabel}).empty()) {
    return fail(no_parents(object));
  }
  const auto owner = live->string_at({"metadata", "labels", kube::kPartOfLabel});
  if (owner.empty() || owner == session.applyset_id) return {};
  return fail(ErrorCode::kConflict,
              object.id().to_string() + " belongs to another delivery (its label " +
                  std::string(kube::kPartOfLabel) + " is " + std::string(owner) +
                  "); remove it from one of the two artifacts");
}

// False where its namespace is still to come.
Result<bool> ask(const ClusterSession& session, const DesiredState& desired,
                 const ApplyAction& action, const Upcoming& coming, std::stop_token stop) {
  const auto& object = desired.objects[action.index].object;
  if (!object.label(kube::kApplySetIdLabel).empty()) return fail(no_parents(object));
  SEALIFT_ASSIGN_CONTEXT(auto resource, session.resources.find(object.gvk(), stop),
                         object.source() + ": " + object.id().to_string());
  // What is drift to us may be an object that was deleted and is somebody else's by now.
  if (action.why == ApplyAction::Why::kCreate || action.why == ApplyAction::Why::kDrift) {
    SEALIFT_TRY(check_owner(session, resource, object, stop));
  }
  auto answer = kube::apply_object(session.objects, resource, as_member(session, object),
                                   {.dry_run = true}, stop);
  if (answer) return true;
  // The kind is served, so it is the namespace that is not there.
  if (answer.error().code() == ErrorCode::kNotFound &&
      coming.namespaces.contains(object.name_space())) {
    return false;
  }
  return fail(std::move(answer).error());
}

// Returns the indices of those that could not be asked about yet.
Result<std::set<std::size_t>> ask_all(const ClusterSession& session, const DesiredState& desired,
                                      const std::vector<ApplyAction>& actions,
                                      const Upcoming& coming, const std::string& consequence,
                                      std::stop_token stop) {
  Refusals refusals;
  std::mutex mutex;
  std::set<std::size_t> deferred;
  SEALIFT_TRY(run_parallel(actions.size(), kParallelRequests, std::move(stop),
                           [&](std::size_t i, std::stop_token inner) -> Result<> {
                             auto asked = ask(session, desired, actions[i], coming, inner);
                             if (!asked) {
                               if (!is_refusal(asked.error())) return fail(asked.error());
                               refusals.add(std::move(asked).error());
                             } else if (!*asked) {
                               std::scoped_lock lock(mutex);
                               deferred.insert(actions[i].index);
                             }
                             return {};
                           }));
  SEALIFT_TRY(refusals.result(consequence));
  return deferred;
}

}  // namespace

Result<> dry_run(const ClusterSession& session, const DesiredState& desired,
                 const std::vector<ApplyAction>& actions, std::stop_token stop) {
  SEALIFT_TRY(ask_all(session, desired, actions, Upcoming(),
                      "so its stage was not begun; the stages before it are applied",
                      std::move(stop)));
  return {};
}

Result<PreflightResult> preflight(const ClusterSession& session, const DesiredState& desired,
                                  const Plan& plan, std::stop_token stop) {
  const auto coming = upcoming(session, desired, plan);
  PreflightResult result;
  std::vector<ApplyAction> now;
  for (const auto& action : plan.applies) {
    const auto& object = desired.objects[action.index].object;
    if (coming.kinds.contains({object.gvk().group, object.gvk().kind})) {
      result.deferred.insert(action.index);
    } else {
      now.push_back(action);
    }
  }
  SEALIFT_ASSIGN(auto homeless,
                 ask_all(session, desired, now, coming, "so nothing was changed", std::move(stop)));
  result.deferred.merge(homeless);
  return result;
}

}  // namespace sealift::puller
