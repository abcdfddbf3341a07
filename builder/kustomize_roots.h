#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/source_tree.h>

#include <string>

namespace sealift::builder {

// Follows the directories that the kustomization in `directory` is made of. kInvalidInput, naming
// the file, where one lies outside of the repository: kustomize loads it from there, and the output
// would follow from what that machine happens to hold. Files need no look, because kustomize takes
// none from outside the directory of their kustomization.
Result<> check_kustomize_roots(SourceTree& repository, const std::string& directory);

}  // namespace sealift::builder
