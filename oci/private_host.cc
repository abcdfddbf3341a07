#include "url.h"

#include <sealift/base/ip_address.h>

#include <algorithm>

namespace sealift::oci {

bool is_private_host(std::string_view host) {
  while (host.ends_with('.')) host.remove_suffix(1);
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  if (const auto kind = kind_of_literal(host)) return *kind != AddressKind::kPublic;
  if (host.starts_with('[')) return true;
  // "2130706433", "0x7f.1": getaddrinfo takes them for addresses. No top-level domain is a number.
  const std::string_view label = host.substr(host.rfind('.') + 1);
  return label.empty() || label.starts_with("0x") ||
         std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace sealift::oci
