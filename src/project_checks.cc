#include "project_checks.h"

#include <sealift/base/file_system.h>
#include <sealift/checks/check.h>
#include <sealift/checks/report.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "byte_units.h"
#include "schema_store.h"

namespace sealift::program {
namespace {

constexpr std::size_t kMaxTold = 20;
constexpr std::uint64_t kMaxDefinitionBytes = 16u << 20;

std::string in_repository(const std::string& prefix, const std::string& path,
                          const std::string& file) {
  std::string whole = prefix;
  for (const auto& part : {path, file}) {
    if (!part.empty()) whole = whole.empty() ? part : join_path(whole, part);
  }
  return whole;
}

// The files of the commit at or below these places.
Result<std::vector<checks::ManifestFile>> read_definitions(builder::Snapshot& snapshot,
                                                           const std::vector<std::string>& places) {
  std::vector<checks::ManifestFile> found;
  for (const auto& place : places) {
    if (builder::is_manifest_file(place)) {
      SEALIFT_ASSIGN(auto bytes, snapshot.read_file(place, kMaxDefinitionBytes));
      found.push_back(checks::ManifestFile::parse(place, std::move(bytes)));
      continue;
    }
    SEALIFT_ASSIGN(const auto tree, snapshot.tree(place, {}));
    for (const auto& file : tree->files()) {
      if (!builder::is_manifest_file(file.path)) continue;
      SEALIFT_ASSIGN(auto bytes, tree->read(file));
      found.push_back(checks::ManifestFile::parse(join_path(place, file.path), std::move(bytes)));
    }
  }
  return found;
}

Result<SchemaStore> open_schemas(builder::SnapshotPool& snapshots, const std::string& directory) {
  std::vector<std::string> names;
  SEALIFT_TRY(snapshots.use([&](builder::Snapshot& snapshot) -> Result<> {
    SEALIFT_ASSIGN(const auto tree, snapshot.tree(directory, {}));
    for (const auto& file : tree->files()) names.push_back(file.path);
    return {};
  }));
  return SchemaStore::of_documents(
      directory, names, [&snapshots, directory](const std::string& name) -> Result<std::string> {
        std::string bytes;
        SEALIFT_TRY(snapshots.use([&](builder::Snapshot& snapshot) -> Result<> {
          SEALIFT_ASSIGN(bytes, snapshot.read_file(join_path(directory, name),
                                                   checks::kMaxSchemaDocumentBytes));
          return {};
        }));
        return bytes;
      });
}

}  // namespace

ProjectChecks::ProjectChecks(builder::SnapshotPool& snapshots) : snapshots_(snapshots) {}
ProjectChecks::~ProjectChecks() = default;

Result<SchemaStore*> ProjectChecks::store_of(const project::PlannedChecks& rules) {
  const std::lock_guard lock(mutex_);
  auto& store = stores_[{rules.schemas, rules.definitions}];
  if (store != nullptr) return store.get();
  if (rules.schemas.empty()) {
    store = std::make_unique<SchemaStore>();
  } else {
    SEALIFT_ASSIGN_CONTEXT(auto schemas, open_schemas(snapshots_, rules.schemas), "checks.schemas");
    store = std::make_unique<SchemaStore>(std::move(schemas));
  }
  std::vector<checks::ManifestFile> definitions;
  auto read = snapshots_.use([&](builder::Snapshot& snapshot) -> Result<> {
    SEALIFT_ASSIGN(definitions, read_definitions(snapshot, rules.definitions));
    return {};
  });
  if (!read) {
    store.reset();
    return fail(std::move(read).error().with_context("checks.definitions"));
  }
  for (const auto& file : definitions) store->add_definitions(file);
  return store.get();
}

Result<std::vector<checks::Finding>> ProjectChecks::find(
    const project::PlannedArtifact& planned, const std::vector<checks::ManifestFile>& files) {
  SEALIFT_ASSIGN(auto* store, store_of(planned.checks));
  SEALIFT_ASSIGN(auto schemas, store->schemas_for(files));
  return checks::check(files, planned.checks.options, std::move(schemas));
}

Result<std::vector<checks::ManifestFile>> ProjectChecks::manifests_of(
    const project::PlannedArtifact& planned, const std::string& prefix,
    const builder::RenderedObjects& rendered) {
  std::vector<checks::ManifestFile> manifests;
  for (const auto& file : rendered.files) {
    if (!builder::is_manifest_file(file.path)) continue;
    SEALIFT_ASSIGN(auto bytes, file.read());
    manifests.push_back(checks::ManifestFile::parse(
        rendered.renderer.empty() ? in_repository(prefix, planned.path, file.path)
                                  : join_path(planned.name, file.path),
        std::move(bytes)));
  }
  return manifests;
}

Result<> ProjectChecks::judge(const project::PlannedArtifact& planned,
                              const builder::RenderedObjects& rendered) {
  SEALIFT_ASSIGN(const auto manifests, manifests_of(planned, "", rendered));
  SEALIFT_ASSIGN(auto findings, find(planned, manifests));
  std::string errors;
  std::size_t count = 0;
  for (const auto& finding : findings) {
    if (finding.severity != checks::Severity::kError) continue;
    if (++count <= kMaxTold) errors += "\n  " + checks::one_line(finding);
  }
  if (count > 0) {
    if (count > kMaxTold) errors += "\n  …and " + std::to_string(count - kMaxTold) + " more";
    return fail(ErrorCode::kInvalidInput, counted(count, "check") +
                                              " failed; mend it, or set another severity in "
                                              "checks.severities of the project:" +
                                              errors);
  }
  const std::lock_guard lock(mutex_);
  for (auto& finding : findings) {
    if (finding.severity == checks::Severity::kWarning) warnings_.push_back(std::move(finding));
  }
  return {};
}

void ProjectChecks::tell_warnings(const Output& output) const {
  std::vector<std::string> lines;
  {
    const std::lock_guard lock(mutex_);
    auto sorted = warnings_;
    std::ranges::sort(sorted, {}, [](const checks::Finding& finding) {
      return std::tie(finding.file, finding.position.line, finding.position.column, finding.rule);
    });
    for (const auto& finding : sorted) lines.push_back(checks::one_line(finding));
  }
  // Two artifacts may have a file in common.
  const auto rest = std::ranges::unique(lines);
  lines.erase(rest.begin(), rest.end());
  for (std::size_t i = 0; i < std::min(lines.size(), kMaxTold); ++i) output.warning(lines[i]);
  if (lines.size() > kMaxTold) {
    output.warning("…and " + std::to_string(lines.size() - kMaxTold) +
                   " more; sealift check shows all of them");
  }
}

}  // namespace sealift::program
