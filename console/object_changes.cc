#include <sealift/console/object_changes.h>

#include <utility>

namespace sealift::console {
namespace {

bool is_same_version(const Json& a, const Json& b) {
  const auto version = a.string_at({"metadata", "resourceVersion"});
  return !version.empty() && version == b.string_at({"metadata", "resourceVersion"});
}

}  // namespace

std::vector<ObjectChange> ObjectChanges::take(kube::WatchEvent event) {
  using Type = kube::WatchEvent::Type;
  std::vector<ObjectChange> changes;
  if (event.type == Type::kReset) {
    synced_ = false;
    for (const auto& [uid, object] : known_) unseen_.insert(uid);
    return changes;
  }
  if (event.type == Type::kSynced) {
    synced_ = true;
    for (const auto& uid : std::exchange(unseen_, {})) {
      changes.push_back({std::move(known_.extract(uid).mapped()), true});
    }
    return changes;
  }
  if (!name_.empty() && event.object.string_at({"metadata", "name"}) != name_) return changes;
  const auto uid = std::string(event.object.string_at({"metadata", "uid"}));
  unseen_.erase(uid);
  if (event.type == Type::kDeleted) {
    known_.erase(uid);
    changes.push_back({std::move(event.object), true});
    return changes;
  }
  auto& known = known_[uid];
  if (is_same_version(known, event.object)) return changes;
  known = std::move(event.object);
  changes.push_back({known, false});
  return changes;
}

}  // namespace sealift::console
