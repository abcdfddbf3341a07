#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sealift::objects {

// JSON pointers (RFC 6901): "/metadata/labels/app.kubernetes.io~1name".

// The pointer with one more token, which is escaped.
std::string extend_pointer(std::string_view pointer, std::string_view token);

// The tokens, without their escapes.
std::vector<std::string> split_pointer(std::string_view pointer);

}  // namespace sealift::objects
