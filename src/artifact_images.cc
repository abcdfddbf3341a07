#include "artifact_images.h"

#include <sealift/archive/tar_files.h>
#include <sealift/base/encoding.h>
#include <sealift/objects/image_fields.h>
#include <sealift/oci/content_layer.h>
#include <sealift/oci/image_name.h>
#include <sealift/oci/manifest.h>

#include <utility>

namespace sealift::program {
namespace {

Result<std::vector<archive::TarFile>> read_files(const oci::StoredManifest& artifact,
                                                 const FetchLayer& fetch) {
  const auto& type = artifact.descriptor.media_type;
  if (oci::is_index_type(type)) {
    return fail(ErrorCode::kInvalidInput,
                "it is an index of several manifests and not an artifact with objects");
  }
  SEALIFT_ASSIGN(const auto manifest, oci::parse_manifest(artifact.bytes, type));
  SEALIFT_ASSIGN(const auto layer, oci::content_layer(manifest));
  const archive::TarLimits limits;
  archive::TarFiles files(limits, archive::is_manifest_path);
  SEALIFT_TRY(
      oci::unpack_layer(layer, files, limits, [&](ByteSink& sink) { return fetch(layer, sink); }));
  auto found = files.take();
  if (!found.empty()) return found;
  return fail(ErrorCode::kInvalidInput,
              "its layer has no file that ends with .yaml, .yml or .json, so it is no artifact "
              "with objects");
}

Result<NamedImage> parse_image(const objects::ImageField& field, const std::string& file) {
  auto name = oci::parse_image_name(field.image);
  if (name) return NamedImage{*std::move(name), field.object};
  const bool is_variable = field.image.find("${") != std::string::npos;
  return fail(std::move(name).error().with_context(
      file + ": " + field.object + ", field " + printable(field.field, 600) +
      (is_variable ? ", holds a variable, which only the cluster replaces; write the image out"
                   : "")));
}

}  // namespace

Result<ArtifactImages> images_of_artifact(const oci::StoredManifest& artifact,
                                          const FetchLayer& fetch,
                                          const std::vector<objects::ImagePath>& paths) {
  SEALIFT_ASSIGN(const auto files, read_files(artifact, fetch));
  ArtifactImages found;
  found.paths_that_found.resize(paths.size());
  for (const auto& file : files) {
    SEALIFT_ASSIGN(const auto fields, objects::find_image_fields(file.bytes, file.path, paths));
    for (const auto& field : fields.fields) {
      SEALIFT_ASSIGN(auto image, parse_image(field, file.path));
      found.images.push_back(std::move(image));
    }
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (fields.paths_that_found[i]) found.paths_that_found[i] = true;
    }
  }
  return found;
}

}  // namespace sealift::program
