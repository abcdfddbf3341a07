#pragma once

#include <sealift/base/result.h>

#include <cstddef>
#include <memory>
#include <string>

#include "command.h"
#include "project_flags.h"
#include "registry_flags.h"
#include "signing_flags.h"
#include "source_flags.h"

namespace sealift::program {

// What "sealift push" without a reference was asked for.
struct ProjectPush {
  std::shared_ptr<SourceFlags> source;
  std::shared_ptr<ProjectFlags> project;
  std::shared_ptr<RegistryFlags> registry;
  std::shared_ptr<SigningFlags> signing;
  bool force = false;      // move tags that name one version
  bool republish = false;  // also what is delivered already
  bool without_provenance = false;
  std::string builder_id;  // empty: what the CI system says
  std::size_t concurrency = 6;
};

// Builds the artifacts of the project, all of them or none, and publishes and signs each at its
// destination. What is there already, signed by each key, stays as it is: a cluster then has
// nothing to do. kConflict where a tag that names one version exists with another content.
Result<> push_project(const ProjectPush& push, const Surroundings& surroundings);

}  // namespace sealift::program
