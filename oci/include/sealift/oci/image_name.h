#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/reference.h>

#include <string>
#include <string_view>

namespace sealift::oci {

// The name of a container image as pods write it, in full, by the rules of docker that kubelets
// follow (github.com/distribution/reference, normalize.go): "nginx" is
// docker.io/library/nginx:latest, "acme/shop" is docker.io/acme/shop:latest, and what stands before
// the first slash is a registry where it has a dot, a colon or an upper-case letter, or is
// "localhost". With a digest there need be no tag.
// kInvalidInput that begins with the quoted name.
Result<Reference> parse_image_name(std::string_view name);

// What a container runtime asks for: "docker.io/library/nginx:1.27", or with a digest
// "docker.io/library/nginx@sha256:…", where a tag is a remark. `image` is in a registry.
std::string image_name(const Reference& image);

// Where the image goes below a repository: below oci://inside/mirror, docker.io/library/nginx:1.27
// becomes oci://inside/mirror/docker.io/library/nginx:1.27. A port's colon becomes "_", which
// paths may have. kInvalidInput where that is no address: longer than 255 bytes, or from a registry
// without a host name (IPv6).
Result<Reference> image_below(const Reference& image, const Reference& place);

}  // namespace sealift::oci
