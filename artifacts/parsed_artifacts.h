#pragma once

#include <sealift/artifacts/artifact_library.h>
#include <sealift/base/digest.h>

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace sealift::artifacts {

// Parsed artifacts by digest and path: what somebody still holds is found again, and the ones used
// last are held here, up to a limit in bytes. The caller holds the lock.
class ParsedArtifacts {
 public:
  explicit ParsedArtifacts(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  // Null where it is not in memory.
  std::shared_ptr<const ParsedArtifact> find(const Digest& digest, const std::string& path);
  // One that is larger than the limit is only found while others hold it.
  void put(const Digest& digest, const std::string& path,
           std::shared_ptr<const ParsedArtifact> parsed);
  std::uint64_t held_bytes() const { return held_bytes_; }

 private:
  struct Name {
    Digest digest;
    std::string path;
    auto operator<=>(const Name&) const = default;
  };
  struct Entry {
    std::weak_ptr<const ParsedArtifact> known;
    std::shared_ptr<const ParsedArtifact> held;
    std::uint64_t used = 0;
  };

  void hold(Entry& entry, std::shared_ptr<const ParsedArtifact> parsed);
  void make_room(std::uint64_t bytes);

  std::uint64_t max_bytes_;
  std::uint64_t held_bytes_ = 0;
  std::uint64_t uses_ = 0;
  std::map<Name, Entry> entries_;
};

}  // namespace sealift::artifacts
