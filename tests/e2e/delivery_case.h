#pragma once

#include <sealift/base/json.h>
#include <sealift/kube/api_client.h>

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/counting_proxy.h"
#include "support/process.h"
#include "support/temp_directory.h"
#include "support/test_cluster.h"

namespace sealift::e2e {

// For what a server does on its own time and without an event to wait for. The limit only ends a
// test that would hang.
bool eventually(const std::function<bool()>& condition);

// What one run of sealift-puller came to.
struct PullerRun {
  int exit_code = -1;
  Json outcome;  // the only one of --json; null where there is none
  std::string log;

  std::string kind() const { return std::string(outcome.string_at({"outcome"})); }
  std::string stage() const { return std::string(outcome.string_at({"stage"})); }
  std::string reason() const { return std::string(outcome.string_at({"reason"})); }
  int count(std::string_view name) const;  // "applied", "pruned", "unchanged", "drifted"
};
std::ostream& operator<<(std::ostream& out, const PullerRun& run);

// A Delivery on its whole way, with the real programs: a Git repository, published by sealift,
// delivered by sealift-puller into the shared control plane, where each case has a namespace of its
// own, name_, that nobody has made yet. The puller talks to the API server through proxy_.
class DeliveryCase : public testing::Test {
 protected:
  DeliveryCase();

  // Git. Paths are relative to the published folder; a commit is made by publish().
  void put(const std::string& file, const std::string& yaml);
  void drop(const std::string& file);
  // Replaces a text that the file holds.
  void change(const std::string& file, std::string_view from, std::string_view to);
  // examples/shop/deploy/prod in the case's namespace, with an API group of its own.
  void put_shop();
  // The namespace and the ConfigMaps "a", "b" and "c", each in its file.
  void put_small();
  // The definition of shop's Promotion, and one, "winter-sale".
  void put_promotion();
  std::string promotion_path() const;
  // Another namespace, an empty repository and no state, as in a new case.
  void start_over();
  std::string config_map(const std::string& name, const std::string& value) const;

  // sealift push --sign. Sequences grow by one from publish to publish.
  void publish() { publish_as(++sequence_, {"--sign", key_file()}); }
  void publish_as(int sequence, const std::vector<std::string>& arguments);
  test::ProcessResult try_publish(int sequence, const std::vector<std::string>& arguments);
  // From now on published to, and delivered from, this repository ("oci://127.0.0.1:5000/shop"); an
  // image layout before.
  void use_repository(std::string address) { repository_ = std::move(address); }
  // What the puller reads; after each change of the members below.
  void write_configuration();

  // sealift-puller --once --json.
  PullerRun deliver();
  std::vector<std::string> puller_arguments() const;
  PullerRun finished(test::ProcessResult result) const;

  // The API server, as admin. `path` as in kubectl's --raw; null where the object is not there.
  Json get(std::string_view path) const;
  Json config_map_at(const std::string& name) const;
  std::string value_of(const std::string& name) const;  // of a ConfigMap of config_map()
  Json deployment() const { return get(apps("deployments/shop-web")); }
  std::string core(const std::string& rest) const;
  std::string apps(const std::string& rest) const;
  std::string kubectl(std::vector<std::string> arguments, std::string standard_input = {});
  // Everything of the case: path to text, with resource versions where no controller writes.
  std::map<std::string, std::string> snapshot() const;
  // "PATCH /api/…" of what was written through the proxy, but for the inventory.
  std::vector<std::string> application_writes() const;
  std::vector<std::string> inventory_writes() const;
  std::string inventory_path() const { return core("configmaps/sealift-shop"); }
  // Annotation of the inventory.
  std::string inventory(std::string_view annotation) const;
  // The record of decisions: their events, in order. The chain is checked.
  std::vector<std::string> events();
  std::vector<Json> decisions();

  static std::string key_file();
  static std::string public_key();
  static std::string program(const std::string& name);

  test::TestCluster& cluster_ = test::TestCluster::shared(test::TestCluster::Nodes::kFake);
  std::string name_;
  test::TempDirectory directory_;
  test::CountingProxy proxy_;
  std::string repository_;
  std::string tag_ = "prod";                                 // that is published
  std::vector<std::string> registry_flags_{"--plain-http"};  // of sealift push, for a registry
  std::string policies_;   // documents; one that trusts key_file() by default
  std::string more_spec_;  // YAML lines of the Delivery's spec
  std::string state_ = "state";
  int sequence_ = 0;
  std::string digest_;  // of what was published last

 private:
  void git(std::vector<std::string> arguments);
  std::string source_file(const std::string& file) const { return "git/deploy/" + file; }
};

}  // namespace sealift::e2e
