#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sealift {

// What a caller may decide by. Everything else about a failure is prose for people.
enum class ErrorCode {
  kNotFound,         // the thing named does not exist
  kUnauthenticated,  // no credentials, or they were refused
  kForbidden,        // the credentials are known and lack the permission
  kUnavailable,      // a server, a network or a resource is away: may be tried again
  kUntrusted,        // a policy, a signature or a digest said no: never tried again
  kInvalidInput,     // bytes or arguments break a rule or a limit
  kConflict,         // somebody else owns or changed it
  kCancelled,        // the caller asked to stop, or a deadline passed
  kIo,               // the local machine failed: disk full, permission, broken file
};

// "not_found", "untrusted", … as they appear in JSON output and logs.
std::string_view to_string(ErrorCode code);

// A handled failure. The message is one sentence that says what happened, to which thing, why, and
// what to do next; callers on the way up add context in front.
class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

  // How long the server asked to wait (HTTP Retry-After), where it said so.
  std::optional<std::chrono::seconds> retry_after() const { return retry_after_; }

  // "push shop:v1: <message>". Returns *this with the context in front.
  Error with_context(std::string_view context) &&;
  Error with_retry_after(std::chrono::seconds wait) &&;

 private:
  ErrorCode code_;
  std::string message_;
  std::optional<std::chrono::seconds> retry_after_;
};

}  // namespace sealift
