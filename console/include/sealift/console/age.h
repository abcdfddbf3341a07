#pragma once

#include <sealift/base/clock.h>

#include <string>
#include <string_view>

namespace sealift::console {

// Time since a timestamp of the API (RFC 3339) in kubectl's words: "45s", "5m10s", "3h20m", "2d5h",
// "400d", "3y". "<unknown>" for what is none, "0s" for the future (clocks differ).
std::string age_of(std::string_view timestamp, Timestamp now);

}  // namespace sealift::console
