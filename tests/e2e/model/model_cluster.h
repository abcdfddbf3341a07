#pragma once

#include <sealift/kube/api_client.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/application.h"
#include "model/world.h"

namespace sealift::e2e::model {

// The cluster in the model's words, for whoever is not the puller.
class ModelCluster {
 public:
  // `version_of`: which version of a repository has the digest; -1 for none.
  using VersionOf = std::function<int(const std::string& repository, std::string_view digest)>;

  ModelCluster(kube::ApiClient client, std::string registry, std::vector<Application> applications,
               VersionOf version_of);

  void create(const std::string& application, const Settings& settings);
  void change(const std::string& application, const Settings& settings);
  void remove(const std::string& application);
  bool is_gone(const std::string& application) const;
  // Asks for a run, where the Delivery is there.
  void request(const std::string& application, const std::string& token);

  // By somebody else. Each gives the object as it is then; nullopt where nothing was done.
  std::optional<LiveObject> plant(const ObjectKey& key, const Content& content);
  std::optional<LiveObject> edit(const ObjectKey& key, const std::string& value);
  std::optional<LiveObject> unlabel(const ObjectKey& key);
  std::optional<LiveObject> disown(const ObjectKey& key);
  std::optional<LiveObject> forge(const ObjectKey& key, const std::string& application);
  bool erase(const ObjectKey& key);

  // Everything in the applications' namespaces, once each Delivery has answered `token`. One whose
  // conditions contradict one another has a reason that no model knows.
  Observation observe(const std::string& token) const;

 private:
  const Application& application(const std::string& name) const;
  std::string path_of_delivery(const Application& application) const;
  Json spec_of(const Application& application, const Settings& settings) const;
  std::optional<LiveObject> patch(const ObjectKey& key, const Json& body);
  LiveObject read(Kind kind, const Json& object) const;
  Observation observe_deliveries(const std::string& token) const;
  void observe_objects(Observation& seen) const;
  // Why its status does not tell the end yet, or empty.
  static std::string unanswered(const Json& live, const std::string& token);
  LiveDelivery read_delivery(const Application& application, const Json& live) const;

  kube::ApiClient client_;
  std::string registry_;
  std::vector<Application> applications_;
  std::map<std::string, std::string, std::less<>> owners_;  // by the id of the ApplySet
  VersionOf version_of_;
};

}  // namespace sealift::e2e::model
