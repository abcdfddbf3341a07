#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/checks/manifest_file.h>
#include <sealift/checks/schema_set.h>

#include <string>
#include <vector>

namespace sealift::program {

// The OpenAPI documents of a directory that the objects of these files need; nothing where
// `directory` is empty. kNotFound where there is no such directory, kInvalidInput where it holds
// none of them, and for a document that is broken.
Result<checks::SchemaSet> load_schemas(const std::string& directory,
                                       const std::vector<checks::ManifestFile>& manifests,
                                       FileSystem& files);

// True for a name that checks::schema_file_name() could give.
bool is_schema_file(std::string_view name);

}  // namespace sealift::program
