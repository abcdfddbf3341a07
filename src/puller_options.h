#pragma once

#include <sealift/base/log.h>
#include <sealift/cloud/provider.h>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace sealift::program {

struct PullerOptions {
  std::string config;  // empty: the custom resources of the cluster
  bool once = false;
  std::string directory;  // of --target dir:PATH; empty: a cluster
  std::string kubeconfig;
  std::string context;
  std::string state = "/var/lib/sealift";
  std::string record;  // empty: STATE/decisions.jsonl
  std::string check_record;
  LogFormat log_format = LogFormat::kText;
  LogLevel log_level = LogLevel::kInfo;
  std::size_t concurrency = 8;
  bool json = false;

  // Of custom resources alone.
  std::vector<std::string> watch_namespaces;  // empty: all
  std::string shard_selector;
  std::string default_service_account;
  bool allow_own_identity = false;
  bool cross_namespace_dependencies = false;
  bool allow_local_addresses = false;
  std::set<cloud::Provider> allowed_providers;  // with files: all
  bool all_events = false;
  bool leader_elect = false;
  std::string lease_namespace;  // empty: the pod's own
  std::string lease_name = "sealift-puller";

  std::string listen;           // probes and metrics; empty: none
  std::string webhook_listen;   // empty: none
  std::string webhook_secrets;  // directory
  std::string notify;           // file; empty: nobody is told
  std::string trust_directory;  // where trust folders are; empty: nobody keeps any
  bool delivery_metrics = false;
};

// The options, or the exit code where everything is said already (help, version, a usage error).
std::variant<PullerOptions, int> parse_puller_options(int argc, char** argv);

}  // namespace sealift::program
