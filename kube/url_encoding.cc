#include "url_encoding.h"

#include <sealift/base/percent_encoding.h>

namespace sealift::kube {

std::string encode_segment(std::string_view text) { return percent_encode(text, ":"); }

std::string encode_query(const std::vector<std::pair<std::string, std::string>>& query) {
  std::string out;
  for (const auto& [name, value] : query) {
    out += out.empty() ? '?' : '&';
    out += percent_encode(name) + "=" + percent_encode(value);
  }
  return out;
}

}  // namespace sealift::kube
