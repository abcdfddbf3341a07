#include <sealift/console/delivery_events.h>

#include <CLI/CLI.hpp>

#include "cluster_flags.h"
#include "command.h"
#include "result_format.h"

namespace sealift::program {
namespace {

Result<> show(const kube::ApiClient& client, const puller::DeliveryName& name,
              const ResultFormat& format, const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  const auto now = client.environment().clock.now();
  SEALIFT_ASSIGN(auto delivery, console::find_delivery(client, name, surroundings.stop));
  kube::ResourceMap resources(client);
  console::Members members;
  if (delivery.record.kubeconfig_secret.empty()) {
    SEALIFT_ASSIGN(members, console::list_delivery_members(client, resources, delivery, now,
                                                           surroundings.stop));
  }
  SEALIFT_ASSIGN(auto events,
                 console::list_delivery_events(client, delivery, members, surroundings.stop));
  format.print(console::to_json(events), output);
  if (format.is_document(output)) return {};
  output.text(events.empty() ? "no events of " + name.to_string() + " are known any more\n"
                             : console::events_text(events, now));
  return {};
}

}  // namespace

void add_events_command(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("events", "Show what happened to a Delivery and its objects, by time");
  auto name = add_delivery_name(*command);
  auto format = add_result_format(*command);
  auto cluster = add_cluster_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) -> Result<> {
      SEALIFT_ASSIGN(const auto client, open_cluster(*cluster, surroundings));
      return show(client, delivery_name(*name, *cluster, client), *format, surroundings);
    };
  });
}

}  // namespace sealift::program
