#pragma once

#include <string_view>
#include <vector>

namespace sealift::tuf {

// A repository that can be named instead of given by its URL, with a root to begin from.
struct KnownRepository {
  std::string_view name;
  std::string_view url;  // of the metadata; the targets are in "targets" below it
  std::string_view root;
  std::string_view root_taken;  // the day on which the root was taken from the repository
};

// "sigstore": the public instance, with its root 15. "github": the private one that attests what
// private repositories of GitHub build, with its root 3, as GitHub's own command line 2.62.0 has
// it.
const std::vector<KnownRepository>& known_repositories();

// Null for any other name.
const KnownRepository* find_known_repository(std::string_view name);

}  // namespace sealift::tuf
