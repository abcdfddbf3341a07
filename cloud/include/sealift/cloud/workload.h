#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/http.h>

#include <functional>
#include <memory>
#include <string>

namespace sealift::cloud {

// What a workload has to prove who it is, lent by the program. References must outlive every login.
struct Workload {
  HttpTransport& transport;  // must be let through to metadata services at link-local addresses
  FileSystem& files;
  Clock& clock;
  // A variable of the environment; empty where it is not set.
  std::function<std::string(const std::string& name)> variable;
  // How the cloud's https endpoints are reached. Never a choice of anybody who must not have the
  // workload's identity. May be null.
  std::shared_ptr<const HttpServerSettings> server = nullptr;
};

}  // namespace sealift::cloud
