#pragma once

#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::keyless {

// Tokens, codes and what proves them pass only where nobody reads along: over https, or without it
// to this machine itself. kInvalidInput naming `what` and the address.
Result<> check_private_address(std::string_view what, const std::string& url);

}  // namespace sealift::keyless
