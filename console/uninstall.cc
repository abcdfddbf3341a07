#include <sealift/base/duration.h>
#include <sealift/console/cluster_objects.h>
#include <sealift/console/install_manifests.h>
#include <sealift/console/installation.h>
#include <sealift/console/stop_after.h>
#include <sealift/controller/delivery_api.h>
#include <sealift/controller/delivery_resource.h>
#include <sealift/kube/apply.h>
#include <sealift/kube/watch.h>

#include <algorithm>
#include <set>

#include "installed_parts.h"

namespace sealift::console {
namespace {

// An installation as the cluster has it.
struct Installation {
  std::vector<InstalledPart> parts;
  std::vector<Json> deliveries;
  bool has_puller = false;
  bool keeps_shared = false;
  bool shares_deliveries = false;  // another installation may be in charge of them
};

// Of --watch-namespace; empty: all.
std::set<std::string> watched_namespaces(const Json& deployment) {
  constexpr std::string_view kFlag = "--watch-namespace=";
  std::set<std::string> names;
  const auto* containers = deployment.find_path({"spec", "template", "spec", "containers"});
  if (containers == nullptr || containers->as_array() == nullptr) return names;
  for (const auto& container : *containers->as_array()) {
    const auto* arguments = container.find("args");
    if (arguments == nullptr || arguments->as_array() == nullptr) continue;
    for (const auto& argument : *arguments->as_array()) {
      const auto* text = argument.as_string();
      if (text != nullptr && text->starts_with(kFlag)) names.insert(text->substr(kFlag.size()));
    }
  }
  return names;
}

Result<std::vector<Json>> list_deliveries(const kube::ApiClient& client,
                                          const std::set<std::string>& name_spaces,
                                          const std::stop_token& stop) {
  auto all = list_objects(client, delivery_resource(), {"", ""}, Content::kWhole, stop);
  if (!all && all.error().code() == ErrorCode::kNotFound) return std::vector<Json>();
  if (!all) return all;
  if (!name_spaces.empty()) {
    std::erase_if(*all, [&](const Json& delivery) {
      return !name_spaces.contains(std::string(delivery.string_at({"metadata", "namespace"})));
    });
  }
  return all;
}

Result<Installation> find(const kube::ApiClient& client, const std::string& name_space,
                          const std::stop_token& stop) {
  Installation found;
  SEALIFT_ASSIGN(const auto pullers,
                 list_objects(client, puller_resource(), {"", std::string(kInstallLabel)},
                              Content::kWhole, stop));
  std::set<std::string> watched;
  for (const auto& puller : pullers) {
    if (puller.string_at({"metadata", "labels", kInstallLabel}) == name_space) {
      found.has_puller = true;
      watched = watched_namespaces(puller);
    } else {
      found.keeps_shared = true;
    }
  }
  SEALIFT_TRY(collect_parts(client, name_space, stop, found.parts));
  if (found.parts.empty()) {
    return fail(ErrorCode::kNotFound, "Sealift is not installed in namespace " + name_space +
                                          ": nothing has the label " + std::string(kInstallLabel) +
                                          "=" + name_space);
  }
  if (!found.keeps_shared) SEALIFT_TRY(collect_parts(client, kSharedInstall, stop, found.parts));
  // With the definitions go all Deliveries; beside another installation, those of its namespaces.
  found.shares_deliveries = found.keeps_shared && watched.empty();
  if (!found.keeps_shared) watched.clear();
  if (!found.shares_deliveries) {
    SEALIFT_ASSIGN(found.deliveries, list_deliveries(client, watched, stop));
  }
  return found;
}

delivery::DeliveryName name_of(const Json& delivery) {
  return {std::string(delivery.string_at({"metadata", "namespace"})),
          std::string(delivery.string_at({"metadata", "name"}))};
}

Result<> delete_delivery(const kube::ApiClient& client, const Json& delivery,
                         const std::stop_token& stop) {
  const auto name = name_of(delivery);
  return kube::delete_object(client, delivery_resource(), name.name_space, name.name,
                             {delivery.string_at({"metadata", "uid"})}, stop);
}

// Waits until `remaining`, which is kept by the watch, is empty.
Result<> wait_until_gone(const kube::ApiClient& client, const kube::Resource& resource,
                         const kube::WatchOptions& options, std::set<std::string> expected,
                         const StopAfter& deadline, std::set<std::string>& remaining) {
  using Type = kube::WatchEvent::Type;
  bool synced = false;
  bool gone = false;
  const auto on_event = [&](const kube::WatchEvent& event) -> Result<> {
    const auto id = std::string(event.object.string_at({"metadata", "namespace"})) + "/" +
                    std::string(event.object.string_at({"metadata", "name"}));
    if (event.type == Type::kReset) {
      remaining.clear();
      synced = false;
    } else if (event.type == Type::kSynced) {
      synced = true;
    } else if (event.type == Type::kDeleted) {
      remaining.erase(id);
    } else if (expected.empty() || expected.contains(id)) {
      remaining.insert(id);
    }
    gone = synced && remaining.empty();
    if (gone) return fail(ErrorCode::kCancelled, "all are gone");
    return {};
  };
  auto ended = kube::watch(client, resource, options, on_event, deadline.token());
  if (gone) return {};
  return ended;
}

// The puller does the work; each Delivery is gone when its objects are.
Result<> delete_delivered(const kube::ApiClient& client, const Installation& installation,
                          const UninstallOptions& options, const Progress& progress,
                          const std::stop_token& stop) {
  if (installation.shares_deliveries) {
    return fail(ErrorCode::kConflict,
                "another installation of this cluster may be in charge of the same Deliveries; "
                "delete those that should go with kubectl, then keep what is delivered");
  }
  if (installation.deliveries.empty()) return {};
  if (!installation.has_puller) {
    return fail(ErrorCode::kConflict,
                "no puller is there to remove what it delivered; run \"sealift install --apply\" "
                "first, or keep what was delivered");
  }
  std::set<std::string> names;
  for (const auto& delivery : installation.deliveries) {
    SEALIFT_TRY(delete_delivery(client, delivery, stop));
    names.insert(name_of(delivery).to_string());
    progress("deleting", "Delivery " + name_of(delivery).to_string());
  }
  const StopAfter deadline(options.timeout, client.environment().clock, stop);
  std::set<std::string> remaining;
  auto gone = wait_until_gone(client, delivery_resource(), {}, names, deadline, remaining);
  if (gone || !deadline.expired()) return gone;
  return fail(ErrorCode::kUnavailable,
              std::to_string(remaining.size()) + " Deliveries were not removed within " +
                  format_duration(options.timeout) + ", " +
                  (remaining.empty() ? std::string("unknown which") : *remaining.begin()) +
                  " among them; the puller is still installed, so see \"sealift get\" and run this "
                  "again");
}

// Without its puller nothing acts on a Delivery's end any more, so its finalizer goes and what it
// delivered stays.
Result<> let_go(const kube::ApiClient& client, const Json& delivery, const Progress& progress,
                const std::stop_token& stop) {
  SEALIFT_ASSIGN(const auto live, controller::observe_delivery(delivery));
  const auto name = name_of(delivery);
  if (live.has_finalizer()) {
    Json metadata;
    metadata.set("uid", live.trigger.uid);
    metadata.set("resourceVersion", std::to_string(live.version));
    metadata.set("finalizers", controller::finalizers_without(live));
    Json body;
    body.set("metadata", std::move(metadata));
    SEALIFT_TRY_CONTEXT(client.patch(delivery_resource().path(name.name_space, name.name), {},
                                     "application/merge-patch+json", body, stop),
                        "letting go of Delivery " + name.to_string());
  }
  SEALIFT_TRY(delete_delivery(client, delivery, stop));
  progress("let go", "Delivery " + name.to_string());
  return {};
}

Result<> stop_pullers(const kube::ApiClient& client, const Installation& installation,
                      const UninstallOptions& options, const Progress& progress,
                      const std::stop_token& stop) {
  for (const auto& part : installation.parts) {
    if (is_puller(part)) SEALIFT_TRY(remove_part(client, part, progress, stop));
  }
  const kube::Resource pods{{"", "v1", "Pod"}, "pods", true};
  const StopAfter deadline(options.timeout, client.environment().clock, stop);
  std::set<std::string> remaining;
  auto gone = wait_until_gone(
      client, pods,
      {options.name_space, "app.kubernetes.io/name=" + std::string(kPullerName), true}, {},
      deadline, remaining);
  if (gone || !deadline.expired()) return gone;
  return fail(ErrorCode::kUnavailable, "the puller's pods did not end within " +
                                           format_duration(options.timeout) +
                                           "; its Deliveries are untouched, run this again");
}

}  // namespace

Result<InstalledParts> find_installation(const kube::ApiClient& client,
                                         const UninstallOptions& options, std::stop_token stop) {
  SEALIFT_ASSIGN(const auto found, find(client, options.name_space, stop));
  InstalledParts parts{{}, found.parts.size(), found.keeps_shared};
  for (const auto& delivery : found.deliveries) {
    parts.deliveries.push_back(name_of(delivery).to_string());
  }
  return parts;
}

Result<> uninstall(const kube::ApiClient& client, const UninstallOptions& options,
                   const Progress& progress, std::stop_token stop) {
  SEALIFT_ASSIGN(auto installation, find(client, options.name_space, stop));
  if (options.delete_delivered) {
    SEALIFT_TRY(delete_delivered(client, installation, options, progress, stop));
  }
  // Before a Delivery is let go nobody may be left who would act on that.
  SEALIFT_TRY(stop_pullers(client, installation, options, progress, stop));
  // Where definitions stay, Deliveries stay with them.
  if (!options.delete_delivered && !installation.keeps_shared) {
    SEALIFT_ASSIGN(installation, find(client, options.name_space, stop));
    for (const auto& delivery : installation.deliveries) {
      SEALIFT_TRY(let_go(client, delivery, progress, stop));
    }
  }
  for (const auto& part : installation.parts) {
    if (!is_puller(part)) SEALIFT_TRY(remove_part(client, part, progress, stop));
  }
  return {};
}

}  // namespace sealift::console
