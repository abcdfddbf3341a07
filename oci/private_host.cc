#include "url.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace sealift::oci {
namespace {

using V4 = std::array<std::uint8_t, 4>;
using V6 = std::array<std::uint8_t, 16>;

bool is_private(const V4& a) {
  return a[0] == 0 || a[0] == 10 || a[0] == 127 ||     // this network, private, loopback
         (a[0] == 100 && (a[1] & 0xc0) == 64) ||       // shared
         (a[0] == 169 && a[1] == 254) ||               // link-local, cloud metadata
         (a[0] == 172 && (a[1] & 0xf0) == 16) ||       // private
         (a[0] == 192 && a[1] == 168) || a[0] >= 224;  // private; multicast and reserved
}

bool is_private(const V6& a) {
  const auto embedded = [&](std::size_t at) { return V4{a[at], a[at + 1], a[at + 2], a[at + 3]}; };
  const auto zero_until = [&](std::size_t end) {
    return std::all_of(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(end),
                       [](std::uint8_t byte) { return byte == 0; });
  };
  if (zero_until(12)) return true;  // ::, ::1 and IPv4-compatible addresses
  if (zero_until(10) && a[10] == 0xff && a[11] == 0xff) return is_private(embedded(12));
  if (a[0] == 0x00 && a[1] == 0x64 && a[2] == 0xff && a[3] == 0x9b) {  // NAT64, RFC 6052
    return is_private(embedded(12));
  }
  if (a[0] == 0x20 && a[1] == 0x02) return is_private(embedded(2));  // 6to4
  return (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0x80) == 0x80) || a[0] == 0xff;
}

}  // namespace

bool is_private_host(std::string_view host) {
  while (host.ends_with('.')) host.remove_suffix(1);
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  if (host.starts_with('[')) {
    const std::string address(host.substr(1, host.size() - 2));
    V6 bytes{};
    return ::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1 || is_private(bytes);
  }
  V4 bytes{};
  if (::inet_pton(AF_INET, std::string(host).c_str(), bytes.data()) == 1) return is_private(bytes);
  // "2130706433", "0x7f.1": getaddrinfo takes them for addresses. No top-level domain is a number.
  const std::string_view label = host.substr(host.rfind('.') + 1);
  return label.empty() || label.starts_with("0x") ||
         std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace sealift::oci
