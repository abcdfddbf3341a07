#include <sealift/console/installation.h>

#include <CLI/CLI.hpp>

#include "cluster_flags.h"
#include "command.h"
#include "confirmation.h"
#include "wait_flags.h"

namespace sealift::program {
namespace {

struct UninstallFlags {
  bool keep_delivered = false;
  bool delete_delivered = false;
  bool yes = false;
  std::chrono::milliseconds timeout{300'000};
};

std::string question(const console::InstalledParts& parts,
                     const console::UninstallOptions& options) {
  std::string text = "This removes Sealift from namespace " + options.name_space + " (" +
                     std::to_string(parts.objects) + " objects";
  text += parts.keeps_shared ? "; the definitions stay for another installation).\n"
                             : ", with all Deliveries and TrustPolicies).\n";
  text += "What its " + std::to_string(parts.deliveries.size()) + " Deliveries brought " +
          (options.delete_delivered ? "IS DELETED" : "stays in the cluster") + ".\n";
  return text;
}

Result<> uninstall(const UninstallFlags& flags, const ClusterFlags& cluster,
                   const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  SEALIFT_ASSIGN(const auto client, open_cluster(cluster, surroundings));
  console::UninstallOptions options;
  if (!cluster.name_space.empty()) options.name_space = cluster.name_space;
  options.delete_delivered = flags.delete_delivered;
  options.timeout = flags.timeout;
  SEALIFT_ASSIGN(const auto parts, console::find_installation(client, options, surroundings.stop));
  if (!flags.yes) SEALIFT_TRY(confirm(question(parts, options)));
  Json removed = Json::array();
  const auto progress = [&](std::string_view done, const std::string& what) {
    output.step(done, what);
    removed.push_back(std::string(done) + " " + what);
  };
  SEALIFT_TRY(console::uninstall(client, options, progress, surroundings.stop));
  Json json;
  json.set("namespace", options.name_space);
  json.set("deliveredObjects", options.delete_delivered ? "deleted" : "kept");
  json.set("steps", std::move(removed));
  output.document(json);
  return {};
}

}  // namespace

void add_uninstall_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("uninstall", "Remove the puller and its definitions");
  auto flags = std::make_shared<UninstallFlags>();
  auto* keep = command->add_flag("--keep-delivered", flags->keep_delivered,
                                 "What was delivered stays; this is the default");
  command
      ->add_flag("--delete-delivered", flags->delete_delivered,
                 "The puller removes what it delivered first")
      ->excludes(keep);
  command->add_flag("-y,--yes", flags->yes, "Do not ask");
  add_duration(*command, "--timeout", flags->timeout, "How long each wait may take");
  auto cluster = add_cluster_flags(*command, "Namespace of the puller; by default sealift-system");
  command->callback([=, &chosen] {
    if (!flags->yes) check_somebody_can_be_asked();
    chosen = [=](const Surroundings& surroundings) {
      return uninstall(*flags, *cluster, surroundings);
    };
  });
}

}  // namespace sealift::program
