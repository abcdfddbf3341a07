#include <sealift/console/delivery_request.h>

#include <CLI/CLI.hpp>

#include "cluster_flags.h"
#include "command.h"
#include "wait_flags.h"

namespace sealift::program {

void add_reconcile_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("reconcile", "Ask for a run of a Delivery now");
  auto name = add_delivery_name(*command);
  auto wait = add_wait_flags(*command);
  auto cluster = add_cluster_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) -> Result<> {
      SEALIFT_ASSIGN(const auto client, open_cluster(*cluster, surroundings));
      const auto request = make_request(surroundings);
      SEALIFT_ASSIGN(const auto asked,
                     console::request_run(client, delivery_name(*name, *cluster, client), request,
                                          surroundings.stop));
      return finish_request(client, asked, "requested", request, *wait, surroundings);
    };
  });
}

}  // namespace sealift::program
