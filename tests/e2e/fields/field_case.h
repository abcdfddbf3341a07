#pragma once

#include <sealift/base/json.h>

#include <string>
#include <string_view>
#include <vector>

#include "e2e/delivery_case.h"

namespace sealift::e2e {

// One field of a Delivery, a TrustPolicy or an object's annotation, and what it does in a cluster,
// with the roles that are shipped. All cases share one puller, and a case declares Deliveries that
// go at the same time, each of its own folder of one artifact. In the case's namespace, name_, the
// service account "deployer" may do everything with the kinds of kDeployed.
class FieldCase : public DeliveryCase {
 protected:
  void SetUp() override;
  void TearDown() override;

  static constexpr const char* kDeployed =
      R"([{"apiGroups": [""], "resources": ["configmaps", "persistentvolumeclaims"], "verbs": ["*"]},
          {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["*"]},
          {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["*"]}])";

  // Creates or changes objects by server-side apply as the manager "test", which takes what it
  // wants.
  void write(const std::string& yaml) const;
  // A merge patch as the field manager "somebody".
  void patch(const std::string& path, const std::string& json) const;
  void remove(const std::string& path) const;
  // A namespace and the service account ("deployer") with a role of these rules, in JSON.
  void make_namespace(const std::string& name, const std::string& rules = kDeployed) const;
  void grant(const std::string& name_space, const std::string& account,
             const std::string& rules) const;

  // Creates or changes a Delivery of the case's artifact. `spec`: more of it, in YAML, indented by
  // two; what it does not say is tag prod, short intervals and the account "deployer". `metadata`:
  // likewise.
  void declare(const std::string& name, const std::string& spec = {},
               const std::string& metadata = {}) const;
  // `spec` for a folder of the artifact.
  static std::string folder(const std::string& path) { return "  path: " + path + "\n"; }

  Json delivery(const std::string& name) const { return get(delivery_path(name)); }
  std::string delivery_path(const std::string& name) const;
  Json condition(const std::string& type, const std::string& name) const;
  std::string status_of(const std::string& name) const;  // for people
  void annotate(const std::string& name, const std::string& key, const std::string& value) const;
  // Asks for a run and waits until it has been served: whatever would be done has been done then.
  void run_again(const std::string& name) const;

  void expect_ready(const std::string& name) const;
  // Waits until Ready has this reason for the spec as it is now; its message.
  std::string message_for(const std::string& reason, const std::string& name) const;
  // Waits until the message of Ready holds this.
  void expect_message(const std::string& text, const std::string& name) const;
  void expect_value(const std::string& config_map, const std::string& value) const;
  void expect_gone(const std::string& path) const;

  // A ConfigMap without a namespace, with more of its metadata: "annotations: {…}".
  static std::string bare_map(const std::string& name, const std::string& value,
                              const std::string& metadata = {});
  std::string jobs(const std::string& name) const;
  // A Deployment of one pod that never becomes ready.
  std::string hanging(const std::string& name) const;

  // What the puller has written to a path: without dry runs.
  std::size_t writes_to(const std::string& path) const;
  // All that it has asked, "METHOD PATH".
  std::vector<std::string> requests_without_watches() const;
  // Its runs that found nothing to do, by its own count.
  int unchanged_runs() const;

 private:
  std::size_t log_start_ = 0;
};

}  // namespace sealift::e2e
