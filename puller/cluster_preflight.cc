#include "cluster_preflight.h"

#include <sealift/base/worker_pool.h>
#include <sealift/kube/apply.h>

#include <algorithm>
#include <mutex>

namespace sealift::puller {
namespace {

constexpr std::size_t kMaxReported = 12;
constexpr std::string_view kMetadataOnly =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

// Namespaces that exist only once this update has run, and kinds whose definition it changes: the
// old schema must not judge what was written for the new one.
struct Upcoming {
  std::set<std::string> namespaces;
  std::set<std::pair<std::string, std::string>> kinds;  // group, kind
};

Upcoming upcoming(const DesiredState& desired, const Plan& plan) {
  Upcoming result;
  for (const auto& action : plan.applies) {
    const auto& object = desired.objects[action.index].object;
    if (object.gvk().group.empty() && object.gvk().kind == "Namespace") {
      if (action.why == ApplyAction::Why::kCreate) result.namespaces.insert(object.name());
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

  Result<> result() {
    if (errors_.empty()) return {};
    if (errors_.size() == 1) {
      return fail(std::move(errors_.front())
                      .with_context("the API server refuses an object, so nothing was changed"));
    }
    std::sort(errors_.begin(), errors_.end(),
              [](const auto& a, const auto& b) { return a.message() < b.message(); });
    std::string all = "the API server refuses " + std::to_string(errors_.size()) +
                      " objects, so nothing was changed:";
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

Result<> check_owner(const ClusterSession& session, const kube::Resource& resource,
                     const objects::Object& object, std::stop_token stop) {
  auto live = session.objects.get_as(resource.path(object.name_space(), object.name()), {},
                                     kMetadataOnly, std::move(stop));
  if (!live) {
    if (live.error().code() == ErrorCode::kNotFound) return {};
    return fail(std::move(live).error());
  }
  const auto owner = live->string_at({"metadata", "labels", kube::kPartOfLabel});
  if (owner.empty() || owner == session.applyset_id) return {};
  return fail(ErrorCode::kConflict,
              object.id().to_string() + " belongs to another delivery (its label " +
                  std::string(kube::kPartOfLabel) + " is " + std::string(owner) +
                  "); remove it from one of the two artifacts");
}

Result<> ask(const ClusterSession& session, const DesiredState& desired, const ApplyAction& action,
             std::stop_token stop) {
  const auto& object = desired.objects[action.index].object;
  SEALIFT_ASSIGN_CONTEXT(auto resource, session.resources.find(object.gvk(), stop),
                         object.source() + ": " + object.id().to_string());
  if (action.why == ApplyAction::Why::kCreate) {
    SEALIFT_TRY(check_owner(session, resource, object, stop));
  }
  SEALIFT_TRY(kube::apply_object(session.objects, resource, as_member(session, object),
                                 {.dry_run = true}, stop));
  return {};
}

}  // namespace

Result<> dry_run(const ClusterSession& session, const DesiredState& desired,
                 const std::vector<ApplyAction>& actions, std::stop_token stop) {
  Refusals refusals;
  SEALIFT_TRY(run_parallel(actions.size(), kParallelRequests, std::move(stop),
                           [&](std::size_t i, std::stop_token inner) -> Result<> {
                             auto asked = ask(session, desired, actions[i], inner);
                             if (asked) return {};
                             if (!is_refusal(asked.error())) return asked;
                             refusals.add(std::move(asked).error());
                             return {};
                           }));
  return refusals.result();
}

Result<PreflightResult> preflight(const ClusterSession& session, const DesiredState& desired,
                                  const Plan& plan, std::stop_token stop) {
  const auto coming = upcoming(desired, plan);
  PreflightResult result;
  std::vector<ApplyAction> now;
  for (const auto& action : plan.applies) {
    const auto& object = desired.objects[action.index].object;
    if (coming.namespaces.contains(object.name_space()) ||
        coming.kinds.contains({object.gvk().group, object.gvk().kind})) {
      result.deferred.insert(action.index);
    } else {
      now.push_back(action);
    }
  }
  SEALIFT_TRY(dry_run(session, desired, now, std::move(stop)));
  return result;
}

}  // namespace sealift::puller
