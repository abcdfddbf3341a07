#pragma once

#include <sealift/artifacts/artifact_library.h>
#include <sealift/base/deadline.h>
#include <sealift/base/http.h>
#include <sealift/base/log.h>
#include <sealift/cloud/workload_logins.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>
#include <sealift/members/cluster_view.h>
#include <sealift/oci/open_repository.h>
#include <sealift/puller/decision_log.h>
#include <sealift/puller/puller.h>
#include <sealift/roots/root_keeper.h>
#include <sealift/target/cluster_target.h>

#include <memory>
#include <string>
#include <vector>

#include "heap_trimmer.h"
#include "puller_endpoints.h"
#include "puller_options.h"
#include "puller_waker.h"

namespace sealift::program {

// The client of one cluster and what is shared about it.
struct PullerCluster {
  PullerCluster(kube::ApiClient api, PullerWaker& waker, Logger log);
  target::TargetCluster target() { return {client, resources, view}; }

  kube::ApiClient client;
  kube::ResourceMap resources;
  members::ClusterView view;
};

// What both ways of being told (files, custom resources) stand on: the state directory, which
// belongs to one process at a time, the network, the artifacts.
class PullerBase {
 public:
  PullerBase(const PullerOptions& options, Logger log);

  // What the endpoints show and do while this puller runs; call attach({}) before it ends.
  PullerEndpoints::Sources sources(puller::Puller& puller);

  // Takes the state directory and opens the record. kUnavailable where another puller has it.
  Result<> open_state();
  // Where objects go to, by kubeconfig or as the pod's service account; nothing for a directory.
  Result<> open_cluster();

  const PullerOptions& options;
  Logger log;
  PullerWaker waker;
  std::unique_ptr<HttpTransport> network;
  std::unique_ptr<HttpTransport> outer_network;  // null: the same
  HeapTrimmer heap;
  PullerEndpoints endpoints;
  // Measured: for the puller's own API server; and for what Deliveries name, which may not be the
  // machine itself, its link or its cloud where tenants write them.
  HttpTransport& transport;
  HttpTransport& outer_transport;
  cloud::WorkloadLogins logins;  // over the first: metadata services are on the machine's link
  oci::RepositoryEnvironment repositories;
  artifacts::ArtifactCache cache;
  target::StateStore states;
  std::string identity;  // of those
  DeadlineTimer deadlines{system_clock()};
  artifacts::ArtifactLibrary artifacts;
  roots::RootKeeper roots;
  std::unique_ptr<puller::DecisionLog> decisions;
  std::unique_ptr<PullerCluster> cluster;

 private:
  std::shared_ptr<void> lock_;
};

}  // namespace sealift::program
