#pragma once

#include <sealift/base/error.h>
#include <sealift/base/ip_address.h>
#include <sealift/base/local_refusal.h>

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift {

// Which destinations a transport that refuses local ones does not connect to. What the program's
// environment names as a proxy is its operator's choice and therefore not refused, where it is
// given as an address or as localhost.
class LocalAddressRule {
 public:
  // `environment` gives the value of a variable, or null.
  LocalAddressRule(LocalRefusal wording, const char* (*environment)(const char* name));

  // kForbidden where `host` of a URL is a local address, or a name that always stands for one.
  std::optional<Error> against_host(std::string_view host) const;
  // kForbidden where this is a local address. `server` is "host:port", for the message.
  std::optional<Error> against_address(const sockaddr& address, std::string_view server) const;

 private:
  struct Proxy {
    std::string address;  // as inet_ntop writes it
    std::uint16_t port = 0;
    bool operator==(const Proxy&) const = default;
  };

  void admit_proxy(std::string url);
  Error refusal(std::string_view server, std::string_view address, AddressKind kind) const;

  LocalRefusal wording_;
  std::vector<Proxy> proxies_;
};

}  // namespace sealift
