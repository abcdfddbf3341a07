#include "library_work.h"

#include <algorithm>
#include <utility>

namespace sealift::artifacts {
namespace {

// One namespace cannot take a registry's whole share, and five of them cannot take all threads.
constexpr RequestQueue::Limits kNetworkLimits{16, {4, 3}};
// Reading, hashing and parsing.
constexpr RequestQueue::Limits kLocalLimits{2, {2, 1}};

constexpr std::chrono::seconds kErrorAge{5};
constexpr std::chrono::seconds kLongestErrorAge{60};

}  // namespace

LibraryWork::LibraryWork(const oci::RepositoryEnvironment& environment,
                         ArtifactCache& artifact_cache, Clock& the_clock, Logger logger,
                         ArtifactLibrary::Wake wake_one)
    : cache(artifact_cache),
      clock(the_clock),
      log(std::move(logger)),
      wake(std::move(wake_one)),
      repositories(environment, log),
      network(kNetworkLimits),
      local(kLocalLimits) {}

void LibraryWork::stop() {
  stopping = true;
  network.stop();
  local.stop();
}

void LibraryWork::tell(const std::vector<std::string>& waiters) const {
  if (stopping) return;
  for (const auto& waiter : waiters) wake(waiter);
}

void LibraryWork::join(const std::string& name, const std::string& owner) {
  local.join(name, owner);
  network.join(name, owner);
}

std::string owner_of(const std::string& waiter) { return waiter.substr(0, waiter.find('/')); }

std::string lane_of(const ArtifactAccess& access) {
  const auto& proxy = access.options.server ? access.options.server->proxy : std::string();
  return (access.options.plain_http ? "http://" : "https://") + access.repository.registry() + " " +
         proxy;
}

std::chrono::milliseconds error_age(const Error& error) {
  return std::clamp(error.retry_after().value_or(kErrorAge), kErrorAge, kLongestErrorAge);
}

}  // namespace sealift::artifacts
