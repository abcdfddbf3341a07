#include <sealift/tuf/known_repositories.h>

#include <algorithm>

namespace sealift::tuf {

std::string_view sigstore_root();  // roots/sigstore-15.root.json
std::string_view github_root();    // roots/github-3.root.json

const std::vector<KnownRepository>& known_repositories() {
  static const std::vector<KnownRepository> known = {
      {"sigstore", "https://tuf-repo-cdn.sigstore.dev", sigstore_root(), "2026-08-21"},
      {"github", "https://tuf-repo.github.com", github_root(), "2024-11-14"}};
  return known;
}

const KnownRepository* find_known_repository(std::string_view name) {
  const auto& known = known_repositories();
  const auto at = std::find_if(known.begin(), known.end(),
                               [&](const auto& repository) { return repository.name == name; });
  return at == known.end() ? nullptr : &*at;
}

}  // namespace sealift::tuf
