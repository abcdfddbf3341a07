#pragma once

#include <sealift/base/clock.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sealift {

// A date as HTTP headers carry it, in any of the three forms that RFC 9110, section 5.6.7 tells a
// recipient to accept. Nullopt otherwise. `now` settles the century of a two-digit year.
std::optional<Timestamp> parse_http_date(std::string_view text, Timestamp now);

// "Sun, 06 Nov 1994 08:49:37 GMT", the form to send.
std::string format_http_date(Timestamp time);

// Retry-After: seconds, or a date (RFC 9110, section 10.2.3). Never negative.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, Timestamp now);

}  // namespace sealift
