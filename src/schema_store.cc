#include "schema_store.h"

#include <sealift/base/encoding.h>

namespace sealift::program {

bool is_schema_file(std::string_view name) {
  return name.ends_with("_openapi.json") &&
         (name.starts_with("api__") || name.starts_with("apis__"));
}

SchemaStore::SchemaStore(SchemaStore&& other) noexcept
    : place_(std::move(other.place_)),
      there_(std::move(other.there_)),
      read_(std::move(other.read_)),
      schemas_(std::move(other.schemas_)),
      seen_(std::move(other.seen_)) {}

Result<SchemaStore> SchemaStore::of_documents(const std::string& place,
                                              const std::vector<std::string>& names, Read read) {
  SchemaStore store;
  store.place_ = place;
  store.read_ = std::move(read);
  for (const auto& name : names) {
    if (is_schema_file(name)) store.there_.insert(name);
  }
  if (store.there_.empty()) {
    return fail(ErrorCode::kInvalidInput, printable(place, 400) +
                                              " holds no schemas; \"sealift schemas fetch\" stores "
                                              "those of a cluster");
  }
  store.schemas_.expect_all();
  return store;
}

Result<SchemaStore> SchemaStore::of_directory(const std::string& directory, FileSystem& files) {
  // With "/." behind it, a link to a directory counts as well.
  SEALIFT_ASSIGN_CONTEXT(const auto entries, files.list(join_path(directory, ".")),
                         "reading the schemas");
  std::vector<std::string> names;
  for (const auto& entry : entries) names.push_back(entry.name);
  return of_documents(directory, names, [&files, directory](const std::string& name) {
    return read_file(files, join_path(directory, name), checks::kMaxSchemaDocumentBytes);
  });
}

void SchemaStore::add_definitions(const checks::ManifestFile& manifests) {
  const std::lock_guard lock(mutex_);
  for (const auto& found : manifests.objects()) schemas_.add_definition(found.object);
}

Result<> SchemaStore::add_document(const std::string& group, const std::string& version) {
  if (!seen_.emplace(group, version).second) return {};
  const auto name = checks::schema_file_name(group, version);
  if (!name || !there_.contains(*name)) return {};
  SEALIFT_ASSIGN(const auto bytes, read_(*name));
  return schemas_.add_openapi(group, version, bytes, join_path(place_, *name));
}

Result<checks::SchemaSet> SchemaStore::schemas_for(
    const std::vector<checks::ManifestFile>& manifests) {
  const std::lock_guard lock(mutex_);
  for (const auto& manifest : manifests) {
    for (const auto& found : manifest.objects()) {
      const auto& gvk = found.object.gvk();
      SEALIFT_TRY(add_document(gvk.group, gvk.version));
    }
  }
  return schemas_;
}

}  // namespace sealift::program
