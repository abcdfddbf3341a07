#include "support/azure_services.h"

#include <sealift/base/base64url.h>
#include <sealift/base/json.h>

namespace sealift::test {
namespace {

constexpr const char* kTenant = "11111111-1111-1111-1111-111111111111";
constexpr const char* kClient = "22222222-2222-2222-2222-222222222222";
constexpr std::string_view kResource = "https://containerregistry.azure.net";

}  // namespace

FakeAnswer AzureServices::serve(const Call& call) {
  if (call.host == "login.microsoftonline.com") return give_token(call);
  if (call.host == "169.254.169.254") return give_machine_token(call);
  if (call.host != kRegistry) return FakeAnswer::json(404, "{}");
  if (call.path == "/oauth2/exchange") return exchange(call);
  return registry(call);
}

FakeAnswer AzureServices::give_token(const Call& call) {
  if (call.method != "POST" || call.path != "/" + std::string(kTenant) + "/oauth2/v2.0/token") {
    return oauth_error(400, "invalid_request", "AADSTS900023: no such tenant");
  }
  note_secret(call["client_assertion"]);
  if (call["grant_type"] != "client_credentials" ||
      call["scope"] != std::string(kResource) + "/.default") {
    return oauth_error(400, "invalid_scope", "AADSTS70011: the scope is not valid");
  }
  const bool proven =
      call["client_id"] == kClient &&
      call["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" &&
      call["client_assertion"] == federated_token;
  if (!proven) {
    return oauth_error(401, "invalid_client",
                       "AADSTS700213: No matching federated identity record found for presented "
                       "assertion '" +
                           call["client_assertion"] + "'.\r\nTrace ID: 1");
  }
  return FakeAnswer::json(
      200, dump_json(Json::Object{{"token_type", "Bearer"},
                                  {"expires_in", 3599},
                                  {"access_token", issue("aad", std::chrono::seconds(3599))}}));
}

FakeAnswer AzureServices::give_machine_token(const Call& call) {
  const bool good = call.method == "GET" && call.path == "/metadata/identity/oauth2/token" &&
                    call.header("Metadata") == "true" && call.query.contains("api-version") &&
                    call.query.contains("resource") && call.query.at("resource") == kResource;
  if (!good) return oauth_error(400, "invalid_request", "Required metadata header not specified");
  return FakeAnswer::json(
      200, dump_json(Json::Object{{"token_type", "Bearer"},
                                  {"expires_in", "3599"},
                                  {"resource", kResource},
                                  {"access_token", issue("machine", std::chrono::seconds(3599))}}));
}

FakeAnswer AzureServices::exchange(const Call& call) {
  const bool known = call["tenant"].empty() || call["tenant"] == kTenant;
  if (call.method != "POST" || call["grant_type"] != "access_token" ||
      call["service"] != kRegistry || !known || !is_good(call["access_token"]) || !has_role) {
    return challenge("");
  }
  constexpr std::chrono::hours kLife{3};
  const auto ends = (now() + kLife).time_since_epoch().count();
  // A refresh token of ACR is a JSON Web Token with its end.
  const std::string claims =
      dump_json(Json::Object{{"exp", static_cast<std::int64_t>(ends)}, {"iss", "ACR"}});
  const std::string token = issue(
      base64url_encode(R"({"alg":"RS256"})") + "." + base64url_encode(claims) + ".sig", kLife);
  return FakeAnswer::json(200, dump_json(Json::Object{{"refresh_token", token}}));
}

FakeAnswer AzureServices::registry(const Call& call) {
  if (call.path == "/oauth2/token") {
    if (call["grant_type"] != "refresh_token" || call["service"] != kRegistry ||
        !is_good(call["refresh_token"])) {
      return challenge("");
    }
    return FakeAnswer::json(
        200, dump_json(Json::Object{{"access_token", issue("acr", std::chrono::minutes(75))}}));
  }
  const std::string shown = call.header("Authorization");
  if (shown.starts_with("Bearer ") && is_good(shown.substr(7))) return content(call);
  const std::string host = kRegistry;
  return challenge("Bearer realm=\"https://" + host + "/oauth2/token\",service=\"" + host +
                   "\",scope=\"repository:app:pull\"");
}

}  // namespace sealift::test
