#include "cluster_apply.h"

#include <sealift/base/worker_pool.h>

#include <map>
#include <set>
#include <vector>

#include "cluster_preflight.h"
#include "object_writer.h"

namespace sealift::target {
namespace {

using Actions = std::vector<ApplyAction>;

// A definition is served a moment after it says that it is established.
Result<> await_kinds(const ClusterSession& session, const DesiredState& desired,
                     const Actions& actions, std::stop_token stop) {
  using namespace std::chrono_literals;
  constexpr int kTries = 100;
  for (const auto& action : actions) {
    const auto& object = desired.objects[action.index].object;
    for (int attempt = 1;; ++attempt) {
      auto found = session.resources.find(object.gvk(), stop);
      if (found) break;
      if (found.error().code() != ErrorCode::kNotFound || attempt == kTries) {
        return fail(std::move(found).error().with_context(object.source()));
      }
      session.clock.sleep_until(session.clock.steady_now() + 100ms, stop);
      if (stop.stop_requested()) {
        return fail(ErrorCode::kCancelled, "waiting for " + object.gvk().kind + " to be served");
      }
    }
  }
  return {};
}

// What has to be healthy before a stage begins: what this run has sent before it, and what an
// earlier step has sent that did not live to see it healthy.
std::vector<const objects::Object*> sent_before(const objects::Stage& stage,
                                                const DesiredState& desired, const Plan& plan,
                                                const DeliveryState& state) {
  std::set<std::size_t> indices;
  for (const auto& action : plan.applies) indices.insert(action.index);
  std::vector<const objects::Object*> sent;
  for (std::size_t i = 0; i < desired.objects.size(); ++i) {
    if (!(desired.objects[i].stage < stage) || plan.left.contains(i)) continue;
    const auto& object = desired.objects[i].object;
    const auto remembered = state.objects.find(object.id());
    if (remembered != state.objects.end() && remembered->second.is_others()) continue;
    if (plan.resumes || indices.contains(i)) sent.push_back(&object);
  }
  return sent;
}

bool defines_kinds(const objects::Object& object) {
  return object.gvk().group == "apiextensions.k8s.io" ||
         object.gvk().group == "apiregistration.k8s.io";
}

// What the stage has to wait for.
Result<ApplyProgress> unhealthy_before(const ClusterSession& session, const objects::Stage& stage,
                                       const DesiredState& desired, const Plan& plan,
                                       const DeliveryState& state) {
  const auto sent = sent_before(stage, desired, plan, state);
  if (sent.empty()) return ApplyProgress();
  SEALIFT_ASSIGN(const auto snapshot, session.view.members(session.applyset_id));
  members::HealthCounter counter;
  bool new_kinds = false;
  for (const auto* object : sent) {
    counter.add(object->id(), health_in(snapshot, object->id()));
    new_kinds = new_kinds || defines_kinds(*object);
  }
  const auto health = counter.take();
  if (health.failed_count > 0) return ApplyProgress{health.describe(), true};
  if (!health.all_current()) return ApplyProgress{health.describe() + ", before the next stage"};
  if (new_kinds) session.resources.refresh();
  return ApplyProgress();
}

}  // namespace

objects::HealthStatus health_in(const members::ClusterView::Snapshot& snapshot,
                                const objects::ObjectId& id) {
  const auto found = snapshot.members.find(id);
  if (found != snapshot.members.end()) return found->second.health;
  return {objects::Health::kNotFound, "it is not there"};
}

Result<ApplyProgress> apply_stages(const ClusterSession& session, const DesiredState& desired,
                                   const Plan& plan, const AskedObjects& asked,
                                   DeliveryState& state, StateStore::Journal& journal,
                                   std::stop_token stop) {
  std::map<objects::Stage, Actions> stages;
  for (const auto& action : plan.applies) {
    stages[desired.objects[action.index].stage].push_back(action);
  }
  ObjectWriter writer(session, desired, state, journal);
  for (const auto& [stage, actions] : stages) {
    SEALIFT_ASSIGN(auto progress, unhealthy_before(session, stage, desired, plan, state));
    if (!progress.waiting_for.empty()) return progress;
    Actions unasked;
    for (const auto& action : actions) {
      const auto& wanted = desired.objects[action.index];
      const auto known = asked.find(wanted.object.id());
      if (known == asked.end() || known->second != wanted.content_hash) unasked.push_back(action);
    }
    SEALIFT_TRY(await_kinds(session, desired, unasked, stop));
    SEALIFT_TRY(dry_run(session, desired, unasked, stop));
    SEALIFT_TRY(run_parallel(actions.size(), kParallelRequests, stop,
                             [&](std::size_t i, std::stop_token inner) {
                               return writer.write(actions[i], std::move(inner));
                             }));
    if (auto going = writer.waiting_for(); !going.empty()) return ApplyProgress{std::move(going)};
  }
  return ApplyProgress();
}

}  // namespace sealift::target
