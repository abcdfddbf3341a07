#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/oci/reference.h>

#include <functional>
#include <map>
#include <stop_token>
#include <string>

namespace sealift::oci {

// Whole names of images ("docker.io/library/nginx:1.27", see image_name.h) and their manifests. In
// index.json each is an entry with the annotations org.opencontainers.image.ref.name and
// io.containerd.image.name (containerd, core/images/annotations.go). They are no tags: nothing that
// lists or copies tags sees them.
using ImageNames = std::map<std::string, Digest, std::less<>>;

// Those of a layout in a directory or an archive. kNotFound where there is none, kInvalidInput,
// kIo.
Result<ImageNames> layout_image_names(const Reference& layout, FileSystem& files);

// Gives manifests that are in the layout's index.json these names; whatever had one loses it.
// kNotFound for a manifest that is not listed; kUnavailable where others hold the layout for 30 s;
// kInvalidInput at the limit of entries; kCancelled, kIo.
Result<> name_layout_images(const std::string& directory, const ImageNames& names,
                            FileSystem& files, Clock& clock, std::stop_token stop);

}  // namespace sealift::oci
