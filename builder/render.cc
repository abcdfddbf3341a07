#include "kustomize.h"
#include "manifest_check.h"

#include <sealift/builder/render.h>

#include <utility>

namespace sealift::builder {
namespace {

constexpr std::string_view kRenderedFile = "manifests.yaml";
// A pointer of Git LFS is smaller than this; larger files that hold no manifest need no look.
constexpr std::uint64_t kMaxPointerBytes = 1'024;

Result<RenderedObjects> render_kustomization(SourceTree& tree, const BuildEnvironment& environment,
                                             std::stop_token stop, const RenderLimits& limits) {
  SEALIFT_ASSIGN(KustomizeOutput output, run_kustomize(tree, environment, stop, limits));
  RenderedObjects rendered;
  rendered.renderer = std::move(output.version);
  rendered.warnings = std::move(output.warnings);
  auto manifests = std::make_shared<const std::string>(std::move(output.manifests));
  rendered.files.push_back({std::string(kRenderedFile), false,
                            [manifests]() -> Result<std::string> { return *manifests; }});
  return rendered;
}

Result<RenderedObjects> check_rendered(SourceTree& tree, const BuildEnvironment& environment,
                                       std::stop_token stop, const RenderLimits& limits) {
  SEALIFT_ASSIGN(auto rendered, render_kustomization(tree, environment, stop, limits));
  SEALIFT_ASSIGN(const std::string manifests, rendered.files.front().read());
  ManifestCheck check(limits.max_errors);
  check.add(kRenderedFile, manifests);
  SEALIFT_TRY_CONTEXT(check.finish(tree.path()), "the output of kustomize for");
  rendered.objects = check.objects();
  return rendered;
}

Result<RenderedObjects> take_as_is(const std::shared_ptr<SourceTree>& tree, std::stop_token stop,
                                   const RenderLimits& limits) {
  ManifestCheck check(limits.max_errors);
  RenderedObjects rendered;
  for (const SourceFile& file : tree->files()) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "the build was stopped");
    if (!check.is_full() && (is_manifest_file(file.path) || file.size <= kMaxPointerBytes)) {
      SEALIFT_ASSIGN(const std::string bytes, tree->read(file));
      check.add(file.path, bytes);
    }
  }
  SEALIFT_TRY(check.finish(tree->path()));
  rendered.files = files_of(tree);
  rendered.objects = check.objects();
  return rendered;
}

}  // namespace

std::vector<RenderedFile> files_of(const std::shared_ptr<SourceTree>& tree) {
  std::vector<RenderedFile> files;
  files.reserve(tree->files().size());
  for (const SourceFile& file : tree->files()) {
    files.push_back({file.path, file.executable, [tree, &file] { return tree->read(file); }});
  }
  return files;
}

Result<RenderedObjects> render(std::shared_ptr<SourceTree> tree,
                               const BuildEnvironment& environment, std::stop_token stop,
                               const RenderLimits& limits) {
  if (!kustomization_of(*tree).empty()) {
    return check_rendered(*tree, environment, stop, limits);
  }
  return take_as_is(tree, stop, limits);
}

Result<RenderedObjects> render_unchecked(std::shared_ptr<SourceTree> tree,
                                         const BuildEnvironment& environment, std::stop_token stop,
                                         const RenderLimits& limits) {
  if (!kustomization_of(*tree).empty()) {
    return render_kustomization(*tree, environment, stop, limits);
  }
  RenderedObjects rendered;
  rendered.files = files_of(tree);
  return rendered;
}

}  // namespace sealift::builder
