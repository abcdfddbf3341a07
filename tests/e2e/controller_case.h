#pragma once

#include <sealift/base/json.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "console_case.h"
#include "support/process.h"

namespace sealift::e2e {

// The puller as it runs in a cluster: it follows the Deliveries and TrustPolicies of the API server
// as its own service account, with the roles of packaging/install and no more. In the namespace of
// the case, name_, the service account "deployer" may do everything with ConfigMaps and
// Deployments. The artifact is an image layout with the ConfigMaps "a" and "b".
class ControllerCase : public ConsoleCase {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Of the puller's account.
  std::string installed_token();
  // A TrustPolicy that accepts key_file()'s signatures on the case's artifacts.
  void trust();
  std::string policy_name() const { return "policy-" + name_; }
  // The puller, through proxy_, with its own state.
  void start_puller(std::vector<std::string> more_arguments = {});
  std::unique_ptr<test::Process> make_puller(const std::string& state,
                                             std::vector<std::string> more_arguments) const;
  void stop_puller();

  // Creates or changes the Delivery. `spec`: more of it, in YAML, indented by two; kAccount is what
  // makes it work. `metadata` likewise.
  void declare(const std::string& name = "shop", const std::string& spec = kAccount,
               const std::string& metadata = {});
  // What declare() applies, as one of several documents.
  std::string delivery_yaml(const std::string& name, const std::string& spec,
                            const std::string& metadata = {}) const;
  static constexpr const char* kAccount = "  serviceAccountName: deployer\n";

  // Waits as kubectl does: "condition=Ready", "delete".
  void wait_for(const std::string& what, const std::string& name = "shop");
  // Waits until Ready has this reason, for the spec as it is now, and says its message.
  std::string message_for(const std::string& reason, const std::string& name = "shop");
  // Of the condition, or null.
  Json condition(const std::string& type, const std::string& name = "shop") const;
  // Messages of the Warning events about the Delivery.
  std::string warnings(const std::string& name = "shop");
  // The ConfigMap's value becomes this.
  void expect_value(const std::string& config_map, const std::string& value);
  void expect_gone(const std::string& path);

  std::string artifact_;  // spec.artifact beside the URL; empty: the tag "prod"
  std::unique_ptr<test::Process> puller_;
  std::vector<std::string> wrapper_;  // the program that runs the puller, and its arguments
  bool local_addresses_ = true;       // what tests have their registries and clusters at
  std::string more_policy_;           // YAML lines of the TrustPolicy's spec

 private:
  void make_deployer();
};

}  // namespace sealift::e2e
