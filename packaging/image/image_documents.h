#pragma once

#include <sealift/base/clock.h>
#include <sealift/oci/descriptor.h>

#include <string>
#include <utility>
#include <vector>

#include "root_layer.h"

namespace sealift::image {

// What an image says of itself, for every platform alike.
struct ImageDescription {
  Timestamp created{};
  std::string user;                                         // "65532:65532"
  std::string entrypoint;                                   // an absolute path
  std::vector<std::pair<std::string, std::string>> labels;  // annotations of the index as well
};

// The documents of OCI image-spec 1.1 as bytes, each a function of its arguments alone.
// config.md; `architecture` in Go's spelling: "amd64", "arm64".
std::string image_config(const ImageDescription& description, const std::string& architecture,
                         const RootLayer& layer);
// manifest.md
std::string image_manifest(const oci::Descriptor& config, const oci::Descriptor& layer);
// A manifest that carries one document about `subject`: its bill of materials.
std::string attached_manifest(const oci::Descriptor& document, const oci::Descriptor& subject);
// image-index.md; one manifest for each architecture.
std::string image_index(const ImageDescription& description,
                        const std::vector<std::pair<std::string, oci::Descriptor>>& manifests);

oci::Descriptor describe(std::string_view media_type, std::string_view bytes);

}  // namespace sealift::image
