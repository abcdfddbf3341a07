#include <sealift/base/encoding.h>
#include <sealift/keyless/openid_provider.h>

#include <utility>

#include "private_address.h"
#include "service_request.h"

namespace sealift::keyless {
namespace {

Result<std::string> endpoint(const Json& document, std::string_view name,
                             const std::string& issuer) {
  std::string url(document.string_at({name}));
  if (url.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the issuer " + issuer + " does not say its " + std::string(name));
  }
  SEALIFT_TRY(check_private_address(name, url));
  return url;
}

}  // namespace

Result<OpenIdProvider> discover_provider(const std::string& issuer, const Environment& environment,
                                         std::stop_token stop) {
  SEALIFT_TRY(check_private_address("the issuer", issuer));
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
    SEALIFT_TRY(check_private_address("device_authorization_endpoint", provider.device_endpoint));
  }
  return provider;
}

}  // namespace sealift::keyless
