#include <sealift/console/install_manifests.h>
#include <sealift/console/installation.h>

#include <CLI/CLI.hpp>

#include "cluster_flags.h"
#include "command.h"
#include "version.h"
#include "wait_flags.h"

namespace sealift::program {
namespace {

struct InstallFlags {
  console::InstallOptions options;
  std::string scope = "cluster";
  bool apply = false;
  std::chrono::milliseconds timeout{300'000};
};

void add_puller_flags(CLI::App& command, console::InstallOptions& options) {
  command.add_option("--image", options.image, "Image of the puller, as the cluster pulls it")
      ->required()
      ->type_name("IMAGE");
  command.add_option("--replicas", options.replicas, "Pullers; one leads, the others take over")
      ->check(CLI::Range(1, 9))
      ->capture_default_str();
  command
      .add_option("--default-service-account", options.default_service_account,
                  "Account of Deliveries that name none; without it they are refused")
      ->type_name("NAME");
  command.add_flag("--allow-own-identity", options.allow_own_identity,
                   "Let Deliveries without an account act as the puller itself");
  command.add_flag("--allow-cross-namespace-dependencies", options.cross_namespace_dependencies,
                   "Let Deliveries depend on those of other namespaces without their consent");
  command.add_flag("--allow-local-addresses", options.allow_local_addresses,
                   "Let Deliveries name registries and clusters at loopback and link-local "
                   "addresses");
  command
      .add_option("--allow-provider", options.allowed_providers,
                  "Let Deliveries log in at registries of this cloud by the puller's own identity "
                  "there; may be given several times")
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"azure", "aws", "gcp"}))
      ->type_name("PROVIDER");
  command.add_option("--priority-class", options.priority_class, "Of its pods; \"\" for none")
      ->capture_default_str()
      ->type_name("NAME");
  command
      .add_option("--state-claim", options.state_claim,
                  "PersistentVolumeClaim for its cache; by default an emptyDir")
      ->type_name("NAME");
  command
      .add_option("--webhook-secret", options.webhook_secret,
                  "Receive webhooks of registries, proven by what is in this Secret")
      ->type_name("NAME");
  command
      .add_option(
          "--notify-secret", options.notify_secret,
          "Tell others what became of deliveries, as notifications.yaml in this Secret says")
      ->type_name("NAME");
  command
      .add_option(
          "--trust-configmap", options.trust_config_map,
          "ConfigMap with archives of trust folders (NAME.tar.gz), from which policies take "
          "their roots")
      ->type_name("NAME");
  command
      .add_option_function<std::string>(
          "--events", [&options](const std::string& text) { options.all_events = text == "all"; },
          "Kubernetes events: warnings, or all with one for each delivery")
      ->check(CLI::IsMember({"warnings", "all"}))
      ->type_name("KIND");
  command.add_flag("--delivery-metrics", options.delivery_metrics,
                   "Show metrics of each Delivery beside those of all together");
  command
      .add_option("--egress-port", options.egress_ports,
                  "Another port, of a registry or cluster, that the NetworkPolicy lets through")
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 65535))
      ->type_name("PORT");
}

void add_scope_flags(CLI::App& command, InstallFlags& flags) {
  command
      .add_option("--scope", flags.scope,
                  "\"cluster\", or \"namespace\" for power in --watch-namespace alone")
      ->check(CLI::IsMember({"cluster", "namespace"}))
      ->capture_default_str();
  command
      .add_option("--watch-namespace", flags.options.watch_namespaces,
                  "Namespace whose Deliveries are looked at; may be given several times")
      ->allow_extra_args(false)
      ->type_name("NAMESPACE");
  command
      .add_option("--shard-selector", flags.options.shard_selector,
                  "Only Deliveries with these labels; another installation runs the others")
      ->type_name("SELECTOR");
}

void check_scope(const InstallFlags& flags) {
  const bool named = !flags.options.watch_namespaces.empty();
  if (flags.scope == "namespace" && !named) {
    throw CLI::RequiresError("--scope namespace", "--watch-namespace");
  }
  if (flags.scope == "cluster" && named) {
    throw CLI::RequiresError("--watch-namespace", "--scope namespace");
  }
}

Json to_json(const std::vector<objects::Object>& manifests) {
  Json items = Json::array();
  for (const auto& manifest : manifests) items.push_back(manifest.json());
  Json list;
  list.set("apiVersion", "v1");
  list.set("kind", "List");
  list.set("items", std::move(items));
  return list;
}

Result<> install(const InstallFlags& flags, const ClusterFlags& cluster,
                 const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  auto options = flags.options;
  options.version = kVersion;
  if (!cluster.name_space.empty()) options.name_space = cluster.name_space;
  SEALIFT_ASSIGN(const auto manifests, console::install_manifests(options));
  if (!flags.apply) {
    output.text(console::install_yaml(manifests));
    output.document(to_json(manifests));
    return {};
  }
  SEALIFT_ASSIGN(const auto client, open_cluster(cluster, surroundings));
  const auto progress = [&](std::string_view done, const std::string& what) {
    output.step(done, what);
  };
  SEALIFT_TRY(
      console::apply_installation(client, manifests, flags.timeout, progress, surroundings.stop));
  output.document(to_json(manifests));
  return {};
}

}  // namespace

void add_install_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "install", "Print the manifests of the puller and its definitions, or apply them");
  auto flags = std::make_shared<InstallFlags>();
  auto* apply = command->add_flag("--apply", flags->apply,
                                  "Apply them to the cluster and wait until they are healthy");
  command->add_flag("--export")->description("Print them; this is the default")->excludes(apply);
  add_puller_flags(*command, flags->options);
  add_scope_flags(*command, *flags);
  add_duration(*command, "--timeout", flags->timeout, "How long --apply waits");
  auto cluster = add_cluster_flags(*command, "Namespace of the puller; by default sealift-system");
  command->callback([=, &chosen] {
    check_scope(*flags);
    chosen = [=](const Surroundings& surroundings) {
      return install(*flags, *cluster, surroundings);
    };
  });
}

}  // namespace sealift::program
