#include "known_blobs.h"

#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>

#include <memory>
#include <set>
#include <utility>

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxList = 128u << 20;

struct KnownBlobs {
  std::set<Digest> listed;
  std::vector<std::unique_ptr<oci::Repository>> repositories;
};

bool is_reference(std::string_view name) {
  return name.starts_with("oci://") || name.starts_with("oci-layout:") ||
         name.starts_with("oci-archive:");
}

Result<> read_list(const std::string& path, std::set<Digest>& digests) {
  SEALIFT_ASSIGN(const std::string text, read_file(system_files(), path, kMaxList));
  std::string_view rest = text;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    std::string_view entry = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
    if (entry.ends_with('\r')) entry.remove_suffix(1);
    if (entry.empty()) continue;
    SEALIFT_ASSIGN_CONTEXT(auto digest, Digest::parse(entry),
                           "line " + std::to_string(line) + " of " + printable(path, 400) +
                               ", which \"sealift ls --blobs\" writes");
    digests.insert(std::move(digest));
  }
  return {};
}

}  // namespace

Result<oci::BlobQuestion> open_known_blobs(const std::vector<std::string>& names,
                                           const RegistryFlags& registry,
                                           const Surroundings& surroundings) {
  if (names.empty()) return oci::BlobQuestion();
  auto known = std::make_shared<KnownBlobs>();
  for (const std::string& name : names) {
    if (!is_reference(name)) {
      SEALIFT_TRY(read_list(name, known->listed));
      continue;
    }
    SEALIFT_ASSIGN(const auto reference, oci::Reference::parse(name));
    SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
    // An archive or layout that is not there has no blob, which would go unnoticed.
    if (reference.kind() != oci::Reference::Kind::kRegistry) {
      SEALIFT_TRY_CONTEXT(repository->tags(surroundings.stop), "--since " + name);
    }
    known->repositories.push_back(std::move(repository));
  }
  return [known](const Digest& digest, std::stop_token stop) -> Result<bool> {
    if (known->listed.contains(digest)) return true;
    for (const auto& repository : known->repositories) {
      SEALIFT_ASSIGN(const bool there, repository->has_blob(digest, stop));
      if (there) return true;
    }
    return false;
  };
}

}  // namespace sealift::program
