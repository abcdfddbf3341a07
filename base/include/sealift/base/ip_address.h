#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sealift {

// In network order.
using Ipv4Address = std::array<std::uint8_t, 4>;
using Ipv6Address = std::array<std::uint8_t, 16>;

// What an address is set aside for (the IANA special-purpose address registries, RFC 6890).
enum class AddressKind {
  kPublic,
  kPrivate,      // RFC 1918, RFC 4193, RFC 6598
  kUnspecified,  // 0.0.0.0/8 and ::, by which Linux reaches the machine itself
  kLoopback,
  kLinkLocal,  // with the metadata service of most clouds
  kMetadata,   // the metadata services of clouds that have it elsewhere
  kMulticast,
  kReserved,
};
// "a link-local address", for messages.
std::string_view describe(AddressKind kind);

// An IPv6 address that stands for an IPv4 address (mapped, compatible, NAT64, 6to4) is of its kind.
AddressKind kind_of(const Ipv4Address& address);
AddressKind kind_of(const Ipv6Address& address);
// Of "192.0.2.1", "2001:db8::1" or "[2001:db8::1]"; nullopt for a name.
std::optional<AddressKind> kind_of_literal(std::string_view host);

// True where the address leads to the machine itself, to its own link or to its cloud's metadata
// service: what a request that somebody else chose must not reach.
bool is_local(AddressKind kind);

}  // namespace sealift
