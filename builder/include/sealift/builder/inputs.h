#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/result.h>
#include <sealift/builder/source_tree.h>
#include <sealift/project/plan.h>

#include <string>

namespace sealift::builder {

// A digest over the paths and Git's names of all files that build_planned() may read of the commit:
// where it is the same in two commits, so is what is built. It needs no content but that of
// kustomizations and charts' own descriptions. kInvalidInput for a work tree, whose files have no
// names. Errors of kustomize_roots(), find_chart() and SourceTree::repository_part().
Result<Digest> digest_inputs(SourceTree& tree, const project::PlannedArtifact& planned,
                             const std::string& prefix);

}  // namespace sealift::builder
