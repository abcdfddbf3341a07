#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/image_path.h>
#include <sealift/oci/reference.h>
#include <sealift/oci/repository.h>

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::program {

struct NamedImage {
  oci::Reference name;  // in full, in its registry
  std::string user;     // who names it: "Deployment.apps shop/web"
};

struct ArtifactImages {
  std::vector<NamedImage> images;      // as often as they are named
  std::vector<bool> paths_that_found;  // for each of the paths
};

using FetchLayer = std::function<Result<>(const oci::Descriptor& layer, ByteSink& sink)>;

// What the objects in the content layer of an artifact name (objects::find_image_fields()).
// kInvalidInput where the artifact has no such layer, where it is unreadable or exceeds the limits
// of "sealift pull", and for a name that is none, with object and field; errors of `fetch`.
Result<ArtifactImages> images_of_artifact(const oci::StoredManifest& artifact,
                                          const FetchLayer& fetch,
                                          const std::vector<objects::ImagePath>& paths);

}  // namespace sealift::program
