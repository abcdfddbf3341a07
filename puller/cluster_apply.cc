#include "cluster_apply.h"

#include <sealift/base/worker_pool.h>
#include <sealift/kube/apply.h>

#include <map>
#include <mutex>
#include <vector>

#include "cluster_preflight.h"
#include "health_wait.h"

namespace sealift::puller {
namespace {

using Actions = std::vector<ApplyAction>;

class StageWriter {
 public:
  StageWriter(const ClusterSession& session, const DesiredState& desired, DeliveryState& state,
              StateStore::Journal& journal)
      : session_(session), desired_(desired), state_(state), journal_(journal) {}

  Result<> write(const Actions& actions, std::stop_token stop) {
    return run_parallel(actions.size(), kParallelRequests, std::move(stop),
                        [&](std::size_t i, std::stop_token inner) {
                          return write_one(actions[i], std::move(inner));
                        });
  }

 private:
  Result<> write_one(const ApplyAction& action, std::stop_token stop) {
    const auto& wanted = desired_.objects[action.index];
    const auto& object = wanted.object;
    SEALIFT_ASSIGN_CONTEXT(auto resource, session_.resources.find(object.gvk(), stop),
                           object.source() + ": " + object.id().to_string());
    SEALIFT_ASSIGN(auto live, kube::apply_object(session_.objects, resource,
                                                 as_member(session_, object), {}, stop));
    SEALIFT_ASSIGN(auto observed, kube::observe(live));
    RememberedObject remembered{wanted.content_hash, std::move(observed.uid),
                                std::move(observed.own_fields_hash)};
    SEALIFT_TRY(journal_.remember(object.id(), remembered));
    session_.log.info("applied", {{"object", object.id().to_string()},
                                  {"why", std::string(to_string(action.why))}});
    std::scoped_lock lock(mutex_);
    state_.objects.insert_or_assign(object.id(), std::move(remembered));
    return {};
  }

  const ClusterSession& session_;
  const DesiredState& desired_;
  DeliveryState& state_;
  StateStore::Journal& journal_;
  std::mutex mutex_;
};

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
// earlier run has sent that did not live to see it healthy.
std::vector<const objects::Object*> sent_before(const objects::Stage& stage,
                                                const DesiredState& desired, const Plan& plan) {
  std::set<std::size_t> indices;
  for (const auto& action : plan.applies) indices.insert(action.index);
  std::vector<const objects::Object*> sent;
  for (std::size_t i = 0; i < desired.objects.size(); ++i) {
    if (!(desired.objects[i].stage < stage) || plan.left.contains(i)) continue;
    if (plan.resumes || indices.contains(i)) sent.push_back(&desired.objects[i].object);
  }
  return sent;
}

Result<> await_earlier_stages(const ClusterSession& session, const objects::Stage& stage,
                              const DesiredState& desired, const Plan& plan, std::stop_token stop) {
  const auto sent = sent_before(stage, desired, plan);
  if (sent.empty()) return {};
  SEALIFT_TRY_CONTEXT(wait_until_healthy(session, sent, std::move(stop)), "before the next stage");
  session.resources.refresh();
  return {};
}

}  // namespace

Result<> apply_stages(const ClusterSession& session, const DesiredState& desired, const Plan& plan,
                      const std::set<std::size_t>& deferred, DeliveryState& state,
                      StateStore::Journal& journal, std::stop_token stop) {
  std::map<objects::Stage, Actions> stages;
  for (const auto& action : plan.applies) {
    stages[desired.objects[action.index].stage].push_back(action);
  }
  StageWriter writer(session, desired, state, journal);
  for (const auto& [stage, actions] : stages) {
    SEALIFT_TRY(await_earlier_stages(session, stage, desired, plan, stop));
    Actions unasked;
    for (const auto& action : actions) {
      if (deferred.contains(action.index)) unasked.push_back(action);
    }
    SEALIFT_TRY(await_kinds(session, desired, unasked, stop));
    SEALIFT_TRY(dry_run(session, desired, unasked, stop));
    SEALIFT_TRY(writer.write(actions, stop));
  }
  return {};
}

}  // namespace sealift::puller
