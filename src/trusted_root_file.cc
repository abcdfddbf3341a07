#include "trusted_root_file.h"

#include <sealift/base/digest.h>
#include <sealift/base/file_system.h>
#include <sealift/sigstore/known_trusted_root.h>

#include <memory>
#include <utility>

namespace sealift::program {

signing::PolicyRoot policy_root(const LoadedRoot& root) {
  return {root.source, Digest::parse(root.digest).value(),
          std::make_shared<const sigstore::TrustedRoot>(root.root)};
}

Result<LoadedRoot> load_trusted_root(const std::string& file) {
  const auto& known = sigstore::public_trusted_root();
  std::string bytes(known.bytes);
  std::string source = std::string(known.name) + " (built in, of " + std::string(known.taken) + ")";
  if (!file.empty()) {
    SEALIFT_ASSIGN_CONTEXT(bytes, read_file(system_files(), file, sigstore::kMaxTrustedRootBytes),
                           "reading the trusted root");
    source = file;
  }
  SEALIFT_ASSIGN(auto root, sigstore::parse_trusted_root(
                                bytes, file.empty() ? "the built-in trusted root" : file));
  return LoadedRoot{std::move(root), std::move(source), Digest::of(bytes).to_string()};
}

}  // namespace sealift::program
