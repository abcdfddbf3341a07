#include "private_address.h"

#include <sealift/base/encoding.h>
#include <sealift/base/http.h>

#include <algorithm>
#include <array>

namespace sealift::keyless {
namespace {

bool is_private(std::string_view url) {
  constexpr std::string_view kPlain = "http://";
  if (url.starts_with("https://")) return true;
  if (!url.starts_with(kPlain)) return false;
  constexpr auto kOwnHosts = std::to_array<std::string_view>({"localhost", "127.0.0.1", "[::1]"});
  const std::string_view rest = url.substr(kPlain.size());
  // RFC 3986, section 3.2. What stands before an "@" is a name, and the host comes behind it.
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#\\"));
  if (authority.find('@') != std::string_view::npos) return false;
  return std::any_of(kOwnHosts.begin(), kOwnHosts.end(), [&](std::string_view host) {
    return authority == host ||
           (authority.starts_with(host) && authority.substr(host.size()).starts_with(':'));
  });
}

}  // namespace

Result<> check_private_address(std::string_view what, const std::string& url) {
  if (is_private(url)) return {};
  return fail(ErrorCode::kInvalidInput, std::string(what) + " " + url_for_message(url) +
                                            " is not an https URL: tokens go over nothing else");
}

}  // namespace sealift::keyless
