#include "local_address_rule.h"

#include "curl_library.h"

#include <sealift/base/encoding.h>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

namespace sealift {
namespace {

// curl(1), "Environment"; HTTP_PROXY is left out there too.
constexpr std::array kProxyVariables = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};

bool is_localhost(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host == "localhost" || host.ends_with(".localhost");  // RFC 6761, section 6.3
}

struct SocketAddress {
  AddressKind kind = AddressKind::kReserved;
  std::string text;
  std::uint16_t port = 0;
};

template <typename Bytes>
SocketAddress described(int family, const Bytes& bytes, std::uint16_t port) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(family, bytes.data(), text.data(), text.size());
  return {kind_of(bytes), text.data(), ntohs(port)};
}

// No other family is asked for.
std::optional<SocketAddress> address_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    Ipv4Address bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return described(AF_INET, bytes, v4.sin_port);
  }
  if (address.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    Ipv6Address bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return described(AF_INET6, bytes, v6.sin6_port);
  }
  return std::nullopt;
}

}  // namespace

LocalAddressRule::LocalAddressRule(LocalRefusal wording, const char* (*environment)(const char*))
    : wording_(std::move(wording)) {
  for (const char* name : kProxyVariables) {
    if (const char* url = environment(name); url != nullptr) admit_proxy(url);
  }
}

void LocalAddressRule::admit_proxy(std::string url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl().url(), curl().url_cleanup);
  // As curl reads a proxy (CURLOPT_PROXY(3)): without a scheme it is http, without a port 1080.
  if (url.find("://") == std::string::npos) url.insert(0, "http://");
  if (curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
      CURLUE_OK) {
    return;
  }
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    curl().url_get(parsed.get(), which, &text, 0);
    std::string copied = text == nullptr ? "" : text;
    curl().free(text);
    return copied;
  };
  auto host = part(CURLUPART_HOST);
  const auto scheme = part(CURLUPART_SCHEME);
  const auto port_text = part(CURLUPART_PORT);
  std::uint16_t port = scheme == "https" ? 443 : 1080;
  std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (is_localhost(host)) {
    proxies_.push_back({"127.0.0.1", port});
    proxies_.push_back({"::1", port});
    return;
  }
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  proxies_.push_back({std::move(host), port});
}

std::optional<Error> LocalAddressRule::against_host(std::string_view host) const {
  if (is_localhost(host)) return refusal(host, "", AddressKind::kLoopback);
  const auto kind = kind_of_literal(host);
  if (!kind || !is_local(*kind)) return std::nullopt;
  return refusal(host, "", *kind);
}

std::optional<Error> LocalAddressRule::against_address(const sockaddr& address,
                                                       std::string_view server) const {
  const auto to = address_of(address);
  if (!to) return refusal(server, "", AddressKind::kReserved);
  if (!is_local(to->kind)) return std::nullopt;
  if (std::find(proxies_.begin(), proxies_.end(), Proxy{to->text, to->port}) != proxies_.end()) {
    return std::nullopt;
  }
  return refusal(server, to->text, to->kind);
}

Error LocalAddressRule::refusal(std::string_view server, std::string_view address,
                                AddressKind kind) const {
  std::string text = printable(server);
  text += address.empty() ? " is " : " leads to " + std::string(address) + ", ";
  text += std::string(describe(kind)) + ": nothing was sent";
  if (!wording_.advice.empty()) text += "; " + wording_.advice;
  return {ErrorCode::kForbidden, std::move(text)};
}

}  // namespace sealift
