#pragma once

#include <sealift/base/result.h>
#include <sealift/keyless/environment.h>

#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::keyless {

// Asks for a time stamp over `bytes` (RFC 3161, section 3.4) and returns the TimeStampResp in DER,
// which has the form of a granted one; the rest is the verifier's work. kInvalidInput; otherwise as
// the answer says.
Result<std::string> request_timestamp(const std::string& url, std::string_view bytes,
                                      const Environment& environment, std::stop_token stop);

}  // namespace sealift::keyless
