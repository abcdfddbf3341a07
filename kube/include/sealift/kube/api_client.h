#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/base/json.h>
#include <sealift/base/random.h>
#include <sealift/base/result.h>
#include <sealift/kube/kube_config.h>

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::kube {

// What a program lends to its clients; all must outlive them.
struct ClientEnvironment {
  HttpTransport& transport;
  FileSystem& files;
  Clock& clock;
  Random& random;
};

// HTTP to one API server as one identity. Turns Status answers (metav1.Status) into errors: 401
// kUnauthenticated, 403 kForbidden, 404 kNotFound, 409 kConflict, 400/422 kInvalidInput with the
// causes, 410 kConflict, 429 and 5xx kUnavailable after retries that heed Retry-After. An admission
// denial reads as kForbidden or kInvalidInput with the webhook's or policy's own message (see
// status_error.h). A lost connection, or no answer within a minute, is kUnavailable after retries
// (see retry_policy.h); an answer over 64 MiB is kInvalidInput. Safe to use from many threads.
class ApiClient {
 public:
  ApiClient(ClusterAccess access, ClientEnvironment environment);

  // A client with the same connections that acts as a service account (Impersonate-User). Its
  // groups are left to the server, which knows them: naming them would need the permission to
  // impersonate groups as well.
  ApiClient as_service_account(std::string_view name_space, std::string_view name) const;

  using Query = std::vector<std::pair<std::string, std::string>>;

  // `path` begins with "/api", "/apis" or "/openapi"; names in it are already valid path segments.
  Result<Json> get(std::string_view path, const Query& query, std::stop_token stop) const;
  Result<Json> get_as(std::string_view path, const Query& query, std::string_view accept,
                      std::stop_token stop) const;
  Result<Json> create(std::string_view path, const Query& query, const Json& body,
                      std::stop_token stop) const;
  // Content-Type: application/apply-patch+yaml, application/merge-patch+json, …
  Result<Json> patch(std::string_view path, const Query& query, std::string_view content_type,
                     const Json& body, std::stop_token stop) const;
  // kNotFound is an error here too: callers decide. `body` are DeleteOptions.
  Result<Json> remove(std::string_view path, const Json& options, std::stop_token stop) const;

  struct LineCallbacks {
    std::function<void()> on_accepted;  // the server has begun to answer; may be empty
    std::function<Result<>(Json)> on_line;
  };
  // A watch: calls `on_line` with each JSON line until the server ends it (success), the callback
  // fails (its error), or stop is requested (kCancelled). Not retried: a broken or silent
  // connection is kUnavailable. A line over 8 MiB is kInvalidInput.
  Result<> stream_lines(std::string_view path, const Query& query, std::string_view accept,
                        const LineCallbacks& callbacks, std::stop_token stop) const;

  const ClusterAccess& access() const;
  const ClientEnvironment& environment() const;

 private:
  struct Impl;
  explicit ApiClient(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace sealift::kube
