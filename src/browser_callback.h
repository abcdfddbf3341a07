#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/endpoints/http_server.h>
#include <sealift/keyless/browser_login.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace sealift::program {

// Listens on this machine alone for the browser to come back from a login (RFC 8252, section 7.3).
class BrowserCallback {
 public:
  // On a free port.
  static Result<std::unique_ptr<BrowserCallback>> listen(Clock& clock);

  const std::string& redirect_uri() const { return redirect_uri_; }

  // Has the login's address shown, and gives the code that the browser brings back, or why there is
  // none; the browser may be back before `show` returns. Others' requests are turned away and
  // change nothing. kUnauthenticated where nobody came in time, kCancelled.
  Result<std::string> wait_for_code(const keyless::BrowserLogin& login,
                                    const std::function<void()>& show, std::stop_token stop);

 private:
  BrowserCallback() = default;
  endpoints::Response answer(const endpoints::Request& request);

  std::string redirect_uri_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  const keyless::BrowserLogin* login_ = nullptr;  // while one is waited for
  std::optional<Result<std::string>> code_;
  std::unique_ptr<endpoints::HttpServer> server_;  // last: its thread uses the rest
};

}  // namespace sealift::program
