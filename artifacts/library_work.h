#pragma once

#include <sealift/artifacts/artifact_cache.h>
#include <sealift/artifacts/artifact_library.h>
#include <sealift/base/clock.h>
#include <sealift/base/log.h>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "open_repositories.h"
#include "request_queue.h"

namespace sealift::artifacts {

// What the parts of an artifact library have in common: where work is done, and who hears of it.
struct LibraryWork {
  LibraryWork(const oci::RepositoryEnvironment& environment, ArtifactCache& artifact_cache,
              Clock& the_clock, Logger logger, ArtifactLibrary::Wake wake_one);

  // Ends all work; must come before any part that works is destroyed.
  void stop();
  void tell(const std::vector<std::string>& waiters) const;
  // One more owner wants that piece of work, wherever it waits by now.
  void join(const std::string& name, const std::string& owner);

  ArtifactCache& cache;
  Clock& clock;
  Logger log;
  ArtifactLibrary::Wake wake;
  OpenRepositories repositories;
  RequestQueue network;
  RequestQueue local;  // what the cache has never waits behind a registry
  std::atomic<bool> stopping = false;
};

// The namespace of a waiter: who takes turns.
std::string owner_of(const std::string& waiter);
// Whose slowness is shared: the registry, and a proxy before it.
std::string lane_of(const ArtifactAccess& access);
// How long an error is handed out: a few seconds, or what a server asked for, up to a minute.
std::chrono::milliseconds error_age(const Error& error);

template <typename T>
ArtifactLibrary::Answer<T> answer_of(Result<T> result) {
  if (!result) return fail(std::move(result).error());
  return std::optional<T>(*std::move(result));
}

}  // namespace sealift::artifacts
