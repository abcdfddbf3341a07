#include <sealift/base/ip_address.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <string>

namespace sealift {
namespace {

// Alibaba Cloud, Azure's host, Oracle's first generation; Amazon's and Google's by IPv6.
constexpr std::array<Ipv4Address, 3> kMetadata4 = {
    {{100, 100, 100, 200}, {168, 63, 129, 16}, {192, 0, 0, 192}}};
constexpr std::array<Ipv6Address, 2> kMetadata6 = {
    {{0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54},
     {0xfd, 0x20, 0x00, 0xce, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54}}};

bool is_zero_until(const Ipv6Address& address, std::ptrdiff_t end) {
  return std::all_of(address.begin(), address.begin() + end,
                     [](std::uint8_t byte) { return byte == 0; });
}

std::optional<Ipv4Address> embedded(const Ipv6Address& a) {
  const auto at = [&a](std::size_t first) {
    return Ipv4Address{a[first], a[first + 1], a[first + 2], a[first + 3]};
  };
  const bool is_mapped = is_zero_until(a, 10) && a[10] == 0xff && a[11] == 0xff;
  const bool is_compatible = is_zero_until(a, 12);
  const bool is_nat64 = a[0] == 0x00 && a[1] == 0x64 && a[2] == 0xff && a[3] == 0x9b;  // RFC 6052
  if (is_mapped || is_compatible || is_nat64) return at(12);
  if (a[0] == 0x20 && a[1] == 0x02) return at(2);  // RFC 3056
  return std::nullopt;
}

}  // namespace

std::string_view describe(AddressKind kind) {
  switch (kind) {
    case AddressKind::kPublic:
      return "a public address";
    case AddressKind::kPrivate:
      return "a private address";
    case AddressKind::kUnspecified:
      return "an unspecified address, which leads to the machine itself";
    case AddressKind::kLoopback:
      return "a loopback address";
    case AddressKind::kLinkLocal:
      return "a link-local address";
    case AddressKind::kMetadata:
      return "the address of a cloud's metadata service";
    case AddressKind::kMulticast:
      return "a multicast address";
    case AddressKind::kReserved:
      return "a reserved address";
  }
  return "an address";
}

AddressKind kind_of(const Ipv4Address& a) {
  if (std::find(kMetadata4.begin(), kMetadata4.end(), a) != kMetadata4.end()) {
    return AddressKind::kMetadata;
  }
  if (a[0] == 0) return AddressKind::kUnspecified;
  if (a[0] == 127) return AddressKind::kLoopback;
  if (a[0] == 169 && a[1] == 254) return AddressKind::kLinkLocal;
  if (a[0] >= 240) return AddressKind::kReserved;
  if (a[0] >= 224) return AddressKind::kMulticast;
  const bool is_private = a[0] == 10 || (a[0] == 172 && (a[1] & 0xf0) == 16) ||
                          (a[0] == 192 && a[1] == 168) || (a[0] == 100 && (a[1] & 0xc0) == 64);
  return is_private ? AddressKind::kPrivate : AddressKind::kPublic;
}

AddressKind kind_of(const Ipv6Address& a) {
  if (std::find(kMetadata6.begin(), kMetadata6.end(), a) != kMetadata6.end()) {
    return AddressKind::kMetadata;
  }
  if (is_zero_until(a, 15) && a[15] <= 1) {
    return a[15] == 1 ? AddressKind::kLoopback : AddressKind::kUnspecified;
  }
  if (const auto v4 = embedded(a)) return kind_of(*v4);
  if (a[0] == 0xfe && (a[1] & 0xc0) == 0x80) return AddressKind::kLinkLocal;
  if (a[0] == 0xff) return AddressKind::kMulticast;
  // fec0::/10 was site-local until RFC 3879.
  const bool is_private = (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0xc0);
  return is_private ? AddressKind::kPrivate : AddressKind::kPublic;
}

std::optional<AddressKind> kind_of_literal(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::string text(host);
  Ipv4Address v4{};
  if (::inet_pton(AF_INET, text.c_str(), v4.data()) == 1) return kind_of(v4);
  Ipv6Address v6{};
  if (::inet_pton(AF_INET6, text.c_str(), v6.data()) == 1) return kind_of(v6);
  return std::nullopt;
}

bool is_local(AddressKind kind) {
  return kind != AddressKind::kPublic && kind != AddressKind::kPrivate;
}

}  // namespace sealift
