#include <sealift/base/encoding.h>
#include <sealift/keyless/openid_provider.h>

#include <array>
#include <utility>

#include "service_request.h"

namespace sealift::keyless {
namespace {

// Codes and tokens pass only where nobody reads along.
bool is_private(std::string_view url) {
  constexpr std::string_view kPlain = "http://";
  if (url.starts_with("https://")) return true;
  if (!url.starts_with(kPlain)) return false;
  constexpr auto kOwnHosts = std::to_array<std::string_view>({"localhost", "127.0.0.1", "[::1]"});
  const std::string_view rest = url.substr(kPlain.size());
  for (const auto host : kOwnHosts) {
    if (!rest.starts_with(host)) continue;
    const std::string_view behind = rest.substr(host.size());
    if (behind.empty() || behind.front() == ':' || behind.front() == '/') return true;
  }
  return false;
}

Result<> check_address(std::string_view what, const std::string& url) {
  if (is_private(url)) return {};
  return fail(ErrorCode::kInvalidInput, std::string(what) + " " + printable(url) +
                                            " is not an https URL: logins go over nothing else");
}

Result<std::string> endpoint(const Json& document, std::string_view name,
                             const std::string& issuer) {
  std::string url(document.string_at({name}));
  if (url.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the issuer " + issuer + " does not say its " + std::string(name));
  }
  SEALIFT_TRY(check_address(name, url));
  return url;
}

}  // namespace

Result<OpenIdProvider> discover_provider(const std::string& issuer, const Environment& environment,
                                         std::stop_token stop) {
  SEALIFT_TRY(check_address("the issuer", issuer));
  HttpRequest request;
  request.url = below(issuer, "/.well-known/openid-configuration");
  request.headers.set("Accept", "application/json");
  const std::string what = "the issuer " + printable(issuer);
  SEALIFT_ASSIGN(const auto answer,
                 ask_service(std::move(request), what, {200}, environment, std::move(stop)));
  SEALIFT_ASSIGN(const auto document, parse_answer(answer, what));
  const auto stated = document.string_at({"issuer"});
  if (stated != issuer) {
    return fail(ErrorCode::kInvalidInput,
                what + " calls itself " + printable(stated) + ": name it as it names itself");
  }
  OpenIdProvider provider{
      .issuer = issuer,
      .authorization_endpoint = {},
      .token_endpoint = {},
      .device_endpoint = std::string(document.string_at({"device_authorization_endpoint"}))};
  SEALIFT_ASSIGN(provider.authorization_endpoint,
                 endpoint(document, "authorization_endpoint", issuer));
  SEALIFT_ASSIGN(provider.token_endpoint, endpoint(document, "token_endpoint", issuer));
  if (!provider.device_endpoint.empty()) {
    SEALIFT_TRY(check_address("device_authorization_endpoint", provider.device_endpoint));
  }
  return provider;
}

}  // namespace sealift::keyless
