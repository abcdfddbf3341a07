#include <sealift/console/cluster_objects.h>
#include <sealift/console/delivery_request.h>

#include <CLI/CLI.hpp>

#include "cluster_flags.h"
#include "command.h"
#include "wait_flags.h"

namespace sealift::program {
namespace {

struct RollbackFlags {
  std::string to;
  bool clear = false;
};

Result<std::optional<Digest>> wanted_digest(const RollbackFlags& flags,
                                            const kube::ApiClient& client,
                                            const delivery::DeliveryName& name,
                                            const Surroundings& surroundings) {
  if (flags.clear) return std::optional<Digest>();
  if (!flags.to.empty()) {
    SEALIFT_ASSIGN(auto digest, Digest::parse(flags.to));
    return std::optional<Digest>(std::move(digest));
  }
  SEALIFT_ASSIGN(const auto document, console::read_delivery(client, name, surroundings.stop));
  SEALIFT_ASSIGN(auto digest, console::previous_digest(console::read_delivery_record(document)));
  return std::optional<Digest>(std::move(digest));
}

Result<> roll_back(const RollbackFlags& flags, const std::string& name, const WaitFlags& wait,
                   const ClusterFlags& cluster, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto client, open_cluster(cluster, surroundings));
  const auto delivery = delivery_name(name, cluster, client);
  SEALIFT_ASSIGN(const auto digest, wanted_digest(flags, client, delivery, surroundings));
  const auto request = make_request(surroundings);
  SEALIFT_ASSIGN(const auto asked,
                 console::roll_back(client, delivery, digest, request, surroundings.stop));
  if (digest) surroundings.output.step("pinned", digest->to_string());
  return finish_request(client, asked, digest ? "requested" : "unpinned", request, wait,
                        surroundings);
}

std::string check_digest(const std::string& text) {
  const auto digest = Digest::parse(text);
  return digest ? std::string() : digest.error().message();
}

}  // namespace

void add_rollback_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "rollback", "Deliver an earlier artifact, from the puller's cache, and stay with it");
  auto name = add_delivery_name(*command);
  auto flags = std::make_shared<RollbackFlags>();
  auto* to = command
                 ->add_option("--to", flags->to,
                              "Digest of the artifact; by default the one delivered before")
                 ->check(check_digest, "", "")
                 ->type_name("DIGEST");
  command->add_flag("--clear", flags->clear, "Follow the artifact's tag or range again")
      ->excludes(to);
  auto wait = add_wait_flags(*command);
  auto cluster = add_cluster_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return roll_back(*flags, *name, *wait, *cluster, surroundings);
    };
  });
}

}  // namespace sealift::program
