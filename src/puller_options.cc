#include "puller_options.h"

#include <sealift/objects/label_selector.h>

#include <CLI/CLI.hpp>

#include <iostream>

#include "exit_code.h"
#include "version.h"

namespace sealift::program {
namespace {

constexpr const char* kDescription =
    "Pulls signed artifacts, verifies them under a policy, and applies them.\n"
    "Nothing is applied that no TrustPolicy accepts.";

constexpr const char* kFooter =
    "Exit codes: 0 all is as wanted, 2 usage, 3 refused by policy, 4 not found, 5 denied,\n"
    "6 unavailable, 7 invalid input, 8 conflict, 9 interrupted, 1 anything else.\n"
    "SIGHUP reads the configuration again; SIGTERM ends after the request under way.";

std::string check_target(const std::string& text) {
  if (text == "cluster" || (text.starts_with("dir:") && text.size() > 4)) return {};
  return "must be \"cluster\" or \"dir:PATH\"";
}

// The API server would refuse it at each attempt to watch, and say nothing of a flag.
std::string check_selector(const std::string& text) {
  const auto selector = objects::LabelSelector::parse(text);
  return selector ? std::string() : selector.error().message();
}

// Files can be run once or into files; the cluster's own resources are a standing order.
void check_without_files(const PullerOptions& options, const std::string& target) {
  if (options.once) throw CLI::RequiresError("--once", "--config");
  if (target != "cluster") throw CLI::RequiresError("--target dir:PATH", "--config");
}

template <typename T>
CLI::Option* add_parsed(CLI::App& app, const std::string& name, T& value,
                        Result<T> (*parse)(std::string_view), const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [&value, parse, name](const std::string& text) {
            auto parsed = parse(text);
            if (!parsed) throw CLI::ValidationError(name, parsed.error().message());
            value = *parsed;
          },
          help)
      ->type_name("TEXT");
}

// What makes sense only where the cluster's own resources say what to do. With files it would do
// nothing, and whoever asked for a leader or a shard would not hear of it.
void add_resource_options(CLI::App& app, PullerOptions& options, CLI::Option* config) {
  const char* group = "Custom resources";
  app.add_option("--watch-namespace", options.watch_namespaces,
                 "Namespace whose Deliveries to run; may be repeated; by default all")
      ->group(group)
      ->type_name("NAMESPACE");
  app.add_option("--shard-selector", options.shard_selector,
                 "Label selector of the Deliveries that this puller runs")
      ->check(check_selector)
      ->group(group)
      ->type_name("SELECTOR");
  app.add_option("--default-service-account", options.default_service_account,
                 "Service account of the Delivery's namespace for Deliveries that name none")
      ->group(group)
      ->type_name("NAME");
  app.add_flag("--allow-own-identity", options.allow_own_identity,
               "Let Deliveries without a service account act as the puller itself")
      ->group(group);
  app.add_flag("--allow-cross-namespace-dependencies", options.cross_namespace_dependencies,
               "Let Deliveries depend on those of other namespaces without their consent")
      ->group(group);
  app.add_flag("--allow-local-addresses", options.allow_local_addresses,
               "Let Deliveries name registries and clusters at loopback and link-local addresses")
      ->group(group);
  app.add_option_function<std::vector<std::string>>(
         "--allow-provider",
         [&options](const std::vector<std::string>& names) {
           for (const auto& name : names) {
             options.allowed_providers.insert(cloud::parse_provider(name).value());
           }
         },
         "Let Deliveries log in at registries of this cloud by the puller's own identity there; "
         "may be repeated")
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"azure", "aws", "gcp"}))
      ->group(group)
      ->type_name("PROVIDER");
  app.add_option_function<std::string>(
         "--events", [&options](const std::string& text) { options.all_events = text == "all"; },
         "Kubernetes events: warnings, or all with one for each delivery")
      ->check(CLI::IsMember({"warnings", "all"}))
      ->group(group)
      ->type_name("KIND");
  app.add_flag("--leader-elect", options.leader_elect,
               "Run only while holding the Lease, so that several replicas may stand by")
      ->group(group);
  app.add_option("--lease-namespace", options.lease_namespace,
                 "Namespace of the Lease; by default the puller's own")
      ->group(group)
      ->type_name("NAMESPACE");
  app.add_option("--lease-name", options.lease_name, "Name of the Lease; one for each shard")
      ->capture_default_str()
      ->group(group)
      ->type_name("NAME");
  for (auto* option : app.get_options()) {
    if (option->get_group() == group) option->excludes(config);
  }
}

