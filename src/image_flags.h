#pragma once

#include <sealift/objects/image_path.h>
#include <sealift/oci/reference.h>

#include <memory>
#include <optional>
#include <vector>

namespace CLI {
class App;
}

namespace sealift::program {

// Whether a copy takes along the images that the objects of artifacts name.
struct ImageFlags {
  bool include = false;
  std::vector<objects::ImagePath> paths;  // of custom resources
  std::optional<oci::Reference> place;    // in a registry: what they go below
};

// What is no path or no address is a usage error.
std::shared_ptr<ImageFlags> add_image_flags(CLI::App& command);

// Throws CLI::ValidationError where the flags do not fit the destination, or the source, which is
// read once where it is a stream.
void check_image_flags(const ImageFlags& flags, const oci::Reference& destination,
                       bool reads_stream);

}  // namespace sealift::program
