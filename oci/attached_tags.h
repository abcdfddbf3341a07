#pragma once

#include <sealift/oci/repository.h>

#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::oci {

// Finds manifests under tags that are named after another one ("sha256-HEX.ENDING"). The first few
// are asked for one by one; for more than that the repository's tags are listed once.
class AttachedTags {
 public:
  AttachedTags(Repository& repository, std::vector<std::string> endings)
      : repository_(repository), endings_(std::move(endings)) {}

  struct Found {
    std::string tag;
    Descriptor descriptor;
  };
  Result<std::vector<Found>> of(const Digest& subject, std::stop_token stop);

 private:
  Result<bool> may_exist(const std::string& tag, const std::stop_token& stop);

  Repository& repository_;
  const std::vector<std::string> endings_;
  std::mutex mutex_;  // held while the tags are listed: others would only list them too
  std::size_t asked_ = 0;
  bool listed_ = false;
  std::optional<std::set<std::string>> tags_;  // nullopt: not listed, or not to be listed
};

}  // namespace sealift::oci
