#include "cluster_preflight.h"

#include <sealift/base/worker_pool.h>
#include <sealift/kube/apply.h>
#include <sealift/kube/apply_set.h>

#include <algorithm>
#include <mutex>

#include "immutable_field.h"
#include "set_owners.h"

namespace sealift::target {
namespace {

constexpr std::size_t kMaxReported = 12;

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

// What several refusals are together: a missing permission may be the reason of others, as where a
// namespace may not be made.
ErrorCode code_of_all(const std::vector<Error>& errors) {
  for (const auto code : {ErrorCode::kForbidden, ErrorCode::kInvalidInput}) {
    if (std::any_of(errors.begin(), errors.end(),
                    [&](const Error& error) { return error.code() == code; })) {
      return code;
    }
  }
  return errors.front().code();
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
      all += " (" + std::to_string(i + 1) + ") " + errors_[i].message();
    }
    if (errors_.size() > kMaxReported) all += " …";
    return fail(code_of_all(errors_), std::move(all));
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

// The kinds that tools keep their ApplySets' parents in: such a parent is no member of a set, so
// the view does not know it.
bool may_be_parent(const objects::Object& object) {
  const auto& gvk = object.gvk();
  return (gvk.group.empty() && (gvk.kind == "ConfigMap" || gvk.kind == "Secret")) ||
         (gvk.group == "sealift.dev" && gvk.kind == "Delivery");
}

Result<> check_live_parent(const ClusterSession& session, const objects::Object& object,
                           const std::stop_token& stop) {
  auto resource = session.resources.find(object.gvk(), stop);
  if (!resource) {
    // Its definition is still to come, and so is whatever may be of its kind.
    if (resource.error().code() == ErrorCode::kNotFound) return {};
    return fail(std::move(resource).error());
  }
  auto live =
      kube::read_metadata(session.objects, *resource, object.name_space(), object.name(), stop);
  if (!live) {
    if (live.error().code() == ErrorCode::kNotFound) return {};
    return fail(std::move(live).error());
  }
  if (live->string_at({"metadata", "labels", kube::kApplySetIdLabel}).empty()) return {};
  return fail(no_parents(object));
}

// The parent of this very set may be made by this very run, after the last look at what is there.
Result<> check_own_parent(const ClusterSession& session, const DesiredState& desired,
                          const Plan& plan) {
  for (const auto& action : plan.applies) {
    const auto id = desired.objects[action.index].object.id();
    if (kube::applyset_id(id.name, id.name_space, id.kind, id.group) != session.applyset_id) {
      continue;
    }
    return fail(ErrorCode::kConflict,
                id.to_string() +
                    " is where this delivery keeps its inventory, and must not be in what it "
                    "delivers, so nothing was changed; remove it from the artifact");
  }
  return {};
}

Result<> check_owner(const ClusterSession& session, SetOwners& owners,
                     const objects::Object& object, const std::stop_token& stop) {
  if (!object.label(kube::kApplySetIdLabel).empty()) return fail(no_parents(object));
  const auto owner = session.view.owner_of(object.id());
  if (!owner.empty() && owner != session.applyset_id) {
    return fail(owners.conflict(object.id(), owner, stop));
  }
  return may_be_parent(object) ? check_live_parent(session, object, stop) : Result<>();
}

bool may_be_anothers(const ApplyAction& action) {
  // What is drift to us may be an object that was deleted and is somebody else's by now.
  return action.why == ApplyAction::Why::kCreate || action.why == ApplyAction::Why::kDrift;
}

// False where its namespace is still to come.
Result<bool> ask(const ClusterSession& session, SetOwners& owners, const DesiredState& desired,
                 const ApplyAction& action, const Upcoming& coming, std::stop_token stop) {
  const auto& object = desired.objects[action.index].object;
  SEALIFT_ASSIGN_CONTEXT(auto resource, session.resources.find(object.gvk(), stop),
                         object.source() + ": " + object.id().to_string());
  if (may_be_anothers(action)) SEALIFT_TRY(check_owner(session, owners, object, stop));
  // What is replaced is refused as a change, and cannot be asked about as what it will be: new.
  const bool replaced = action.replace == ApplyAction::Replace::kAlways && !action.uid.empty();
  if (replaced || action.only_if_absent) return true;
  auto answer = kube::apply_object(session.objects, resource, as_member(session, object),
                                   {.dry_run = true}, stop);
  if (answer) return true;
  if (says_immutable(answer.error())) {
    if (action.replace == ApplyAction::Replace::kIfImmutable) return true;
    return fail(explain_immutable(answer.error(), desired.objects[action.index]));
  }
  // The kind is served, so it is the namespace that is not there.
  if (answer.error().code() == ErrorCode::kNotFound &&
      coming.namespaces.contains(object.name_space())) {
    return false;
  }
  return fail(std::move(answer).error());
}

// Those that could not be asked about yet stay out of `asked`.
Result<> ask_all(const ClusterSession& session, const DesiredState& desired,
                 const std::vector<ApplyAction>& actions, const Upcoming& coming,
                 const std::string& consequence, AskedObjects& asked, std::stop_token stop) {
  Refusals refusals;
  SetOwners owners(session.puller);
  std::mutex mutex;
  SEALIFT_TRY(run_parallel(actions.size(), kParallelRequests, std::move(stop),
                           [&](std::size_t i, std::stop_token inner) -> Result<> {
                             auto answer = ask(session, owners, desired, actions[i], coming, inner);
                             if (!answer) {
                               if (!is_refusal(answer.error()))
                                 return fail(std::move(answer).error());
                               refusals.add(std::move(answer).error());
                             } else if (*answer) {
                               const auto& wanted = desired.objects[actions[i].index];
                               std::scoped_lock lock(mutex);
                               asked.insert_or_assign(wanted.object.id(), wanted.content_hash);
                             }
                             return {};
                           }));
  return refusals.result(consequence);
}

}  // namespace

Result<> dry_run(const ClusterSession& session, const DesiredState& desired,
                 const std::vector<ApplyAction>& actions, std::stop_token stop) {
  AskedObjects asked;
  return ask_all(session, desired, actions, Upcoming(),
                 "so its stage was not begun; the stages before it are applied", asked,
                 std::move(stop));
}

Result<> preflight(const ClusterSession& session, const DesiredState& desired, const Plan& plan,
                   AskedObjects& asked, std::stop_token stop) {
  SEALIFT_TRY(check_own_parent(session, desired, plan));
  const auto coming = upcoming(session, desired, plan);
  std::vector<ApplyAction> now;
  for (const auto& action : plan.applies) {
    const auto& wanted = desired.objects[action.index];
    const auto& gvk = wanted.object.gvk();
    if (coming.kinds.contains({gvk.group, gvk.kind})) continue;
    const auto known = asked.find(wanted.object.id());
    if (known == asked.end() || known->second != wanted.content_hash) now.push_back(action);
  }
  return ask_all(session, desired, now, coming, "so nothing was changed", asked, std::move(stop));
}

Result<> check_owners(const ClusterSession& session, const DesiredState& desired, const Plan& plan,
                      std::stop_token stop) {
  SEALIFT_TRY(check_own_parent(session, desired, plan));
  std::vector<const objects::Object*> doubtful;
  for (const auto& action : plan.applies) {
    if (may_be_anothers(action)) doubtful.push_back(&desired.objects[action.index].object);
  }
  SetOwners owners(session.puller);
  return run_parallel(doubtful.size(), kParallelRequests, std::move(stop),
                      [&](std::size_t i, std::stop_token inner) -> Result<> {
                        SEALIFT_TRY_CONTEXT(check_owner(session, owners, *doubtful[i], inner),
                                            "so nothing was changed");
                        return {};
                      });
}

}  // namespace sealift::target
