#include <sealift/builder/inputs.h>

#include "kustomize.h"
#include "kustomize_roots.h"

namespace sealift::builder {
namespace {

Result<Digest> digest_files(const SourceTree& tree) {
  std::string text;
  for (const SourceFile& file : tree.files()) {
    if (file.object.empty()) {
      return fail(ErrorCode::kInvalidInput,
                  "files of a work tree have no object names to compare with a commit's");
    }
    // No name holds a NUL.
    text += file.path;
    text += '\0';
    text += file.object;
    text += file.executable ? 'x' : '-';
  }
  return Digest::of(text);
}

}  // namespace

Result<Digest> digest_inputs(SourceTree& tree) {
  if (kustomization_of(tree).empty()) return digest_files(tree);
  SEALIFT_ASSIGN(const auto roots, kustomize_roots(tree));
  SEALIFT_ASSIGN(const auto part, tree.repository_part(roots));
  return digest_files(*part);
}

}  // namespace sealift::builder
