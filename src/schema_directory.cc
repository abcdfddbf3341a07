#include "schema_directory.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <set>
#include <utility>

namespace sealift::program {

bool is_schema_file(std::string_view name) {
  return name.ends_with("_openapi.json") &&
         (name.starts_with("api__") || name.starts_with("apis__"));
}

Result<checks::SchemaSet> load_schemas(const std::string& directory,
                                       const std::vector<checks::ManifestFile>& manifests,
                                       FileSystem& files) {
  checks::SchemaSet schemas;
  if (directory.empty()) return schemas;
  // With "/." behind it, a link to a directory counts as well.
  SEALIFT_ASSIGN_CONTEXT(const auto entries, files.list(join_path(directory, ".")),
                         "reading the schemas");
  std::set<std::string> there;
  for (const auto& entry : entries) {
    if (is_schema_file(entry.name)) there.insert(entry.name);
  }
  if (there.empty()) {
    return fail(ErrorCode::kInvalidInput, printable(directory, 400) +
                                              " holds no schemas; \"sealift schemas fetch\" stores "
                                              "those of a cluster");
  }
  schemas.expect_all();
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& manifest : manifests) {
    for (const auto& object : manifest.objects()) {
      const auto& gvk = object.object.gvk();
      if (!seen.emplace(gvk.group, gvk.version).second) continue;
      const auto name = checks::schema_file_name(gvk.group, gvk.version);
      if (!name || !there.contains(*name)) continue;
      const auto path = join_path(directory, *name);
      SEALIFT_ASSIGN(const auto bytes, read_file(files, path, checks::kMaxSchemaDocumentBytes));
      SEALIFT_TRY(schemas.add_openapi(gvk.group, gvk.version, bytes, path));
    }
  }
  return schemas;
}

}  // namespace sealift::program
