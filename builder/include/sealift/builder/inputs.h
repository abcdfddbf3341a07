#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/result.h>
#include <sealift/builder/source_tree.h>

namespace sealift::builder {

// A digest over the paths and Git's names of all files that render() may read of the commit: where
// it is the same in two commits, so is what is rendered. It needs no content but that of
// kustomizations. kInvalidInput for a work tree, whose files have no names. Errors of
// kustomize_roots() and SourceTree::repository_part().
Result<Digest> digest_inputs(SourceTree& tree);

}  // namespace sealift::builder
