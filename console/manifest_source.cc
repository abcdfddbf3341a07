#include <sealift/console/manifest_source.h>
#include <sealift/oci/content_layer.h>
#include <sealift/oci/manifest.h>

#include <utility>

namespace sealift::console {
namespace {

bool is_below(std::string_view path, std::string_view folder) {
  return folder.empty() ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

bool is_manifest_of(const objects::Object& manifest, const delivery::Delivery& delivery,
                    const objects::ObjectId& object) {
  const auto& gvk = manifest.gvk();
  if (gvk.group != object.group || gvk.kind != object.kind || manifest.name() != object.name) {
    return false;
  }
  return manifest.name_space() == object.name_space || manifest.name_space().empty() ||
         !delivery.target_namespace.empty();
}

}  // namespace

Result<std::string> find_manifest(const std::vector<archive::TarFile>& files,
                                  const delivery::Delivery& delivery,
                                  const objects::ObjectId& object) {
  std::size_t unread = 0;
  for (const auto& file : files) {
    const auto manifests = objects::parse_objects(file.bytes, file.path);
    // Names may hold variables, which only the puller can replace.
    if (!manifests) ++unread;
    if (!manifests) continue;
    for (const auto& manifest : *manifests) {
      if (is_manifest_of(manifest, delivery, object)) return manifest.source();
    }
  }
  return fail(
      ErrorCode::kNotFound,
      "no file of the artifact has a manifest of " + object.to_string() +
          (unread == 0 ? ""
                       : "; " + std::to_string(unread) + (unread == 1 ? " file" : " files") +
                             " could not be read before the variables are replaced"));
}

Result<std::string> find_manifest(oci::Repository& repository, const Digest& digest,
                                  const delivery::Delivery& delivery,
                                  const objects::ObjectId& object, std::stop_token stop) {
  SEALIFT_ASSIGN(const auto stored, repository.fetch_manifest(digest.to_string(), stop));
  SEALIFT_ASSIGN(const auto manifest,
                 oci::parse_manifest(stored.bytes, stored.descriptor.media_type));
  SEALIFT_ASSIGN(const auto layer, oci::content_layer(manifest));
  const archive::TarLimits limits;
  archive::TarFiles files(limits, [&](std::string_view path) {
    return archive::is_manifest_path(path) && is_below(path, delivery.path);
  });
  SEALIFT_TRY(oci::unpack_layer(layer, files, limits, [&](ByteSink& sink) {
    return repository.fetch_blob(layer, sink, stop);
  }));
  return find_manifest(files.take(), delivery, object);
}

}  // namespace sealift::console
