#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/random.h>
#include <sealift/base/result.h>
#include <sealift/builder/source_tree.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::builder {

inline constexpr std::uint64_t kLayerMemoryBytes = 8u << 20;

// What a build may use of the machine. References must outlive the call.
struct BuildEnvironment {
  FileSystem& files;
  Random& random;
  std::string temporary_directory = "/tmp";
  // Directories separated by ":" in which kustomize and kubectl are looked for: PATH.
  std::string search_path;
  // How much of a layer is kept in memory.
  std::uint64_t layer_memory_bytes = kLayerMemoryBytes;
};

struct RenderLimits {
  std::chrono::seconds max_time{120};
  std::uint64_t max_output_bytes = 64u << 20;
  std::size_t max_errors = 50;
};

struct RenderedFile {
  std::string path;
  bool executable = false;
  std::function<Result<std::string>()> read;
};

// Each file of a tree with Git's own bytes; they share the tree.
std::vector<RenderedFile> files_of(const std::shared_ptr<SourceTree>& tree);

// Files ready to be packed, sorted by the bytes of their paths. Each Kubernetes object in them was
// parsed and checked.
struct RenderedObjects {
  std::vector<RenderedFile> files;
  std::uint64_t objects = 0;
  // "kustomize v5.8.2" where a program rendered the files; empty where they are Git's own bytes.
  std::string renderer;
  // What that program had to say, line by line, although it succeeded.
  std::vector<std::string> warnings;
};

// Turns a tree into what is delivered. Where its root holds kustomization.yaml, kustomization.yml
// or Kustomization, `kustomize build` or else `kubectl kustomize` renders the commit's files that
// it is made of in a private directory, without network, plug-ins or the caller's environment, and
// its output becomes manifests.yaml unchanged. Otherwise each file is packed with Git's own bytes.
//
// Each *.yaml, *.yml and *.json is read as Kubernetes reads it. All faults are collected into one
// kInvalidInput, a line "FILE:LINE:COLUMN: …" each: broken YAML, what is no Kubernetes object, one
// identity twice, a pointer of Git LFS in place of content. A tree without any object is
// kInvalidInput. kNotFound where a kustomization is there and neither program is; kUnavailable
// where it does not end in time. `tree` is shared with the result.
Result<RenderedObjects> render(std::shared_ptr<SourceTree> tree,
                               const BuildEnvironment& environment, std::stop_token stop,
                               const RenderLimits& limits = {});

// The same before anything in it is judged, for those who tell faults one by one; `objects` is 0.
Result<RenderedObjects> render_unchecked(std::shared_ptr<SourceTree> tree,
                                         const BuildEnvironment& environment, std::stop_token stop,
                                         const RenderLimits& limits = {});

// True for *.yaml, *.yml and *.json: the files in which objects are looked for.
bool is_manifest_file(std::string_view path);

}  // namespace sealift::builder
