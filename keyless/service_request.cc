#include "service_request.h"

#include <sealift/base/backoff.h>
#include <sealift/base/encoding.h>

#include <algorithm>
#include <utility>

namespace sealift::keyless {
namespace {

constexpr std::uint32_t kAttempts = 3;
constexpr Backoff kBackoff{std::chrono::milliseconds(500), std::chrono::milliseconds(4000)};
constexpr JsonLimits kAnswerLimits{
    .max_bytes = kMaxAnswerBytes, .max_depth = 16, .max_values = 4096};

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
      return ErrorCode::kUnauthenticated;
    case 403:
      return ErrorCode::kForbidden;
    case 404:
      return ErrorCode::kNotFound;
    case 408:
    case 429:
      return ErrorCode::kUnavailable;
    case 409:
      return ErrorCode::kConflict;
    default:
      return status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInvalidInput;
  }
}

// What the service says about it: Sigstore's servers answer {"code":…,"message":…}.
std::string reason_in(const std::string& body) {
  const auto json = parse_json(body, "the answer", kAnswerLimits);
  if (json) {
    const auto message = json->string_at({"message"});
    if (!message.empty()) return printable(message, 400);
  }
  return printable(body);
}

Error refused(const HttpAnswer& answer, const std::string& what) {
  const auto reason = reason_in(answer.body);
  std::string message = what + " answered with status " + std::to_string(answer.head.status);
  if (!reason.empty()) message += ": " + reason;
  return Error(code_of(answer.head.status), std::move(message));
}

}  // namespace

Result<HttpAnswer> ask_service(HttpRequest request, const std::string& what,
                               std::initializer_list<int> expected, const Environment& environment,
                               std::stop_token stop) {
  request.max_body_bytes = kMaxAnswerBytes;
  for (std::uint32_t failures = 1;; ++failures) {
    auto answer = send_for_bytes(environment.transport, request, stop);
    if (answer &&
        std::find(expected.begin(), expected.end(), answer->head.status) != expected.end()) {
      return answer;
    }
    Error error = answer ? refused(*answer, what) : answer.error();
    if (error.code() != ErrorCode::kUnavailable || failures == kAttempts || stop.stop_requested()) {
      return fail(answer ? std::move(error) : std::move(error).with_context("asking " + what));
    }
    environment.clock.sleep_until(environment.clock.steady_now() +
                                      kBackoff.delay(failures, random_fraction(environment.random)),
                                  stop);
  }
}

HttpRequest post_json(std::string url, const Json& document) {
  HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Accept", "application/json");
  request.body = Blob::from_string(dump_json(document));
  return request;
}

std::string below(const std::string& base, std::string_view path) {
  std::string_view start = base;
  while (start.ends_with('/')) start.remove_suffix(1);
  return std::string(start) + std::string(path);
}

Result<Json> parse_answer(const HttpAnswer& answer, const std::string& what) {
  return parse_json(answer.body, "the answer of " + what, kAnswerLimits);
}

}  // namespace sealift::keyless
