#pragma once

#include <sealift/checks/check_options.h>
#include <sealift/checks/finding.h>
#include <sealift/checks/manifest_file.h>
#include <sealift/checks/schema_set.h>

#include <vector>

namespace sealift::checks {

// More findings of one rule about one object help nobody.
inline constexpr std::size_t kMaxFindingsPerRule = 100;

// Holds every object against every rule that is on, the objects of all files together; what the
// CustomResourceDefinitions among them say is added to the schemas. A pure function. Sorted by
// file, line, column and rule.
std::vector<Finding> check(const std::vector<ManifestFile>& files, const CheckOptions& options,
                           SchemaSet schemas = {});

}  // namespace sealift::checks
