#include "diff_side.h"

#include <sealift/archive/tar_files.h>
#include <sealift/base/file_system.h>
#include <sealift/base/random.h>
#include <sealift/builder/git_source.h>
#include <sealift/builder/render.h>
#include <sealift/oci/content_layer.h>
#include <sealift/oci/layer_files.h>

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <string_view>
#include <utility>

#include "manifest_files.h"

namespace sealift::program {
namespace {

constexpr std::string_view kCommit = "git:";
constexpr std::string_view kWorktree = "worktree:";
constexpr std::string_view kCluster = "live:";

bool is_reference(std::string_view text) {
  return text.starts_with("oci://") || text.starts_with("oci-layout:") ||
         text.starts_with("oci-archive:");
}

oci::Reference parse_reference(const std::string& text) {
  auto parsed = oci::Reference::parse(text);
  if (!parsed) throw CLI::ValidationError(parsed.error().message());
  if (parsed->tag() || parsed->digest()) return *std::move(parsed);
  throw CLI::ValidationError(text +
                             " names neither a tag nor a digest; add \":TAG\" or \"@sha256:…\"");
}

Result<> add_layer(const oci::LayerFile& file, oci::Repository& repository, ManifestFiles& into,
                   const std::stop_token& stop) {
  const archive::TarLimits limits;
  if (!file.is_archive()) {
    if (!archive::is_manifest_path(file.path)) return {};
    StringSink bytes("the file " + file.path, limits.max_file_bytes);
    SEALIFT_TRY(repository.fetch_blob(file.layer, bytes, stop));
    return into.add(file.path, bytes.take());
  }
  archive::TarFiles found(limits, archive::is_manifest_path);
  SEALIFT_TRY(oci::unpack_layer(file.layer, found, limits, [&](ByteSink& sink) {
    return repository.fetch_blob(file.layer, sink, stop);
  }));
  for (const auto& entry : found.take()) SEALIFT_TRY(into.add(entry.path, entry.bytes));
  return {};
}

Result<FetchedArtifact> add_artifact(const oci::Reference& reference, const DiffSources& sources,
                                     ManifestFiles& into, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto repository, open_repository(reference, *sources.registry, surroundings));
  SEALIFT_ASSIGN(auto fetched,
                 fetch_artifact(reference, *repository, *sources.trust, surroundings.stop));
  SEALIFT_ASSIGN(const auto layers, oci::layer_files(fetched.manifest, oci::ArchiveUse::kUnpack));
  for (const auto& layer : layers) {
    SEALIFT_TRY(add_layer(layer, *repository, into, surroundings.stop));
  }
  // Two charts or two images would be the same otherwise.
  if (into.has_none()) {
    return fail(ErrorCode::kInvalidInput,
                "the artifact holds no .yaml, .yml or .json file; of charts, images and the like "
                "compare what becomes of them, such as the output of \"helm template\"");
  }
  return fetched;
}

std::string environment_or(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

Result<std::string> add_commit(const DiffSide& side, const DiffSources& sources,
                               ManifestFiles& into, const Surroundings& surroundings) {
  builder::SourceOptions options;
  SEALIFT_ASSIGN(options.location, builder::parse_source_location(system_files(), side.location));
  options.path = sources.path;
  options.worktree = side.kind == DiffSide::Kind::kWorktree;
  const builder::BuildEnvironment environment{system_files(), system_random(),
                                              environment_or("TMPDIR", "/tmp"),
                                              environment_or("PATH", "/usr/bin:/bin")};
  SEALIFT_ASSIGN(std::shared_ptr<builder::SourceTree> tree,
                 builder::open_git_source(options, system_files()));
  SEALIFT_ASSIGN(const auto rendered, builder::render(tree, environment, surroundings.stop));
  for (const auto& warning : rendered.warnings) {
    surroundings.output.warning(rendered.renderer + ": " + warning);
  }
  for (const auto& file : rendered.files) {
    if (!archive::is_manifest_path(file.path)) continue;
    SEALIFT_ASSIGN(const auto bytes, file.read());
    SEALIFT_TRY(into.add(file.path, bytes));
  }
  const std::string word(options.worktree ? kWorktree : kCommit);
  return word + options.location.repository + (tree->path().empty() ? "" : " " + tree->path()) +
         " at " + tree->commit().revision();
}

// All but the objects, which go into `files`.
Result<SideObjects> read_any(const DiffSide& side, const DiffSources& sources, ManifestFiles& files,
                             const Surroundings& surroundings) {
  SideObjects read;
  switch (side.kind) {
    case DiffSide::Kind::kArtifact: {
      SEALIFT_ASSIGN(read.artifact, add_artifact(*side.reference, sources, files, surroundings));
      const auto& digest = read.artifact->descriptor.digest;
      read.description = side.reference->with_digest(digest).to_string();
      break;
    }
    case DiffSide::Kind::kCommit:
    case DiffSide::Kind::kWorktree: {
      SEALIFT_ASSIGN(read.description, add_commit(side, sources, files, surroundings));
      break;
    }
    case DiffSide::Kind::kCluster:
      break;
    case DiffSide::Kind::kFiles:
      SEALIFT_TRY(add_files(system_files(), side.location, files));
      read.description = side.location == "-" ? "standard input" : side.location;
      break;
  }
  return read;
}

}  // namespace

DiffSide parse_diff_side(const std::string& text) {
  using Kind = DiffSide::Kind;
  const auto behind = [&](std::string_view word) { return text.substr(word.size()); };
  if (is_reference(text)) return {Kind::kArtifact, text, parse_reference(text)};
  if (text == kCluster) return {Kind::kCluster, text, std::nullopt};
  if (text.starts_with(kCluster)) {
    throw CLI::ValidationError("\"" + text +
                               "\": the cluster is named by --kubeconfig and --context, and this "
                               "argument is \"live:\" alone");
  }
  if (text.starts_with(kCommit)) return {Kind::kCommit, behind(kCommit), std::nullopt};
  if (text.starts_with(kWorktree)) return {Kind::kWorktree, behind(kWorktree), std::nullopt};
  if (text.find("://") != std::string::npos) {
    throw CLI::ValidationError("\"" + text +
                               "\" is no address of an artifact, which begins with oci://");
  }
  return {Kind::kFiles, text, std::nullopt};
}

Result<SideObjects> read_side(const DiffSide& side, const DiffSources& sources,
                              objects::Placeholders placeholders,
                              const Surroundings& surroundings) {
  ManifestFiles files(placeholders);
  SEALIFT_ASSIGN_CONTEXT(auto read, read_any(side, sources, files, surroundings),
                         "reading " + side.location);
  read.objects = files.take();
  return read;
}

}  // namespace sealift::program
