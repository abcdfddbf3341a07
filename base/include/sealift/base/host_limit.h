#pragma once

#include <sealift/base/http.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>

namespace sealift {

// How many requests a program has under way at one host, unless it is told otherwise: about what
// registries expect of one client.
inline constexpr std::size_t kRequestsPerHost = 3;

// A transport that sends through another one, and lets at most so many requests be under way at one
// host (scheme, name and port). The others wait, first come first served; their deadlines begin
// when it is their turn. Requests that store something (PUT, PATCH) are counted apart from all
// others: their bodies may come from a request to the same host, which would wait for ever
// otherwise. Requests without a deadline, which are watches, do not count.
class HostLimitedTransport : public HttpTransport {
 public:
  // `next` must outlive this.
  explicit HostLimitedTransport(HttpTransport& next, std::size_t per_host = kRequestsPerHost)
      : next_(next), per_host_(per_host) {}

  void set_per_host(std::size_t per_host);

  // As HttpTransport::send(); kCancelled also where the stop comes while the request waits.
  Result<HttpResponse> send(const HttpRequest& request, HttpSink& sink,
                            std::stop_token stop) override;

 private:
  struct Lane {
    std::size_t under_way = 0;
    std::deque<std::uint64_t> waiting;  // tickets
  };
  using Lanes = std::map<std::string, Lane>;

  Result<Lanes::iterator> enter(const std::string& name, const std::stop_token& stop);
  void leave(Lanes::iterator lane);
  void forget_if_empty(Lanes::iterator lane);

  HttpTransport& next_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t per_host_;
  std::uint64_t next_ticket_ = 0;
  Lanes lanes_;
};

}  // namespace sealift
