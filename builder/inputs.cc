#include <sealift/builder/inputs.h>

#include "chart_tree.h"
#include "kustomize.h"
#include "kustomize_roots.h"
#include "tree_entry.h"

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

Result<Digest> digest_chart(SourceTree& tree, const project::PlannedArtifact& planned,
                            const std::string& prefix) {
  SEALIFT_ASSIGN(const auto chart, find_chart(tree, tree.path()));
  auto paths = directories_of(chart);
  if (planned.helm) {
    for (const auto& file : planned.helm->values_files) {
      SEALIFT_ASSIGN(auto path, join_in_repository(prefix, file));
      paths.push_back(std::move(path));
    }
  }
  SEALIFT_ASSIGN(const auto part, tree.repository_part(paths));
  return digest_files(*part);
}

}  // namespace

Result<Digest> digest_inputs(SourceTree& tree, const project::PlannedArtifact& planned,
                             const std::string& prefix) {
  if (planned.helm || planned.chart) return digest_chart(tree, planned, prefix);
  if (kustomization_of(tree).empty()) return digest_files(tree);
  SEALIFT_ASSIGN(const auto roots, kustomize_roots(tree));
  SEALIFT_ASSIGN(const auto part, tree.repository_part(roots));
  return digest_files(*part);
}

}  // namespace sealift::builder
