#include <algorithm>

#include "secret_finders.h"

namespace sealift::checks {
namespace {

constexpr std::string_view kSeparator = "://";
constexpr std::size_t kMaxSchemeBytes = 16;
constexpr std::size_t kMaxAuthorityBytes = 1024;

bool is_scheme(char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; }

// RFC 3986, section 3.2: an authority ends before these; a quote or blank ends the URL in a text.
bool is_authority(char c) {
  return static_cast<unsigned char>(c) > ' ' &&
         std::string_view("/?#\"'`\\,;|").find(c) == std::string_view::npos;
}

// "${PASSWORD}", "$(PASSWORD)", "{{ .password }}", "<password>", "%s", "****": somebody else fills
// it in.
bool is_placeholder(std::string_view password) {
  return password.find_first_of("${<%") == 0 ||
         password.find_first_not_of("*xX.") == std::string_view::npos;
}

std::size_t scheme_start(std::string_view text, std::size_t separator) {
  std::size_t start = separator;
  while (start > 0 && separator - start < kMaxSchemeBytes && is_scheme(text[start - 1])) --start;
  return start;
}

}  // namespace

void find_passwords_in_urls(std::string_view text, std::vector<SecretPlace>& found) {
  for (auto at = text.find(kSeparator); at != std::string_view::npos;
       at = text.find(kSeparator, at + kSeparator.size())) {
    const auto begin = at + kSeparator.size();
    const auto rest = text.substr(begin, kMaxAuthorityBytes);
    const auto authority = rest.substr(0, run_length(rest, 0, is_authority));
    const auto sign = authority.rfind('@');
    if (sign == std::string_view::npos) continue;
    const auto user = authority.substr(0, sign);
    const auto colon = user.find(':');
    if (colon == std::string_view::npos) continue;
    const auto password = user.substr(colon + 1);
    const auto start = scheme_start(text, at);
    if (start == at || password.empty() || is_placeholder(password)) continue;
    found.push_back({"a password in a URL", text.substr(start, begin + sign - start)});
  }
}

}  // namespace sealift::checks
