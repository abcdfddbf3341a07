#include "open_repositories.h"

#include <utility>

namespace sealift::artifacts {

Result<std::shared_ptr<oci::Repository>> OpenRepositories::open(const ArtifactAccess& access,
                                                                SteadyTime now) {
  const std::lock_guard lock(mutex_);
  auto& entry = entries_[access.place];
  entry.used = now;
  if (entry.repository) return entry.repository;
  auto options = access.options;
  options.on_warning = [log = log_](std::string_view text) { log.warning(text); };
  SEALIFT_ASSIGN(entry.repository, oci::open_repository(access.repository, options, environment_));
  return entry.repository;
}

void OpenRepositories::close_unused(SteadyTime since) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& item) { return item.second.used < since; });
}

}  // namespace sealift::artifacts
