#include "member_removal.h"

#include <sealift/kube/observed_object.h>

#include <string>
#include <utility>

namespace sealift::target {
namespace {

constexpr int kMaxConflicts = 8;

}  // namespace

// Success where its kind is no longer served: its definition is gone, and all objects with it.
Result<bool> MemberRemoval::erase(const objects::ObjectId& id, const std::stop_token& stop) {
  auto resource = session_.resources.find_preferred(id.group, id.kind, stop);
  if (!resource && resource.error().code() == ErrorCode::kNotFound) {
    live_.erase(id);
    return true;
  }
  if (!resource) return fail(std::move(resource).error());
  const auto request = [&](const kube::Resource& where, const kube::Precondition& precondition) {
    return kube::delete_object(session_.objects, where, id.name_space, id.name, precondition, stop);
  };
  return take_out(id, *resource, request, stop);
}

Result<bool> MemberRemoval::let_go(const objects::ObjectId& id, const std::stop_token& stop) {
  SEALIFT_ASSIGN(const auto resource, session_.resources.find_preferred(id.group, id.kind, stop));
  const auto request = [&](const kube::Resource& where, const kube::Precondition& precondition) {
    return kube::disown_object(session_.objects, where, id.name_space, id.name, precondition, stop);
  };
  return take_out(id, resource, request, stop);
}

Result<bool> MemberRemoval::take_out(const objects::ObjectId& id, const kube::Resource& resource,
                                     const Request& request, const std::stop_token& stop) {
  const auto& known = live_.at(id);
  const auto version = known.version == 0 ? "" : std::to_string(known.version);
  auto done = request(resource, {known.uid, version});
  if (done) {
    session_.view.note_deleted(session_.applyset_id, id, known.uid);
    live_.erase(id);
    conflicts_ = 0;
    return true;
  }
  if (done.error().code() != ErrorCode::kConflict || ++conflicts_ > kMaxConflicts) {
    return fail(std::move(done).error());
  }
  const auto judged = known.version;
  SEALIFT_TRY(look_again(id, resource, stop));
  const auto now = live_.find(id);
  // It is not that: a Namespace that is on its way out takes no second deletion.
  if (now != live_.end() && now->second.version == judged) return fail(std::move(done).error());
  return false;
}

Result<> MemberRemoval::look_again(const objects::ObjectId& id, const kube::Resource& resource,
                                   const std::stop_token& stop) {
  auto metadata = kube::read_metadata(session_.objects, resource, id.name_space, id.name, stop);
  if (!metadata && metadata.error().code() != ErrorCode::kNotFound) {
    return fail(std::move(metadata).error());
  }
  if (!metadata || kube::applyset_of(*metadata) != session_.applyset_id) {
    live_.erase(id);
    return {};
  }
  SEALIFT_ASSIGN(const auto now, kube::observe_member(resource, *metadata));
  auto& known = live_.at(id);
  if (now.uid != known.uid) {
    live_.erase(id);
    return {};
  }
  known = live_object(now, known.completed);
  return {};
}

}  // namespace sealift::target
