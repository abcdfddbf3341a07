#include "object_writer.h"

#include <sealift/delivery/ignored_fields.h>
#include <sealift/kube/apply.h>

#include "immutable_field.h"
#include "member_removal.h"

namespace sealift::target {
namespace {

bool is_missing(const Error& error) { return error.code() == ErrorCode::kNotFound; }

}  // namespace

std::string ObjectWriter::waiting_for() const {
  const std::scoped_lock lock(mutex_);
  return waiting_for_;
}

Result<> ObjectWriter::write(const ApplyAction& action, std::stop_token stop) {
  const auto& wanted = desired_.objects[action.index];
  const auto& object = wanted.object;
  SEALIFT_ASSIGN_CONTEXT(auto resource, session_.resources.find(object.gvk(), stop),
                         object.source() + ": " + object.id().to_string());
  if (action.only_if_absent) {
    SEALIFT_ASSIGN(const bool there, exists(resource, object, stop));
    if (there) return remember(object.id(), {wanted.content_hash, "", ""});
  }
  SEALIFT_ASSIGN(const auto sent, with_live_values(resource, wanted, stop));
  SEALIFT_ASSIGN(const auto live, apply(resource, action, sent, stop));
  SEALIFT_ASSIGN(auto observed, kube::observe(live));
  if (observed.deleting) {
    const std::scoped_lock lock(mutex_);
    waiting_for_ = object.id().to_string() + " to be gone, so that it can be created again";
    return {};
  }
  session_.view.note_applied(session_.applyset_id, resource, live);
  session_.log.info("applied", {{"object", object.id().to_string()},
                                {"why", std::string(to_string(action.why))}});
  return remember(object.id(), {wanted.content_hash, std::move(observed.uid),
                                std::move(observed.own_fields_hash), false,
                                kube::version_number(observed.resource_version).value_or(0)});
}

Result<> ObjectWriter::remember(const objects::ObjectId& id, RememberedObject remembered) {
  SEALIFT_TRY(journal_.remember(id, remembered));
  const std::scoped_lock lock(mutex_);
  state_.objects.insert_or_assign(id, std::move(remembered));
  return {};
}

Result<bool> ObjectWriter::exists(const kube::Resource& resource, const objects::Object& object,
                                  std::stop_token stop) const {
  auto live = kube::read_metadata(session_.objects, resource, object.name_space(), object.name(),
                                  std::move(stop));
  if (live) return true;
  if (is_missing(live.error())) return false;
  return fail(std::move(live).error());
}

// Fields that others may change are sent as they are: to leave them out would take them away from
// an object where nobody else owns them.
Result<objects::Object> ObjectWriter::with_live_values(const kube::Resource& resource,
                                                       const DesiredObject& wanted,
                                                       std::stop_token stop) const {
  auto member = as_member(session_, wanted.object);
  if (wanted.ignored_fields.empty()) return member;
  auto live = session_.objects.get(resource.path(member.name_space(), member.name()), {}, stop);
  if (!live) {
    if (is_missing(live.error())) return member;
    return fail(std::move(live).error());
  }
  return objects::parse_object(
      delivery::with_live_fields(member.json(), *live, wanted.ignored_fields), member.source());
}

Result<Json> ObjectWriter::apply(const kube::Resource& resource, const ApplyAction& action,
                                 const objects::Object& object, std::stop_token stop) {
  if (action.replace == ApplyAction::Replace::kAlways && !action.uid.empty()) {
    SEALIFT_TRY(delete_old(action, object.id(), stop));
  }
  auto live = kube::apply_object(session_.objects, resource, object, {}, stop);
  if (live || !says_immutable(live.error())) return live;
  if (action.replace != ApplyAction::Replace::kIfImmutable || action.uid.empty()) {
    return fail(explain_immutable(live.error(), desired_.objects[action.index]));
  }
  SEALIFT_TRY(delete_old(action, object.id(), stop));
  return kube::apply_object(session_.objects, resource, object, {}, std::move(stop));
}

// Only as it was judged, which a watch may have told late: what is no member of ours by now is
// left.
Result<> ObjectWriter::delete_old(const ApplyAction& action, const objects::ObjectId& id,
                                  const std::stop_token& stop) {
  LiveObject judged;
  judged.uid = action.uid;
  judged.version = action.version;
  MemberRemoval old(session_, {{id, std::move(judged)}});
  while (true) {
    SEALIFT_ASSIGN_CONTEXT(const bool gone, old.erase(id, stop), "to create it again");
    if (gone) break;
    const auto now = old.live().find(id);
    if (now == old.live().end() || now->second.own_fields_hash.empty()) {
      return fail(ErrorCode::kConflict,
                  id.to_string() +
                      " was to be deleted and created again, and is not ours any more, or another "
                      "one; it is left alone, and the next run looks at it anew");
    }
  }
  session_.log.info("deleted, to be created again", {{"object", id.to_string()}});
  return {};
}

}  // namespace sealift::target
