#pragma once

#include <string>
#include <string_view>

namespace sealift::signing {

// A repository's name, or a pattern for such names, without the ports 443 and 80 of its registry:
// with any of both and with none it is the same to a policy.
std::string without_default_port(std::string_view name);

// The "oci-layout:" or "oci-archive:" with which a name or pattern begins that is a path on a disk;
// empty for one in a registry.
std::string_view path_scheme(std::string_view name);

}  // namespace sealift::signing
