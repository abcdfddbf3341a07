#include <sealift/base/backoff.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/line_splitter.h>
#include <sealift/kube/retry_policy.h>
#include <sealift/kube/status_error.h>

#include <cassert>
#include <limits>

#include "bearer_token.h"
#include "url_encoding.h"

namespace sealift::kube {
namespace {

// The API server gives up on a request of its own after 60 seconds.
constexpr std::chrono::seconds kDeadline{65};
constexpr std::uint64_t kMaxAnswerBytes = 64u << 20;
constexpr std::uint64_t kMaxErrorBytes = 1u << 20;
constexpr std::size_t kMaxLineBytes = 8u << 20;
// Bookmarks arrive each minute, the first one after up to two (seen on 1.36): whoever is silent for
// longer is not there any more.
constexpr std::chrono::seconds kWatchSilence{150};
// fieldsV1 nests deeper than the object that it describes.
constexpr JsonLimits kAnswerLimits{kMaxAnswerBytes, 256, 8u << 20};
constexpr JsonLimits kLineLimits{kMaxLineBytes, 256, 1u << 20};
constexpr std::string_view kJsonType = "application/json";

struct Call {
  std::string_view method;
  std::string_view path;
  const ApiClient::Query& query;
  std::string_view accept = kJsonType;
  std::string_view content_type = {};
  const Json* body = nullptr;
};

// Lines of a good answer go on; an error's body is kept.
class StreamSink : public HttpSink {
 public:
  StreamSink(const std::function<void()>& on_accepted,
             std::function<Result<>(std::string_view)> on_line)
      : on_accepted_(on_accepted),
        lines_(kMaxLineBytes, std::move(on_line)),
        error_body_("the error answer", kMaxErrorBytes) {}

  Result<> begin(const HttpResponse& head) override {
    is_stream_ = head.status == 200;
    if (is_stream_ && on_accepted_) on_accepted_();
    return {};
  }
  Result<> write(std::string_view bytes) override {
    return is_stream_ ? lines_.write(bytes) : error_body_.write(bytes);
  }
  bool was_cut() const { return lines_.has_rest(); }
  std::string take_error_body() { return error_body_.take(); }

 private:
  const std::function<void()>& on_accepted_;
  LineSplitter lines_;
  StringSink error_body_;
  bool is_stream_ = false;
};

// What clients of one API server share, whoever they act as.
struct Connection {
  ClusterAccess access;
  ClientEnvironment environment;
  BearerToken token;

  Connection(ClusterAccess who, ClientEnvironment lent)
      : access(std::move(who)), environment(lent), token(access, lent.files, lent.clock) {}

  // Sends with the token; once more with a fresh one where the server refused it.
  template <typename Send>
  Result<HttpAnswer> with_token(Send send) {
    SEALIFT_ASSIGN(const auto used, token.current());
    Result<HttpAnswer> answer = send(used);
    if (!answer || answer->head.status != 401 || !token.replace_refused(used)) return answer;
    SEALIFT_ASSIGN(const auto fresh, token.current());
    return send(fresh);
  }
};

}  // namespace

struct ApiClient::Impl {
  std::shared_ptr<Connection> connection;
  std::string user;  // whom to act as; empty: as we are

