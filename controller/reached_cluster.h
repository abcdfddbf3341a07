#pragma once

#include <sealift/controller/remote_clusters.h>

#include <functional>
#include <memory>
#include <thread>

#include "reachability.h"

namespace sealift::controller {

// A remote cluster with a thread that asks it whether it is there while that is in doubt.
class ReachedCluster : public RemoteCluster {
 public:
  // Called from that thread when the cluster has come to answer, or was found not to.
  using OnChange = std::function<void(const ReachedCluster&)>;
  ReachedCluster(const kube::ClusterAccess& access, const kube::ClientEnvironment& environment,
                 const RemoteClusters::MakeView& make_view, OnChange on_change, Logger log);

  const kube::ApiClient& client() const override { return client_; }
  kube::ResourceMap& resources() override { return resources_; }
  members::ClusterView& view() override { return *view_; }
  Result<bool> reach() override { return reachability_.reach(); }
  const Reachability& reachability() const { return reachability_; }

 private:
  void probe_while_doubtful(std::stop_token stop);

  Clock& clock_;
  Random& random_;
  Logger log_;
  OnChange on_change_;
  Reachability reachability_;
  GuardedTransport guarded_;
  ProbingTransport probing_;
  kube::ApiClient client_;
  kube::ApiClient probe_;
  kube::ResourceMap resources_;
  std::unique_ptr<members::ClusterView> view_;
  std::jthread prober_;  // the last member: it uses the others
};

}  // namespace sealift::controller
