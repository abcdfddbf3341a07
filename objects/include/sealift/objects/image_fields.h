#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/objects/image_path.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::objects {

// A field that says which image is to run.
struct ImageField {
  std::string image;   // as it is written there, whatever that is
  std::string object;  // "Deployment.apps shop/web"
  std::string field;   // JSON pointer (RFC 6901) from the document's top
};

struct ImageFields {
  std::vector<ImageField> fields;      // in the order of documents
  std::vector<bool> paths_that_found;  // for each of the paths, whether it led to an image
};

// What the documents of one file (parse_yaml()) would have a cluster pull: in every object, and in
// every item of a list, each `image` of `containers`, `initContainers` and `ephemeralContainers`,
// in pod templates wherever they are; beside those, the `image.reference` of `volumes` (core/v1
// ImageVolumeSource); and what the paths say. Fields that are missing or empty name none: somebody
// else fills them.
//
// kInvalidInput: what parse_yaml() refuses, and a path that leads to something that is no text.
Result<ImageFields> find_image_fields(std::string_view bytes, std::string_view file,
                                      const std::vector<ImagePath>& paths);

// The same of one object that is at hand, and what is no text names no image.
std::vector<ImageField> find_image_fields(const Json& object);

}  // namespace sealift::objects
