#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/result.h>
#include <sealift/oci/layout_images.h>
#include <sealift/oci/reference.h>
#include <sealift/oci/repository.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.h"
#include "copy_sources.h"

namespace sealift::program {

// An image that is to be copied, once however many objects name it.
struct WantedImage {
  oci::Reference name;
  std::string user;              // one of those who name it: "Deployment.apps shop/web"
  std::optional<Digest> digest;  // what the name means now; found before anything is copied
};

// Images of one repository, and where they are to be had.
struct ImageSource {
  oci::Reference repository;  // theirs: "oci://docker.io/library/nginx"
  // That repository, or the layout or archive of the artifact that names them.
  oci::Reference origin;
  oci::Repository* from = nullptr;
  std::unique_ptr<oci::Repository> owned = nullptr;        // `from` where it is a registry
  std::shared_ptr<const oci::ImageNames> names = nullptr;  // of a layout or archive
  std::vector<WantedImage> images = {};                    // sorted by their names
};

// The flags for a host: those given where it is one of `hosts`. Any other gets neither login nor
// plain http nor mirrors, but stored logins of its own (--registry-config) and the CA to trust.
const RegistryFlags& flags_at(const std::string& host, const std::vector<std::string>& hosts,
                              const RegistryFlags& given, const RegistryFlags& others);
RegistryFlags flags_for_others(const RegistryFlags& given);

// The images that the artifacts' objects name; none without --include-images. An artifact in a
// layout or archive has its images there too, and no registry is asked for them. From here on the
// artifacts that were read are meant, whatever becomes of their tags. `destination` may have the
// content that an archive leaves out; null where it has none. The artifacts must outlive the
// images.
//
// kNotFound with the names of all images that are not there; errors of images_of_artifact();
// kInvalidInput for more than 10,000 images; kConflict where two sources have two images of one
// name.
Result<std::vector<ImageSource>> find_image_sources(std::vector<CopySource>& artifacts,
                                                    oci::Repository* destination,
                                                    const CopyFlags& flags,
                                                    const Surroundings& surroundings);

}  // namespace sealift::program
