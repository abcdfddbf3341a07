#include "reached_cluster.h"

#include <sealift/base/backoff.h>
#include <sealift/base/random.h>

#include <chrono>
#include <utility>

namespace sealift::controller {
namespace {

constexpr Backoff kProbeAgain{std::chrono::milliseconds(2'000), std::chrono::milliseconds(300'000)};

kube::ClientEnvironment with_transport(const kube::ClientEnvironment& environment,
                                       HttpTransport& transport) {
  return {transport, environment.files, environment.clock, environment.random};
}

}  // namespace

ReachedCluster::ReachedCluster(const kube::ClusterAccess& access,
                               const kube::ClientEnvironment& environment,
                               const RemoteClusters::MakeView& make_view, OnChange on_change,
                               Logger log)
    : clock_(environment.clock),
      random_(environment.random),
      log_(log.with({{"cluster", access.server_url}})),
      on_change_(std::move(on_change)),
      reachability_(environment.clock),
      guarded_(environment.transport, reachability_),
      probing_(environment.transport),
      client_(access, with_transport(environment, guarded_)),
      probe_(access, with_transport(environment, probing_)),
      resources_(client_),
      view_(make_view(client_, resources_)),
      prober_([this](std::stop_token stop) { probe_while_doubtful(std::move(stop)); }) {}

void ReachedCluster::probe_while_doubtful(std::stop_token stop) {
  std::uint32_t failures = 0;
  while (reachability_.wait_until_doubtful(stop)) {
    auto answer = probe_.get("/api", {}, stop);
    if (stop.stop_requested()) return;
    // A refusal is an answer, too: whoever runs there learns what is wrong.
    if (answer || answer.error().code() != ErrorCode::kUnavailable) {
      if (failures > 0) log_.info("a remote cluster answers again");
      failures = 0;
      if (reachability_.set_reachable()) on_change_(*this);
      continue;
    }
    const bool is_news = failures == 0;
    const auto again =
        clock_.steady_now() + kProbeAgain.delay(++failures, random_fraction(random_));
    reachability_.set_away(answer.error(), again);
    if (is_news) {
      log_.warning("a remote cluster does not answer", {{"reason", answer.error().message()}});
      on_change_(*this);
    }
    clock_.sleep_until(again, stop);
  }
}

}  // namespace sealift::controller
