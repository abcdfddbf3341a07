#include "support/google_services.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>

namespace sealift::test {
namespace {

constexpr std::chrono::seconds kLife{3599};
constexpr std::string_view kScope = "https://www.googleapis.com/auth/cloud-platform";

FakeAnswer api_error(int status, const std::string& code, const std::string& message) {
  return FakeAnswer::json(
      status,
      dump_json(Json::Object{
          {"error", Json::Object{{"code", status}, {"message", message}, {"status", code}}}}));
}

std::string bearer(const std::string& header) {
  return header.starts_with("Bearer ") ? header.substr(7) : std::string();
}

}  // namespace

FakeAnswer GoogleServices::serve(const Call& call) {
  if (call.host == "metadata.google.internal") return give_machine_token(call);
  if (call.host == "sts.googleapis.com") return exchange(call);
  if (call.host == "iamcredentials.googleapis.com") return impersonate(call);
  return call.host == kRegistry ? registry(call) : FakeAnswer::json(404, "{}");
}

FakeAnswer GoogleServices::give_machine_token(const Call& call) {
  if (call.header("Metadata-Flavor") != "Google") return api_error(403, "FORBIDDEN", "no header");
  if (call.path != "/computeMetadata/v1/instance/service-accounts/default/token") {
    return FakeAnswer::json(404, "<html>not found</html>");
  }
  return FakeAnswer::json(200, dump_json(Json::Object{{"access_token", issue("ya29.m", kLife)},
                                                      {"expires_in", 3599},
                                                      {"token_type", "Bearer"}}))
      .with_header("Metadata-Flavor", "Google");
}

FakeAnswer GoogleServices::exchange(const Call& call) {
  note_secret(call["subject_token"]);
  const bool formed =
      call.method == "POST" && call.path == "/v1/token" &&
      call["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange" &&
      call["requested_token_type"] == "urn:ietf:params:oauth:token-type:access_token" &&
      call["subject_token_type"] == "urn:ietf:params:oauth:token-type:jwt" &&
      call["scope"] == kScope;
  if (!formed) return oauth_error(400, "invalid_request", "the request is not valid");
  if (call["audience"] != kAudience || call["subject_token"] != subject_token) {
    return oauth_error(400, "invalid_grant",
                       "Invalid value for \"subject_token\": " + call["subject_token"]);
  }
  return FakeAnswer::json(
      200,
      dump_json(Json::Object{{"access_token", issue("ya29.f", kLife)},
                             {"issued_token_type", "urn:ietf:params:oauth:token-type:access_token"},
                             {"expires_in", 3599},
                             {"token_type", "Bearer"}}));
}

FakeAnswer GoogleServices::impersonate(const Call& call) {
  const auto asked = parse_json(call.request.body, "the request");
  const Json* scope = asked ? asked->find("scope") : nullptr;
  const bool formed =
      call.method == "POST" && "https://" + call.host + call.path == kImpersonation &&
      call.header("Content-Type") == "application/json" && scope != nullptr &&
      *scope == Json(Json::Array{Json(kScope)}) && asked->string_at({"lifetime"}) == "3600s";
  if (!formed) return api_error(400, "INVALID_ARGUMENT", "the request is not valid");
  if (!is_good(bearer(call.header("Authorization")))) {
    return api_error(403, "PERMISSION_DENIED",
                     "Permission 'iam.serviceAccounts.getAccessToken' denied");
  }
  return FakeAnswer::json(200,
                          dump_json(Json::Object{{"accessToken", issue("ya29.i", kLife)},
                                                 {"expireTime", format_timestamp(now() + kLife)}}));
}

FakeAnswer GoogleServices::registry(const Call& call) {
  const std::string shown = call.header("Authorization");
  if (call.path == "/v2/token") {
    const auto login = shown.starts_with("Basic ") ? base64_decode(shown.substr(6))
                                                   : Result<std::string>(std::string());
    constexpr std::string_view kUser = "oauth2accesstoken:";
    if (!login || !login->starts_with(kUser) || !is_good(login->substr(kUser.size()))) {
      return challenge("");
    }
    return FakeAnswer::json(
        200, dump_json(Json::Object{{"token", issue("gar", kLife)}, {"expires_in", 3599}}));
  }
  if (is_good(bearer(shown))) return content(call);
  return challenge("Bearer realm=\"https://" + std::string(kRegistry) + "/v2/token\",service=\"" +
                   kRegistry + "\",scope=\"repository:app:pull\"");
}

}  // namespace sealift::test
