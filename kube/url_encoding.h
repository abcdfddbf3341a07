#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::kube {

// Percent-encodes all but the unreserved characters and ":" (RFC 3986, section 2; a path segment
// may hold ":", and names of RBAC objects do).
std::string encode_segment(std::string_view text);

// "?a=b&c=d", or "" where there is nothing to ask.
std::string encode_query(const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace sealift::kube
