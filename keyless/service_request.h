#pragma once

#include <sealift/base/http.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/keyless/environment.h>

#include <initializer_list>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::keyless {

inline constexpr std::uint64_t kMaxAnswerBytes = 1u << 20;

// Sends a request to a service and tries again, twice with growing waits, where it is away or
// overloaded. Answers with another status than `expected` are errors with what the service said:
// kUnauthenticated (401), kForbidden (403), kNotFound (404), kConflict (409), kUnavailable (408,
// 429, 5xx), otherwise kInvalidInput. `what` names the service in messages.
Result<HttpAnswer> ask_service(HttpRequest request, const std::string& what,
                               std::initializer_list<int> expected, const Environment& environment,
                               std::stop_token stop);

// POST of a JSON document.
HttpRequest post_json(std::string url, const Json& document);

// "BASE/path", whether or not the base ends with a slash.
std::string below(const std::string& base, std::string_view path);

// The JSON of an answer. kInvalidInput.
Result<Json> parse_answer(const HttpAnswer& answer, const std::string& what);

}  // namespace sealift::keyless
