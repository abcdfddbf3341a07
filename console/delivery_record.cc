#include <sealift/console/delivery_record.h>

#include <algorithm>

namespace sealift::console {
namespace {

std::string text_at(const Json& json, std::initializer_list<std::string_view> path) {
  return std::string(json.string_at(path));
}

std::int64_t number_at(const Json& json, std::initializer_list<std::string_view> path) {
  const auto* found = json.find_path(path);
  return found == nullptr ? 0 : found->as_int64().value_or(0);
}

ArtifactRecord artifact_of(const Json& delivery) {
  ArtifactRecord artifact;
  const auto* json = delivery.find_path({"status", "artifact"});
  if (json == nullptr) return artifact;
  artifact = {text_at(*json, {"url"}),    text_at(*json, {"tag"}),
              text_at(*json, {"digest"}), text_at(*json, {"revision"}),
              text_at(*json, {"source"}), text_at(*json, {"created"}),
              text_at(*json, {"policy"}), {}};
  const auto* signers = json->find("signers");
  if (signers == nullptr || signers->as_array() == nullptr) return artifact;
  for (const auto& signer : *signers->as_array()) {
    if (const auto* name = signer.as_string()) artifact.signers.push_back(*name);
  }
  return artifact;
}

std::vector<HistoryEntry> history_of(const Json& delivery) {
  std::vector<HistoryEntry> history;
  const auto* list = delivery.find_path({"status", "history"});
  if (list == nullptr || list->as_array() == nullptr) return history;
  for (const auto& entry : *list->as_array()) {
    history.push_back({text_at(entry, {"digest"}), text_at(entry, {"revision"}),
                       text_at(entry, {"outcome"}), text_at(entry, {"startedAt"}),
                       text_at(entry, {"endedAt"}), text_at(entry, {"message"})});
  }
  // All times are RFC 3339 in UTC, so that their texts sort as they do.
  std::stable_sort(history.begin(), history.end(),
                   [](const auto& a, const auto& b) { return a.when() > b.when(); });
  return history;
}

// As many as the definition allows, whoever wrote it.
template <typename Visit>
void for_each_named(const Json& delivery, std::initializer_list<std::string_view> path,
                    std::size_t most, Visit visit) {
  const auto* list = delivery.find_path(path);
  if (list == nullptr || list->as_array() == nullptr) return;
  for (std::size_t i = 0; i < std::min(most, list->as_array()->size()); ++i) {
    visit((*list->as_array())[i]);
  }
}

objects::ObjectId object_of(const Json& entry) {
  return {text_at(entry, {"group"}), text_at(entry, {"kind"}), text_at(entry, {"namespace"}),
          text_at(entry, {"name"})};
}

ObjectsRecord objects_of(const Json& delivery) {
  constexpr std::size_t kMaxKinds = 100;
  ObjectsRecord record;
  for_each_named(delivery, {"status", "inventory", "kinds"}, kMaxKinds, [&](const Json& kind) {
    record.kinds[{text_at(kind, {"group"}), text_at(kind, {"kind"})}] = number_at(kind, {"count"});
  });
  for_each_named(delivery, {"status", "unhealthy"}, record.kMaxNamed, [&](const Json& entry) {
    ++record.unhealthy;
    if (entry.string_at({"health"}) != "NotFound") return;
    record.not_found.push_back(object_of(entry));
  });
  for_each_named(delivery, {"status", "drift", "objects"}, record.kMaxNamed,
                 [&](const Json& entry) { record.drifted.push_back(object_of(entry)); });
  record.drift_count = number_at(delivery, {"status", "drift", "count"});
  return record;
}

bool is_true(const Json& json, std::initializer_list<std::string_view> path) {
  const auto* found = json.find_path(path);
  return found != nullptr && found->as_bool() != nullptr && *found->as_bool();
}

}  // namespace

std::optional<Condition> read_condition(const Json& object, std::string_view type) {
  const auto* list = object.find_path({"status", "conditions"});
  if (list == nullptr || list->as_array() == nullptr) return std::nullopt;
  for (const auto& entry : *list->as_array()) {
    if (entry.string_at({"type"}) != type) continue;
    return Condition{text_at(entry, {"status"}), text_at(entry, {"reason"}),
                     text_at(entry, {"message"})};
  }
  return std::nullopt;
}

std::string DeliveryRecord::digest_in_force() const {
  const bool pinned = ready && ready->reason == "RolledBack" && !rollback_to.empty();
  return pinned ? rollback_to : artifact.digest;
}

std::string DeliveryRecord::message() const {
  if (stalled && !stalled->message.empty()) return stalled->message;
  if (ready && !ready->message.empty()) return ready->message;
  if (reconciling) return reconciling->message;
  return suspended ? "suspended" : std::string(kNotObserved);
}

DeliveryRecord read_delivery_record(const Json& delivery) {
  DeliveryRecord record;
  record.name = {text_at(delivery, {"metadata", "namespace"}),
                 text_at(delivery, {"metadata", "name"})};
  record.uid = text_at(delivery, {"metadata", "uid"});
  record.created_at = text_at(delivery, {"metadata", "creationTimestamp"});
  record.generation = number_at(delivery, {"metadata", "generation"});
  record.observed_generation = number_at(delivery, {"status", "observedGeneration"});
  record.suspended = is_true(delivery, {"spec", "suspend"});
  record.deleting = !text_at(delivery, {"metadata", "deletionTimestamp"}).empty();
  record.kubeconfig_secret = text_at(delivery, {"spec", "kubeConfig", "secretRef", "name"});
  record.artifact_url = text_at(delivery, {"spec", "artifact", "url"});
  record.ready = read_condition(delivery, "Ready");
  record.reconciling = read_condition(delivery, "Reconciling");
  record.stalled = read_condition(delivery, "Stalled");
  record.registry_away = read_condition(delivery, "RegistryAway");
  record.stage = text_at(delivery, {"status", "stage"});
  record.artifact = artifact_of(delivery);
  record.accepted_digest = text_at(delivery, {"status", "accepted", "digest"});
  record.objects = number_at(delivery, {"status", "inventory", "objects"});
  record.named = objects_of(delivery);
  record.history = history_of(delivery);
  record.requested_at = text_at(delivery, {"metadata", "annotations", "sealift.dev/requestedAt"});
  record.last_handled = text_at(delivery, {"status", "lastHandledReconcileAt"});
  record.rollback_to = text_at(delivery, {"metadata", "annotations", "sealift.dev/rollback-to"});
  return record;
}

}  // namespace sealift::console
