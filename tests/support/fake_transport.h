#pragma once

#include <sealift/base/http.h>

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sealift::test {

// A request as the server saw it.
struct SeenRequest {
  std::string method;
  std::string url;
  HttpHeaders headers;
  std::string body;
  std::shared_ptr<const HttpServerSettings> server;
  std::chrono::milliseconds deadline{0};
  bool is_cut = false;  // the connection broke before the end of the body
};

struct FakeAnswer {
  int status = 200;
  HttpHeaders headers;
  std::string body;
  // Instead of `body`: writes the body piece by piece, for watches. Its error ends the exchange.
  std::function<Result<>(ByteSink& body, std::stop_token stop)> stream;
  // Instead of any answer.
  std::optional<Error> error;

  static FakeAnswer json(int status, std::string body);
  static FakeAnswer failure(ErrorCode code, std::string message);
  FakeAnswer with_header(std::string name, std::string value) &&;
};

// An HttpTransport whose server is a function. It keeps the promises of HttpTransport that do not
// need time: limits, the order of sink calls, cancellation between pieces, no body for HEAD. The
// contract suite holds it against the real one. Safe from many threads where the handler is.
class FakeTransport : public HttpTransport {
 public:
  using Handler = std::function<FakeAnswer(const SeenRequest&)>;
  explicit FakeTransport(Handler handler) : handler_(std::move(handler)) {}

  Result<HttpResponse> send(const HttpRequest& request, HttpSink& sink,
                            std::stop_token stop) override;

  // The Nth request from now (1 is the next one) fails without reaching the handler.
  void fail_request(std::size_t n, Error error);
  // The Nth request's connection breaks after that many bytes of the answer's body (kUnavailable).
  void cut_body(std::size_t n, std::size_t bytes);

  // The Nth request's connection breaks after that many bytes of its own body: the server gets
  // those, and nobody its answer (kUnavailable).
  void cut_upload(std::size_t n, std::size_t bytes);

  std::vector<SeenRequest> requests() const;
  // "METHOD URL" of each, for comparing at a glance.
  std::vector<std::string> request_lines() const;
  std::size_t request_count() const;
  void forget_requests();

 private:
  struct Fault {
    std::optional<Error> error;
    std::optional<std::size_t> cut_after;
    std::optional<std::size_t> upload_cut_after;
  };
  Fault record(SeenRequest request);

  Handler handler_;
  mutable std::mutex mutex_;
  std::vector<SeenRequest> requests_;
  std::size_t count_ = 0;
  std::map<std::size_t, Fault> faults_;
};

}  // namespace sealift::test
