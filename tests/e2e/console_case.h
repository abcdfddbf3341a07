#pragma once

#include <sealift/base/json.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "delivery_case.h"
#include "support/process.h"

namespace sealift::e2e {

// sealift's commands for operators against the real API server, with the definitions of
// packaging/crds. No puller runs: the case writes the statuses that one would write.
class ConsoleCase : public DeliveryCase {
 protected:
  void SetUp() override;

  // sealift with this cluster's kubeconfig and name_ as namespace.
  std::vector<std::string> command(std::vector<std::string> arguments) const;
  test::ProcessResult console(std::vector<std::string> arguments) const;
  // The same for one that must succeed: what it printed.
  std::string shown(std::vector<std::string> arguments) const;
  Json shown_json(std::vector<std::string> arguments) const;

  // kubectl apply by another manager than Sealift.
  void apply(const std::string& yaml) { cluster_.kubectl_apply(yaml, "test"); }
  // By Sealift's manager, as a puller would.
  void deliver_by_hand(const std::string& yaml) { cluster_.kubectl_apply(yaml, "sealift"); }
  // A Delivery of the least spec in name_.
  void make_delivery(const std::string& name, const std::string& more_metadata = {});
  // A merge patch of metadata and spec, or of the status.
  void patch_delivery(const std::string& name, const std::string& json);
  void patch_status(const std::string& name, const std::string& json);
  Json delivery(const std::string& name) const;
  std::string annotation(const std::string& name, std::string_view key) const;

  // status.conditions with Ready alone, as a member of a JSON object.
  static std::string ready(std::string_view status, std::string_view reason,
                           std::string_view message);
};

}  // namespace sealift::e2e
