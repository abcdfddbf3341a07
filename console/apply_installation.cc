#include <sealift/base/duration.h>
#include <sealift/console/installation.h>
#include <sealift/console/stop_after.h>
#include <sealift/kube/apply.h>
#include <sealift/kube/watch.h>
#include <sealift/objects/health.h>
#include <sealift/objects/order.h>

#include <set>

#include "installed_parts.h"

namespace sealift::console {
namespace {

using objects::Health;

struct Applying {
  const kube::ApiClient& client;
  kube::ResourceMap& resources;
  const Progress& progress;
  const StopAfter& deadline;
  std::chrono::milliseconds timeout;
};

Result<> apply_one(const Applying& run, const objects::Object& manifest) {
  SEALIFT_ASSIGN(const auto resource, run.resources.find(manifest.gvk(), run.deadline.token()));
  SEALIFT_TRY(kube::apply_object(run.client, resource, manifest, {}, run.deadline.token()));
  run.progress("applied", manifest.id().to_string());
  return {};
}

// By a watch, as the puller itself waits.
Result<> wait_until_healthy(const Applying& run, const objects::Object& manifest) {
  SEALIFT_ASSIGN(const auto resource, run.resources.find(manifest.gvk(), run.deadline.token()));
  objects::HealthStatus last{Health::kNotFound, "it is not there"};
  bool done = false;
  const auto on_event = [&](const kube::WatchEvent& event) -> Result<> {
    if (event.object.string_at({"metadata", "name"}) != manifest.name()) return {};
    last = objects::health_of(event.object, run.client.environment().clock.now());
    done = last.health == Health::kCurrent;
    // The only way out of a watch from within.
    if (done) return fail(ErrorCode::kCancelled, "healthy");
    return {};
  };
  auto ended = kube::watch(run.client, resource, {manifest.name_space(), "", false}, on_event,
                           run.deadline.token());
  if (done) return {};
  if (!run.deadline.expired()) return ended;
  return fail(ErrorCode::kUnavailable, manifest.id().to_string() + " is not healthy after " +
                                           format_duration(run.timeout) + ": it is " +
                                           std::string(objects::to_string(last.health)) +
                                           (last.reason.empty() ? "" : " (" + last.reason + ")") +
                                           "; everything was applied, see \"kubectl describe\"");
}

bool is_waited_for(const objects::Object& manifest) {
  const auto& kind = manifest.gvk().kind;
  return kind == "CustomResourceDefinition" || kind == "Namespace" || kind == "Deployment";
}

Result<> wait_for_all(const Applying& run, const std::vector<const objects::Object*>& manifests) {
  for (const auto* manifest : manifests) {
    if (!is_waited_for(*manifest)) continue;
    SEALIFT_TRY(wait_until_healthy(run, *manifest));
    run.progress("ready", manifest->id().to_string());
  }
  return {};
}

// What an earlier installation with other options has left: above all the rights of a wider scope.
Result<> remove_leftovers(const Applying& run, const std::vector<objects::Object>& manifests) {
  std::set<objects::ObjectId> wanted;
  std::string name_space;
  for (const auto& manifest : manifests) {
    wanted.insert(manifest.id());
    if (manifest.gvk().kind == "Deployment") name_space = manifest.name_space();
  }
  std::vector<InstalledPart> live;
  SEALIFT_TRY(collect_parts(run.client, name_space, run.deadline.token(), live));
  for (const auto& part : live) {
    if (wanted.contains(part.id())) continue;
    SEALIFT_TRY(remove_part(run.client, part, run.progress, run.deadline.token()));
  }
  return {};
}

}  // namespace

Result<> apply_installation(const kube::ApiClient& client,
                            const std::vector<objects::Object>& manifests,
                            std::chrono::milliseconds timeout, const Progress& progress,
                            std::stop_token stop) {
  const StopAfter deadline(timeout, client.environment().clock, std::move(stop));
  kube::ResourceMap resources(client);
  const Applying run{client, resources, progress, deadline, timeout};
  std::vector<const objects::Object*> waiting;
  objects::Stage last;
  for (const auto& manifest : manifests) {
    SEALIFT_ASSIGN(const auto stage, objects::stage_of(manifest));
    if (!waiting.empty() && stage != last) {
      SEALIFT_TRY(wait_for_all(run, waiting));
      waiting.clear();
      resources.refresh();
    }
    last = stage;
    SEALIFT_TRY(apply_one(run, manifest));
    waiting.push_back(&manifest);
  }
  SEALIFT_TRY(remove_leftovers(run, manifests));
  return wait_for_all(run, waiting);
}

}  // namespace sealift::console