  HttpRequest request_for(const Call& call, const std::string& token) const;
  Result<HttpAnswer> send(const Call& call, std::stop_token stop) const;
  Result<Json> execute(const Call& call, std::stop_token stop) const;
  Error refused(const HttpAnswer& answer) const;
  Error lost(Error error, std::stop_token stop) const;
};

HttpRequest ApiClient::Impl::request_for(const Call& call, const std::string& token) const {
  assert(call.path.starts_with("/api") || call.path.starts_with("/openapi/"));
  HttpRequest request;
  request.method = call.method;
  request.url = connection->access.server_url + std::string(call.path) + encode_query(call.query);
  request.server = connection->access.server;
  request.deadline = kDeadline;
  request.idle_timeout = kDeadline;
  request.max_body_bytes = kMaxAnswerBytes;
  request.headers.set("Accept", std::string(call.accept));
  if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
  if (!user.empty()) request.headers.set("Impersonate-User", user);
  if (call.body) {
    request.headers.set("Content-Type", std::string(call.content_type));
    request.body = Blob::from_string(dump_json(*call.body));
  }
  return request;
}

Result<HttpAnswer> ApiClient::Impl::send(const Call& call, std::stop_token stop) const {
  return connection->with_token([&](const std::string& token) {
    return send_for_bytes(connection->environment.transport, request_for(call, token), stop);
  });
}

Error ApiClient::Impl::refused(const HttpAnswer& answer) const {
  auto error =
      error_from_answer(answer.head.status, answer.body, parse_retry_after(answer.head.headers));
  const auto& who = connection->access.description;
  if (error.code() == ErrorCode::kUnauthenticated) {
    return std::move(error).with_context("the credentials of " + who +
                                         " were refused (expired, or revoked?)");
  }
  if (error.code() == ErrorCode::kUnavailable) {
    return std::move(error).with_context("the API server of " + who);
  }
  if (error.code() == ErrorCode::kForbidden && !user.empty()) {
    return std::move(error).with_context("as " + user);
  }
  return error;
}

Error ApiClient::Impl::lost(Error error, std::stop_token stop) const {
  const auto& who = connection->access.description;
  if (error.code() == ErrorCode::kCancelled && !stop.stop_requested()) {
    return Error(ErrorCode::kUnavailable, "the API server of " + who + " did not answer within " +
                                              std::to_string(kDeadline.count()) + " seconds");
  }
  const bool is_about_the_server =
      error.code() == ErrorCode::kUnavailable || error.code() == ErrorCode::kUntrusted;
  if (!is_about_the_server) return error;
  return std::move(error).with_context("the API server of " + who);
}

Result<Json> ApiClient::Impl::execute(const Call& call, std::stop_token stop) const {
  auto& environment = connection->environment;
  for (std::uint32_t attempt = 1;; ++attempt) {
    auto answer = send(call, stop);
    if (answer && answer->head.status / 100 == 2) {
      return parse_json(answer->body, "the API server's answer", kAnswerLimits);
    }
    auto error = answer ? refused(*answer) : lost(std::move(answer).error(), stop);
    if (error.code() != ErrorCode::kUnavailable) return fail(std::move(error));
    FailedAttempt failed{attempt, call.method, std::nullopt, error.retry_after()};
    if (answer) failed.status = answer->head.status;
    const auto wait = retry_delay(failed, random_fraction(environment.random));
    if (!wait) return fail(std::move(error));
    environment.clock.sleep_until(environment.clock.steady_now() + *wait, stop);
    if (stop.stop_requested()) {
      return fail(Error(ErrorCode::kCancelled,
                        "stopped while waiting to try again after: " + error.message()));
    }
  }
}

ApiClient::ApiClient(ClusterAccess access, ClientEnvironment environment)
    : impl_(std::make_shared<const Impl>(
          Impl{std::make_shared<Connection>(std::move(access), environment), {}})) {}

ApiClient ApiClient::as_service_account(std::string_view name_space, std::string_view name) const {
  auto user = "system:serviceaccount:" + std::string(name_space) + ":" + std::string(name);
  return ApiClient(std::make_shared<const Impl>(Impl{impl_->connection, std::move(user)}));
}

Result<Json> ApiClient::get(std::string_view path, const Query& query, std::stop_token stop) const {
  return get_as(path, query, kJsonType, stop);
}

Result<Json> ApiClient::get_as(std::string_view path, const Query& query, std::string_view accept,
                               std::stop_token stop) const {
  return impl_->execute({.method = "GET", .path = path, .query = query, .accept = accept}, stop);
}

Result<Json> ApiClient::create(std::string_view path, const Query& query, const Json& body,
                               std::stop_token stop) const {
  return impl_->execute({"POST", path, query, kJsonType, kJsonType, &body}, stop);
}

Result<Json> ApiClient::patch(std::string_view path, const Query& query,
                              std::string_view content_type, const Json& body,
                              std::stop_token stop) const {
  return impl_->execute({"PATCH", path, query, kJsonType, content_type, &body}, stop);
}

Result<Json> ApiClient::remove(std::string_view path, const Json& options,
                               std::stop_token stop) const {
  return impl_->execute({"DELETE", path, {}, kJsonType, kJsonType, &options}, stop);
}

Result<> ApiClient::stream_lines(std::string_view path, const Query& query, std::string_view accept,
                                 const LineCallbacks& callbacks, std::stop_token stop) const {
  bool cut_within_line = false;
  auto answer = impl_->connection->with_token([&](const std::string& token) -> Result<HttpAnswer> {
    auto request = impl_->request_for(
        {.method = "GET", .path = path, .query = query, .accept = accept}, token);
    request.deadline = std::chrono::milliseconds(0);
    request.idle_timeout = kWatchSilence;
    request.max_body_bytes = std::numeric_limits<std::uint64_t>::max();
    StreamSink sink(callbacks.on_accepted, [&](std::string_view line) -> Result<> {
      SEALIFT_ASSIGN(auto value, parse_json(line, "a watch event", kLineLimits));
      return callbacks.on_line(std::move(value));
    });
    SEALIFT_ASSIGN(auto head, impl_->connection->environment.transport.send(request, sink, stop));
    cut_within_line = sink.was_cut();
    return HttpAnswer{std::move(head), sink.take_error_body()};
  });
  if (!answer) return fail(std::move(answer).error());
  if (answer->head.status != 200) return fail(impl_->refused(*answer));
  if (cut_within_line) {
    return fail(ErrorCode::kUnavailable, "the watch on " + impl_->connection->access.description +
                                             " ended in the middle of an event");
  }
  return {};
}

const ClusterAccess& ApiClient::access() const { return impl_->connection->access; }

const ClientEnvironment& ApiClient::environment() const { return impl_->connection->environment; }

}  // namespace sealift::kube
