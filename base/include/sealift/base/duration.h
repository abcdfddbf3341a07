#pragma once

#include <sealift/base/result.h>

#include <chrono>
#include <string>
#include <string_view>

namespace sealift {

// Go's duration notation (package time, ParseDuration), as Kubernetes resources write it: "1h30m",
// "90s", "1.5s", "250ms", "0". What is finer than a millisecond is cut off. kInvalidInput
// otherwise, for a negative one, for one beyond 100 years, and for one that is not zero but below 1
// ms.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// "1h30m", "1m30s", "1.5s", "250ms", "0s"; parse_duration() reads it back unchanged. The duration
// must not be negative.
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace sealift
