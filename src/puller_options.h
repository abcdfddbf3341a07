#pragma once

#include <sealift/base/log.h>

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

namespace sealift::program {

struct PullerOptions {
  std::string config;
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
};

// The options, or the exit code where everything is said already (help, version, a usage error).
std::variant<PullerOptions, int> parse_puller_options(int argc, char** argv);

}  // namespace sealift::program
