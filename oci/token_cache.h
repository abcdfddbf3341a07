#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::oci {

// Tokens by what they are for, until they end. However many threads want one, it is fetched by one
// thread at a time; the others wait for it, and take its token or its error. No lock is held while
// a token is fetched. Safe from many threads.
class TokenCache {
 public:
  struct Token {
    std::string value;
    SteadyTime ends;
  };
  using Fetch = std::function<Result<Token>()>;

  // `clock` must outlive it.
  explicit TokenCache(Clock& clock) : clock_(clock) {}

  // The token for `scopes`, fetched where there is none. `stop` is this caller's own: it ends the
  // wait, and where it ended the fetch the others fetch for themselves. kCancelled; of `fetch`.
  Result<std::string> get(const std::string& scopes, const Fetch& fetch,
                          const std::stop_token& stop);
  // Forgets the token for `scopes` if it is the one that was refused.
  void drop(const std::string& scopes, std::string_view refused);
  // Forgets whatever is kept for `scopes`.
  void drop(const std::string& scopes);

 private:
  // One fetch, and how it ended.
  struct Flight {
    bool ended = false;
    std::optional<std::string> value;
    std::optional<Error> error;  // neither: its caller was stopped
  };
  struct Entry {
    std::optional<Token> token;
    std::shared_ptr<Flight> flight;  // null: nobody fetches
  };

  Result<std::string> fly(const std::string& scopes, const Fetch& fetch,
                          const std::stop_token& stop, std::unique_lock<std::mutex>& lock);

  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Entry> entries_;
};

}  // namespace sealift::oci
