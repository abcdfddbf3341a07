#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/source_tree.h>

#include <string>
#include <vector>

namespace sealift::builder {

// The directories and files that the kustomization at the tree's root is made of, itself among
// them, by their paths from the repository's root; what they name and is not there as well. With
// all that lies below them, this is what kustomize reads, because it takes no file from outside the
// directory of its kustomization. kInvalidInput, naming the file, where one lies outside of the
// repository: kustomize would load it from there, and the output would follow from what that
// machine happens to hold.
Result<std::vector<std::string>> kustomize_roots(SourceTree& tree);

}  // namespace sealift::builder
