#include <sealift/console/delivery_request.h>

#include <CLI/CLI.hpp>

#include "cluster_flags.h"
#include "command.h"
#include "wait_flags.h"

namespace sealift::program {
namespace {

void add_suspend(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("suspend", "Stop delivering; what was delivered stays as it is");
  auto name = add_delivery_name(*command);
  auto cluster = add_cluster_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) -> Result<> {
      SEALIFT_ASSIGN(const auto client, open_cluster(*cluster, surroundings));
      SEALIFT_ASSIGN(
          const auto asked,
          console::suspend(client, delivery_name(*name, *cluster, client), surroundings.stop));
      return finish_request(client, asked, "suspended", "", {}, surroundings);
    };
  });
}

void add_resume(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("resume", "Deliver again after \"suspend\"");
  auto name = add_delivery_name(*command);
  auto wait = add_wait_flags(*command);
  auto cluster = add_cluster_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) -> Result<> {
      SEALIFT_ASSIGN(const auto client, open_cluster(*cluster, surroundings));
      const auto request = make_request(surroundings);
      SEALIFT_ASSIGN(const auto asked,
                     console::resume(client, delivery_name(*name, *cluster, client), request,
                                     surroundings.stop));
      return finish_request(client, asked, "resumed", request, *wait, surroundings);
    };
  });
}

}  // namespace

void add_suspend_commands(CLI::App& app, Action& chosen) {
  add_suspend(app, chosen);
  add_resume(app, chosen);
}

}  // namespace sealift::program
