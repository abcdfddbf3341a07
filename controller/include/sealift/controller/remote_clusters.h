#pragma once

#include <sealift/base/log.h>
#include <sealift/delivery/delivery.h>
#include <sealift/delivery/secret_source.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>
#include <sealift/members/cluster_view.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace sealift::controller {

// One remote cluster as one identity, shared by all Deliveries whose kubeconfig has the same bytes.
// Its client fails at once while the cluster is away. Clients that are made from it must not
// outlive it, nor it the RemoteClusters.
class RemoteCluster {
 public:
  virtual ~RemoteCluster() = default;
  virtual const kube::ApiClient& client() const = 0;
  virtual kube::ResourceMap& resources() = 0;
  virtual members::ClusterView& view() = 0;
  // Whether it answers, as far as that is known: true where it did so within moments; false where
  // it is being asked, and a wake follows. kUnavailable, at once and with a time to wait, where it
  // does not.
  virtual Result<bool> reach() = 0;
};

// The clusters that Deliveries name by a kubeconfig in a Secret (spec.kubeConfig). Safe from many
// threads.
class RemoteClusters {
 public:
  using MakeView = std::function<std::unique_ptr<members::ClusterView>(const kube::ApiClient&,
                                                                       kube::ResourceMap&)>;
  // A Delivery's cluster has come to answer, or was found not to. Called from a thread of the
  // clusters, with no lock held.
  using Wake = std::function<void(const std::string& delivery_id)>;

  // `secrets` and what `environment` names must outlive the clusters.
  RemoteClusters(delivery::SecretSource& secrets, kube::ClientEnvironment environment,
                 MakeView make_view, Wake wake, Logger log);
  ~RemoteClusters();

  // The cluster of a Delivery, which uses it until close() or until its kubeconfig changes: the
  // Secret is read again after a minute at the latest. Null while it is not known whether the
  // cluster answers; a wake follows. kUnavailable, at once and with a time to wait, where it does
  // not: it is asked again with back-off, and a wake follows as well; the Secret is read again
  // then. Errors of SecretSource and
  // parse_kubeconfig(); kNotFound where the Secret has not the key; kInvalidInput for more than 500
  // clusters, or more than 200 of one namespace.
  Result<std::shared_ptr<RemoteCluster>> open(const delivery::Delivery& delivery,
                                              std::stop_token stop);
  // Whether `cluster` is still what the Delivery's Secret says.
  bool is_current(const delivery::Delivery& delivery, const RemoteCluster& cluster,
                  std::stop_token stop);
  // What is known of the Secret may be old: it is read again at the next open() or is_current().
  void distrust(const std::string& delivery_id);
  // The Delivery is gone, or not remote any more.
  void close(const std::string& delivery_id);

  struct Counts {
    std::size_t clusters = 0;
    std::size_t away = 0;
    std::size_t watches = 0;
  };
  Counts counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sealift::controller
