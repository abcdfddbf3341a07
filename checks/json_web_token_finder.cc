#include <sealift/base/base64url.h>
#include <sealift/base/json.h>

#include "secret_finders.h"

namespace sealift::checks {
namespace {

// How base64url begins of what begins as every header does: {"
constexpr std::string_view kHeaderStart = "eyJ";
constexpr std::size_t kMaxHeaderBytes = 4096;
constexpr std::size_t kMinSignatureBytes = 16;

// RFC 7515, section 4.1.1: each header names its algorithm.
bool is_header(std::string_view encoded) {
  if (encoded.size() > kMaxHeaderBytes) return false;
  const auto bytes = base64url_decode(encoded);
  if (!bytes) return false;
  const auto header = parse_json(*bytes, "a header", {kMaxHeaderBytes, 8, 200});
  return header && !header->string_at({"alg"}).empty();
}

}  // namespace

void find_json_web_tokens(std::string_view text, std::vector<SecretPlace>& found) {
  std::size_t at = text.find(kHeaderStart);
  while (at != std::string_view::npos) {
    std::size_t end = at + run_length(text, at, is_base64url);
    const auto header = text.substr(at, end - at);
    std::size_t parts = 1;
    std::size_t last = header.size();
    while (parts < 3 && end < text.size() && text[end] == '.') {
      last = run_length(text, end + 1, is_base64url);
      end += 1 + last;
      ++parts;
    }
    if (parts == 3 && last >= kMinSignatureBytes && begins_word(text, at) && is_header(header)) {
      found.push_back({"a JSON Web Token", text.substr(at, end - at)});
    }
    at = text.find(kHeaderStart, end);
  }
}

}  // namespace sealift::checks
