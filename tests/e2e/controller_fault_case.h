#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "controller_case.h"
#include "support/counting_proxy.h"

namespace sealift::e2e {

// Three Deliveries of one artifact and one namespace, an update of all of them under way, and a
// fault in the middle. Whatever it is, all must end in the state that was published last.
//
// "shop", "site" and "stock" (which waits for "shop") have a folder each. Version V of NAME is the
// ConfigMaps NAME-a, NAME-b and NAME-vV, each with the value V: an update changes two objects, adds
// one and prunes one. "site" has a Deployment as well. NAME-keep comes with version 1 alone and may
// never be pruned. "bystander" is nobody's.
class ControllerFault : public ControllerCase {
 protected:
  void SetUp() override;

  void put_version(int version);
  // Puts, commits and publishes it: the update begins within a second.
  void publish_version(int version);
  void declare_all();
  // Version 1 is delivered, by a puller with these arguments.
  void deliver_first(std::vector<std::string> more_arguments = {});

  // Everything of the namespace is as in this version, nothing more and nothing less, and each
  // Delivery says so. Waits for it.
  void expect_converged(int version);
  bool is_converged(int version) const { return differences(version).empty(); }
  // The objects alone, whatever the Deliveries say.
  bool is_in_place(int version) const { return live() == expected(version); }
  // The same once more after somebody has changed and deleted objects: all watches see again.
  void expect_repairs(int version);
  // Nobody writes any more: not once within some intervals. Waits for it.
  void expect_no_more_writes();

  // What the proxy saw of writes to the objects that are delivered.
  static bool is_application_write(const test::ProxiedRequest& request);

  std::vector<std::string> names_{"shop", "site", "stock"};  // of the Deliveries
  std::map<std::string, std::string> more_objects_;          // that have to be there

 private:
  bool has_web() const;
  std::map<std::string, std::string> expected(int version) const;
  std::map<std::string, std::string> live() const;
  // Why not; empty: it is settled.
  std::string unsettled(const std::string& name) const;
  std::string differences(int version) const;
};

}  // namespace sealift::e2e
