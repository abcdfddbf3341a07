#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/render.h>
#include <sealift/builder/snapshot_pool.h>
#include <sealift/checks/finding.h>
#include <sealift/checks/manifest_file.h>
#include <sealift/checks/schema_set.h>
#include <sealift/project/plan.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "output.h"

namespace sealift::program {

class SchemaStore;

// Holds what the artifacts of a project deliver against the rules of their entries, from several
// threads; schemas and definitions of the commit are read once.
class ProjectChecks {
 public:
  explicit ProjectChecks(builder::SnapshotPool& snapshots);
  ~ProjectChecks();

  // As checks::check(). Files are named as the repository names them, and what a program rendered
  // is called ARTIFACT/manifests.yaml. kNotFound for schemas or definitions that the commit does
  // not have.
  Result<std::vector<checks::Finding>> find(const project::PlannedArtifact& planned,
                                            const std::vector<checks::ManifestFile>& files);

  // The manifests of what was rendered.
  static Result<std::vector<checks::ManifestFile>> manifests_of(
      const project::PlannedArtifact& planned, const std::string& prefix,
      const builder::RenderedObjects& rendered);

  // The judge of a build: kInvalidInput with all findings that are errors; the warnings are kept.
  Result<> judge(const project::PlannedArtifact& planned, const builder::RenderedObjects& rendered);
  // Those, each once, in an order that does not depend on threads.
  void tell_warnings(const Output& output) const;

 private:
  Result<SchemaStore*> store_of(const project::PlannedChecks& rules);

  builder::SnapshotPool& snapshots_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::vector<std::string>>, std::unique_ptr<SchemaStore>> stores_;
  std::vector<checks::Finding> warnings_;
};

}  // namespace sealift::program
