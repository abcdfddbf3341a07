#include "support/registry_server.h"

#include "support/process.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace sealift::test {
namespace {

const std::string kFixture = std::string(SEALIFT_SOURCE_DIR) + "/tests/cluster/registry";

}  // namespace

RegistryServer::RegistryServer(const std::string& kind, const std::vector<std::string>& more)
    : start_{kFixture, "start",   directory_.path(),       "--kind",
             kind,     "--owner", std::to_string(getpid())} {
  start_.insert(start_.end(), more.begin(), more.end());
  start();
}

void RegistryServer::start() {
  const ProcessResult result = run_process(start_);
  if (result.exit_code != 0) {
    std::cerr << result.out << result.err << std::endl;
    std::abort();
  }
  address_ = directory_.read("address");
  while (!address_.empty() && address_.back() == '\n') address_.pop_back();
}

RegistryServer::~RegistryServer() { stop(); }

void RegistryServer::stop() { run_process({kFixture, "stop", directory_.path()}); }

std::string RegistryServer::ca_pem() const { return directory_.read("ca.crt"); }

}  // namespace sealift::test
