#include <sealift/base/encoding.h>
#include <sealift/base/percent_encoding.h>
#include <sealift/tuf/repository_source.h>

#include <algorithm>
#include <string_view>

#include "limited_sink.h"
#include "repository_names.h"

namespace sealift::tuf {
namespace {

constexpr std::chrono::milliseconds kDeadline{60'000};
// Slower than this, a target is not on its way but held up (slow retrieval).
constexpr std::uint64_t kSlowestBytesPerMillisecond = 16;

// In a path of a URL (RFC 3986, section 3.3).
constexpr std::string_view kPlainInPath = "!$&'()*+,;=:@/";
// An error page may be longer than the file that was asked for.
constexpr std::uint64_t kMaxErrorPage = 64u << 10;

// The answer of a server that has no such file, or gives none.
Result<> check_status(const HttpResponse& head, const std::string& url) {
  if (head.status == 200) return {};
  const auto status = std::to_string(head.status);
  const auto place = url_for_message(url);
  switch (head.status) {
    case 404:
    case 410:
      return fail(ErrorCode::kNotFound, place + " is not there (status " + status + ")");
    case 401:
      return fail(ErrorCode::kUnauthenticated, place + " asks for credentials (status 401)");
    case 403:
      return fail(ErrorCode::kForbidden, place + " is forbidden (status 403)");
    default:
      break;
  }
  if (head.status == 408 || head.status == 429 || head.status >= 500) {
    return fail(ErrorCode::kUnavailable, place + " could not be served (status " + status + ")");
  }
  std::string message = place + " was answered with status " + status;
  if (const auto location = head.headers.get("Location")) {
    message += ", a redirect to " + printable(url_for_message(*location)) +
               "; give the address that it leads to";
  }
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

// Passes on the body of a success alone: an error page is no target.
class SuccessSink : public HttpSink {
 public:
  explicit SuccessSink(ByteSink& next) : next_(&next) {}
  Result<> begin(const HttpResponse& head) override {
    success_ = head.status == 200;
    return {};
  }
  Result<> write(std::string_view bytes) override {
    return success_ ? next_->write(bytes) : Result<>();
  }

 private:
  ByteSink* next_;
  bool success_ = false;
};

class HttpSource : public RepositorySource {
 public:
  HttpSource(HttpTransport& transport, std::string metadata_url, std::string targets_url,
             std::shared_ptr<const HttpServerSettings> server)
      : transport_(&transport),
        metadata_url_(std::move(metadata_url)),
        targets_url_(std::move(targets_url)),
        server_(std::move(server)) {}

  Result<std::string> fetch_metadata(const MetadataName& name, std::uint64_t limit,
                                     std::stop_token stop) override {
    StringSink sink(describe(name), limit);
    SEALIFT_TRY(fetch(metadata_url_ + file_name(name), limit, sink, stop));
    return sink.take();
  }

  Result<> fetch_target(const TargetName& name, std::uint64_t length, ByteSink& sink,
                        std::stop_token stop) override {
    SEALIFT_TRY(check_target_path(name.path));
    LimitedSink limited(sink, length, "the target " + printable(name.path));
    const auto url = targets_url_ + percent_encode(file_name(name), kPlainInPath);
    return fetch(url, length, limited, stop);
  }

 private:
  Result<> fetch(const std::string& url, std::uint64_t limit, ByteSink& sink,
                 std::stop_token stop) {
    HttpRequest request;
    request.url = url;
    request.server = server_;
    request.max_body_bytes = std::max(limit, kMaxErrorPage);
    request.deadline = kDeadline + std::chrono::milliseconds(limit / kSlowestBytesPerMillisecond);
    SuccessSink success(sink);
    auto response = transport_->send(request, success, stop);
    if (!response) return fail(std::move(response).error());
    return check_status(*response, url);
  }

  HttpTransport* transport_;
  std::string metadata_url_;
  std::string targets_url_;
  std::shared_ptr<const HttpServerSettings> server_;
};

Result<std::string> folder_url(std::string url) {
  HttpRequest request;
  request.url = url;
  SEALIFT_TRY(check_request(request));
  if (url.find_first_of("?#") != std::string::npos) {
    return fail(ErrorCode::kInvalidInput,
                "the URL " + url_for_message(url) + " must name a folder, without \"?\" and \"#\"");
  }
  if (!url.ends_with('/')) url += '/';
  return url;
}

}  // namespace

Result<std::unique_ptr<RepositorySource>> make_http_source(
    HttpTransport& transport, std::string metadata_url, std::string targets_url,
    std::shared_ptr<const HttpServerSettings> server) {
  SEALIFT_ASSIGN(auto metadata, folder_url(std::move(metadata_url)));
  SEALIFT_ASSIGN(auto targets, folder_url(std::move(targets_url)));
  return std::make_unique<HttpSource>(transport, std::move(metadata), std::move(targets),
                                      std::move(server));
}

}  // namespace sealift::tuf
