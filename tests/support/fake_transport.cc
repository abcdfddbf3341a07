#include "support/fake_transport.h"

#include <algorithm>
#include <utility>

namespace sealift::test {
namespace {

// Small enough that a body of some size comes in several pieces, as on a network.
constexpr std::size_t kPieceSize = 16 * 1024;

// Passes a body on in pieces and keeps the limits.
class BodySink : public ByteSink {
 public:
  BodySink(const HttpRequest& request, HttpSink& sink, std::optional<std::size_t> cut_after,
           std::stop_token stop)
      : request_(request), sink_(sink), cut_after_(cut_after), stop_(std::move(stop)) {}

  Result<> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "the request was cancelled");
      std::string_view piece = bytes.substr(0, kPieceSize);
      bytes.remove_prefix(piece.size());
      if (cut_after_) piece = piece.substr(0, *cut_after_ - total_);
      if (total_ + piece.size() > request_.max_body_bytes) {
        return fail(ErrorCode::kInvalidInput, "the answer's body is longer than the limit of " +
                                                  std::to_string(request_.max_body_bytes) +
                                                  " bytes");
      }
      if (!piece.empty()) SEALIFT_TRY(sink_.write(piece));
      total_ += piece.size();
      if (cut_after_ && total_ == *cut_after_) {
        return fail(ErrorCode::kUnavailable, "the connection broke in the middle of the answer");
      }
    }
    return {};
  }

  std::uint64_t total() const { return total_; }

 private:
  const HttpRequest& request_;
  HttpSink& sink_;
  std::optional<std::size_t> cut_after_;
  std::stop_token stop_;
  std::size_t total_ = 0;
};

Result<std::string> read_body(const HttpRequest& request) {
  if (!request.body) return std::string();
  SEALIFT_ASSIGN(auto source, request.body->open());
  SEALIFT_ASSIGN(std::string body,
                 read_all(*source, "the body of the request", request.body->size));
  if (body.size() < request.body->size) {
    return fail(ErrorCode::kIo, "the body to send ended after " + std::to_string(body.size()) +
                                    " of " + std::to_string(request.body->size) + " bytes");
  }
  return body;
}

}  // namespace

FakeAnswer FakeAnswer::json(int status, std::string body) {
  FakeAnswer answer;
  answer.status = status;
  answer.headers.set("Content-Type", "application/json");
  answer.body = std::move(body);
  return answer;
}

FakeAnswer FakeAnswer::failure(ErrorCode code, std::string message) {
  FakeAnswer answer;
  answer.error = Error(code, std::move(message));
  return answer;
}

FakeAnswer FakeAnswer::with_header(std::string name, std::string value) && {
  headers.add(std::move(name), std::move(value));
  return std::move(*this);
}

Result<HttpResponse> FakeTransport::send(const HttpRequest& request, HttpSink& sink,
                                         std::stop_token stop) {
  SEALIFT_TRY(check_request(request));
  if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "the request was cancelled");
  SEALIFT_ASSIGN(std::string body, read_body(request));
  SeenRequest seen{request.method,  request.url,    request.headers,
                   std::move(body), request.server, request.deadline};
  const Fault fault = record(seen);
  if (fault.error) return fail(*fault.error);
  if (fault.upload_cut_after && *fault.upload_cut_after < seen.body.size()) {
    seen.body.resize(*fault.upload_cut_after);
    seen.is_cut = true;
    handler_(seen);
    return fail(ErrorCode::kUnavailable, "the connection broke in the middle of the request");
  }
  const FakeAnswer answer = handler_(seen);
  if (answer.error) return fail(*answer.error);

  HttpResponse head{answer.status, answer.headers, 0};
  SEALIFT_TRY(sink.begin(head));
  if (request.method == "HEAD") return head;
  BodySink out(request, sink, fault.cut_after, stop);
  if (answer.stream) {
    SEALIFT_TRY(answer.stream(out, stop));
  } else {
    SEALIFT_TRY(out.write(answer.body));
  }
  head.body_bytes = out.total();
  return head;
}

FakeTransport::Fault FakeTransport::record(SeenRequest request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(request));
  const auto fault = faults_.extract(++count_);
  return fault.empty() ? Fault{} : fault.mapped();
}

void FakeTransport::fail_request(std::size_t n, Error error) {
  const std::lock_guard lock(mutex_);
  faults_[count_ + n].error = std::move(error);
}

void FakeTransport::cut_body(std::size_t n, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  faults_[count_ + n].cut_after = bytes;
}

void FakeTransport::cut_upload(std::size_t n, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  faults_[count_ + n].upload_cut_after = bytes;
}

std::vector<SeenRequest> FakeTransport::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::string> FakeTransport::request_lines() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  for (const auto& request : requests_) lines.push_back(request.method + " " + request.url);
  return lines;
}

std::size_t FakeTransport::request_count() const {
  const std::lock_guard lock(mutex_);
  return requests_.size();
}

void FakeTransport::forget_requests() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
}

}  // namespace sealift::test
