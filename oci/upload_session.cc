#include "upload_session.h"

#include "transfer_deadline.h"

#include <sealift/base/encoding.h>

#include <charconv>
#include <utility>

namespace sealift::oci {
namespace {

// Nobody waits for a farewell, and neither for the login that it may take.
constexpr std::chrono::milliseconds kCancelDeadline{5'000};

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

}  // namespace

Result<UploadSession> UploadSession::begin(RegistrySession& session, const RegistryRequest& start,
                                           const HttpAnswer& answer) {
  UploadSession upload(session, start);
  upload.place_ = start.url;
  if (!answer.head.headers.get("Location")) {
    return fail(ErrorCode::kInvalidInput,
                "registry " + session.registry() + " takes an upload without saying where to");
  }
  SEALIFT_TRY(upload.move_to(answer));
  upload.least_part_ = number_in(answer.head.headers.get("OCI-Chunk-Min-Length").value_or(""));
  return upload;
}

Result<> UploadSession::move_to(const HttpAnswer& answer) {
  const auto location = answer.head.headers.get("Location");
  if (!location) return {};
  SEALIFT_ASSIGN_CONTEXT(Url next, place_.resolve(*location),
                         "registry " + session_->registry() + " takes an upload elsewhere");
  if (place_.scheme == "https" && next.scheme != "https") {
    return fail(ErrorCode::kUntrusted, "registry " + session_->registry() +
                                           " wants an upload over http instead of https, at " +
                                           printable(next.host) + ": nothing was sent there");
  }
  place_ = std::move(next);
  return {};
}

RegistryRequest UploadSession::request(std::string_view method) const {
  RegistryRequest request = start_;
  request.method = std::string(method);
  request.url = place_;
  return request;
}

Result<HttpAnswer> UploadSession::put(const Digest& digest, std::optional<Blob> rest,
                                      std::stop_token stop) {
  RegistryRequest put = request("PUT");
  put.url = put.url.with_query("digest", digest.to_string());
  if (rest) {
    put.headers.set("Content-Type", "application/octet-stream");
    put.deadline = transfer_deadline(rest->size);
  }
  put.body = std::move(rest);
  return session_->attempt(put, std::move(stop));
}

Result<HttpAnswer> UploadSession::patch(std::uint64_t first, Blob part, std::stop_token stop) {
  RegistryRequest patch = request("PATCH");
  patch.headers.set("Content-Type", "application/octet-stream");
  patch.headers.set("Content-Range",
                    std::to_string(first) + "-" + std::to_string(first + part.size - 1));
  patch.deadline = transfer_deadline(part.size);
  patch.body = std::move(part);
  SEALIFT_ASSIGN(HttpAnswer answer, session_->attempt(patch, std::move(stop)));
  if (is_success(answer)) {
    SEALIFT_TRY(move_to(answer));
  }
  return answer;
}

Result<HttpAnswer> UploadSession::ask(std::stop_token stop) {
  SEALIFT_ASSIGN(HttpAnswer answer, session_->attempt(request("GET"), std::move(stop)));
  if (is_success(answer)) {
    SEALIFT_TRY(move_to(answer));
  }
  return answer;
}

void UploadSession::cancel() {
  RegistryRequest farewell = request("DELETE");
  // A permission of its own at some registries, and not one to ask for with each upload.
  farewell.access = RegistryAccess::kDelete;
  farewell.deadline = kCancelDeadline;
  // A stop is a reason to cancel, not to leave it.
  static_cast<void>(session_->attempt(farewell, std::stop_token()));
}

}  // namespace sealift::oci