void add_endpoint_options(CLI::App& app, PullerOptions& options) {
  const char* group = "Endpoints";
  app.add_option("--listen", options.listen,
                 "Serve /healthz, /readyz and /metrics here, as in :8080 or 127.0.0.1:8080")
      ->group(group)
      ->type_name("ADDRESS:PORT");
  app.add_flag("--delivery-metrics", options.delivery_metrics,
               "Show three metrics of each Delivery beside those of all together")
      ->group(group);
  auto* webhooks = app.add_option("--webhook-listen", options.webhook_listen,
                                  "Hear registries' webhooks here (POST /hook/KIND[/NAME])")
                       ->group(group)
                       ->type_name("ADDRESS:PORT");
  app.add_option("--webhook-secrets", options.webhook_secrets,
                 "Directory with a file of secrets for each sender of webhooks")
      ->group(group)
      ->needs(webhooks)
      ->type_name("DIR");
  app.add_option("--notify", options.notify, "File of the kind Notifications: whom to tell")
      ->group(group)
      ->type_name("FILE");
}

}  // namespace

std::variant<PullerOptions, int> parse_puller_options(int argc, char** argv) {
  PullerOptions options;
  std::string target = "cluster";
  CLI::App app(kDescription, "sealift-puller");
  app.footer(kFooter);
  app.set_version_flag("--version", std::string("sealift-puller ") + kVersion);
  auto* config = app.add_option("--config", options.config,
                                "File or directory with Delivery, TrustPolicy, Secret and "
                                "ConfigMap documents; without it, the cluster's own resources")
                     ->type_name("PATH");
  app.add_flag("--once", options.once, "Run each Delivery once, then exit");
  app.add_option("--target", target,
                 "\"cluster\", or \"dir:PATH\" to write files for another agent")
      ->check(check_target)
      ->capture_default_str()
      ->type_name("TARGET");
  app.add_option("--kubeconfig", options.kubeconfig,
                 "Kubeconfig file; by default $KUBECONFIG, then the pod's service account")
      ->envname("KUBECONFIG")
      ->type_name("FILE");
  app.add_option("--context", options.context, "Context of the kubeconfig; by default the current")
      ->type_name("NAME");
  app.add_option("--state", options.state, "Directory for the cache and what was delivered")
      ->capture_default_str()
      ->type_name("DIR");
  app.add_option("--record", options.record,
                 "File for the record of decisions; by default decisions.jsonl in --state")
      ->type_name("FILE");
  app.add_option("--trust-dir", options.trust_directory,
                 "Where the trust folders are that policies take their roots from: DIR/NAME, or "
                 "the archive DIR/NAME.tar.gz")
      ->type_name("DIR");
  auto* check = app.add_option("--check-record", options.check_record,
                               "Check the chain of a record of decisions, print its head, and exit")
                    ->type_name("FILE");
  add_parsed(app, "--log-format", options.log_format, &parse_log_format, "text or json");
  add_parsed(app, "--log-level", options.log_level, &parse_log_level,
             "debug, info, warning or error");
  app.add_option("--concurrency", options.concurrency, "Deliveries that run at the same time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_flag("--json", options.json, "Print the outcomes of --once as JSON on standard output");
  add_resource_options(app, options, config);
  add_endpoint_options(app, options);
  try {
    app.parse(argc, argv);
    if (!options.webhook_listen.empty() && options.webhook_secrets.empty()) {
      throw CLI::RequiresError("--webhook-listen", "--webhook-secrets");
    }
    if (config->count() == 0 && check->count() == 0) check_without_files(options, target);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << "sealift-puller: " << error.what() << "; see \"sealift-puller --help\"\n";
    return kUsage;
  }
  // With files, the operator writes the Deliveries too.
  if (!options.config.empty()) {
    options.allowed_providers = {cloud::Provider::kAzure, cloud::Provider::kAws,
                                 cloud::Provider::kGcp};
  }
  if (target.starts_with("dir:")) options.directory = target.substr(4);
  return options;
}

}  // namespace sealift::program
