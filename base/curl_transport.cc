#include "curl_library.h"
#include "curl_loop.h"

#include <sealift/base/http.h>
#include <sealift/base/local_refusal.h>

#include <cstdlib>
#include <mutex>
#include <optional>
#include <utility>

namespace sealift {
namespace {

class CurlTransport : public HttpTransport {
 public:
  CurlTransport(std::string user_agent, std::optional<LocalRefusal> refusal)
      : user_agent_(std::move(user_agent)), refusal_(std::move(refusal)) {}
  ~CurlTransport() override {
    if (loop_ != nullptr) loop_->stop();
  }

  Result<HttpResponse> send(const HttpRequest& request, HttpSink& sink,
                            std::stop_token stop) override;

 private:
  std::shared_ptr<CurlLoop> loop();

  const std::string user_agent_;
  const std::optional<LocalRefusal> refusal_;
  std::once_flag started_;
  std::shared_ptr<const LocalAddressRule> rule_;  // null: it may connect to anything
  // Shared with the calls under way, which may be the last to let go of it.
  std::shared_ptr<CurlLoop> loop_;
};

// At the first request and not before: a program that makes none starts faster.
std::shared_ptr<CurlLoop> CurlTransport::loop() {
  std::call_once(started_, [this] {
    if (refusal_) {
      rule_ = std::make_shared<const LocalAddressRule>(
          *refusal_, [](const char* name) -> const char* { return std::getenv(name); });
    }
    loop_ = std::make_shared<CurlLoop>();
  });
  return loop_;
}

Result<HttpResponse> CurlTransport::send(const HttpRequest& request, HttpSink& sink,
                                         std::stop_token stop) {
  SEALIFT_TRY(check_request(request));
  const Error cancelled(ErrorCode::kCancelled, "the request was cancelled");
  if (stop.stop_requested()) return fail(cancelled);
  SEALIFT_TRY(load_curl());
  const std::shared_ptr<CurlLoop> loop = this->loop();
  SEALIFT_ASSIGN(const auto exchange, CurlExchange::make(request, user_agent_, rule_));
  const std::stop_callback on_stop(std::move(stop), [&] { exchange->interrupt(cancelled); });
  loop->start(exchange);
  auto result = exchange->pump(sink, [&] { loop->resume(exchange); });
  if (!result) loop->drop(exchange);
  return result;
}

}  // namespace

std::unique_ptr<HttpTransport> make_curl_transport(std::string user_agent) {
  return std::make_unique<CurlTransport>(std::move(user_agent), std::nullopt);
}

std::unique_ptr<HttpTransport> make_curl_transport(std::string user_agent, LocalRefusal refusal) {
  return std::make_unique<CurlTransport>(std::move(user_agent), std::move(refusal));
}

}  // namespace sealift
