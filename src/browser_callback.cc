#include "browser_callback.h"

#include <chrono>
#include <string_view>
#include <utility>

namespace sealift::program {
namespace {

constexpr std::chrono::minutes kPatience(5);
constexpr std::string_view kPath = "/auth/callback";

endpoints::ServerLimits limits() {
  return {.max_connections = 16, .max_buffered_bytes = 1u << 20, .max_body_bytes = 1024};
}

endpoints::Response page(int status, std::string text) {
  endpoints::Response response{.status = status, .body = std::move(text) + "\n", .headers = {}};
  // The address holds the code.
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace

Result<std::unique_ptr<BrowserCallback>> BrowserCallback::listen(Clock& clock) {
  std::unique_ptr<BrowserCallback> callback(new BrowserCallback());
  SEALIFT_ASSIGN_CONTEXT(callback->server_,
                         endpoints::HttpServer::start(
                             "127.0.0.1:0",
                             [self = callback.get()](const endpoints::Request& request) {
                               return self->answer(request);
                             },
                             limits(), clock, Logger::silent()),
                         "listening for the browser");
  callback->redirect_uri_ =
      "http://localhost:" + std::to_string(callback->server_->port()) + std::string(kPath);
  return callback;
}

endpoints::Response BrowserCallback::answer(const endpoints::Request& request) {
  if (request.path != kPath) return page(404, "There is nothing here.");
  if (request.method != "GET") return page(405, "Only GET is answered here.");
  const keyless::LoginReturn returned{.state = request.parameter("state"),
                                      .code = request.parameter("code"),
                                      .error = request.parameter("error"),
                                      .error_description = request.parameter("error_description"),
                                      .issuer = request.parameter("iss")};
  const std::lock_guard lock(mutex_);
  if (login_ == nullptr || code_) return page(403, "No login is waited for.");
  auto code = login_->code_in(returned);
  if (!code && code.error().code() == ErrorCode::kForbidden) {
    return page(403, "This is not the answer to the login that was begun here.");
  }
  const bool good = code.has_value();
  code_ = std::move(code);
  changed_.notify_all();
  return page(200, good ? "Logged in. You can close this window and go back to the terminal."
                        : "The login failed. The terminal says why.");
}

Result<std::string> BrowserCallback::wait_for_code(const keyless::BrowserLogin& login,
                                                   const std::function<void()>& show,
                                                   std::stop_token stop) {
  std::unique_lock lock(mutex_);
  login_ = &login;
  lock.unlock();
  show();
  lock.lock();
  changed_.wait_for(lock, stop, kPatience, [&] { return code_.has_value(); });
  login_ = nullptr;
  if (code_) return *std::exchange(code_, std::nullopt);
  if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "the login was interrupted");
  return fail(ErrorCode::kUnauthenticated,
              "nobody logged in within " + std::to_string(kPatience.count()) + " minutes");
}

}  // namespace sealift::program
