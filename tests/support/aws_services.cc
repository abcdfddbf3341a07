#include "support/aws_services.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>

#include <algorithm>

#include "signature_v4.h"

namespace sealift::test {
namespace {

constexpr std::chrono::hours kKeyLife{1};
constexpr std::chrono::hours kLoginLife{12};
constexpr std::chrono::minutes kClockSkew{5};

FakeAnswer xml(int status, std::string body) {
  FakeAnswer answer = FakeAnswer::json(status, std::move(body));
  answer.headers.set("Content-Type", "text/xml");
  return answer;
}

FakeAnswer sts_error(const std::string& code, const std::string& message) {
  return xml(code == "AccessDenied" ? 403 : 400,
             "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n"
             "    <Type>Sender</Type>\n    <Code>" +
                 code + "</Code>\n    <Message>" + message +
                 "</Message>\n  </Error>\n  <RequestId>1</RequestId>\n</ErrorResponse>\n");
}

FakeAnswer ecr_error(const std::string& type, const std::string& message) {
  return FakeAnswer::json(400, dump_json(Json::Object{{"__type", type}, {"message", message}}));
}

bool is_session_name(std::string_view name) {
  return name.size() >= 2 && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("_+=,.@-").find(c) != std::string_view::npos;
         });
}

// What stands behind "NAME=" in an Authorization header.
std::string part(const std::string& header, const std::string& name) {
  const auto begin = header.find(name + "=");
  if (begin == std::string::npos) return "";
  const auto value = begin + name.size() + 1;
  return header.substr(value, header.find(',', value) - value);
}

}  // namespace

FakeAnswer AwsServices::serve(const Call& call) {
  if (call.host == "sts.eu-central-1.amazonaws.com") return assume_role(call);
  if (call.host == "169.254.170.23") return give_pod_keys(call);
  if (call.host == "api.ecr.eu-central-1.amazonaws.com") return authorize(call);
  return call.host == kRegistry ? registry(call) : FakeAnswer::json(404, "{}");
}

AwsServices::Keys AwsServices::make_keys() {
  Keys keys;
  keys.session = issue("session/token+", kKeyLife);
  keys.id = "ASIA" + std::to_string(keys_.size());
  keys.secret = "secret/key+" + keys.session;
  note_secret(keys.secret);
  keys_[keys.id] = keys;
  return keys;
}

FakeAnswer AwsServices::assume_role(const Call& call) {
  note_secret(call["WebIdentityToken"]);
  if (call.method != "POST" || call["Action"] != "AssumeRoleWithWebIdentity" ||
      call["Version"] != "2011-06-15" || !is_session_name(call["RoleSessionName"])) {
    return sts_error("ValidationError", "the request is not valid");
  }
  if (call["WebIdentityToken"] != web_identity) {
    return sts_error("InvalidIdentityToken", "No OpenIDConnect provider found for &quot;" +
                                                 call["WebIdentityToken"] + "&quot;");
  }
  if (call["RoleArn"] != kRole) {
    return sts_error("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  }
  const Keys keys = make_keys();
  return xml(200,
             "<AssumeRoleWithWebIdentityResponse "
             "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
             "  <AssumeRoleWithWebIdentityResult>\n    <Audience>sts.amazonaws.com</Audience>\n"
             "    <Credentials>\n      <AccessKeyId>" +
                 keys.id +
                 "</AccessKeyId>\n"
                 "      <SecretAccessKey>" +
                 keys.secret +
                 "</SecretAccessKey>\n"
                 "      <SessionToken>" +
                 keys.session +
                 "</SessionToken>\n"
                 "      <Expiration>" +
                 format_timestamp(now() + kKeyLife) +
                 "</Expiration>\n"
                 "    </Credentials>\n  </AssumeRoleWithWebIdentityResult>\n"
                 "</AssumeRoleWithWebIdentityResponse>\n");
}

FakeAnswer AwsServices::give_pod_keys(const Call& call) {
  note_secret(call.header("Authorization"));
  if (call.method != "GET" || call.path != "/v1/credentials" ||
      call.header("Authorization") != pod_token) {
    return FakeAnswer::json(400, R"({"code":"InvalidToken","message":"the token is not valid"})");
  }
  const Keys keys = make_keys();
  return FakeAnswer::json(
      200, dump_json(Json::Object{{"AccessKeyId", keys.id},
                                  {"SecretAccessKey", keys.secret},
                                  {"Token", keys.session},
                                  {"AccountId", "123456789012"},
                                  {"Expiration", format_timestamp(now() + kKeyLife)}}));
}

// Signs the same request again, with the headers that the signature names.
bool AwsServices::is_signed(const Call& call) {
  const std::string shown = call.header("Authorization");
  const auto credential = part(shown, "Credential");
  const auto keys = keys_.find(credential.substr(0, credential.find('/')));
  if (keys == keys_.end() || !is_good(keys->second.session)) return false;
  if (call.header("X-Amz-Security-Token") != keys->second.session) return false;
  HttpRequest again;
  again.method = call.method;
  again.url = "https://" + call.host + call.path;
  std::string names = part(shown, "SignedHeaders") + ";";
  for (; !names.empty(); names.erase(0, names.find(';') + 1)) {
    const auto name = names.substr(0, names.find(';'));
    if (name != "host") again.headers.set(name, call.header(name));
  }
  const std::string date = call.header("X-Amz-Date");
  if (date.size() != 16) return false;
  const auto time =
      parse_timestamp(date.substr(0, 4) + "-" + date.substr(4, 2) + "-" + date.substr(6, 5) + ":" +
                      date.substr(11, 2) + ":" + date.substr(13));
  if (!time || *time > now() + kClockSkew || *time < now() - kClockSkew) return false;
  cloud::sign_v4(again, call.request.body,
                 {keys->second.id, keys->second.secret, keys->second.session},
                 {"eu-central-1", "ecr"}, *time);
  return again.headers.get("Authorization") == shown;
}

FakeAnswer AwsServices::authorize(const Call& call) {
  if (call.method != "POST" || call.header("Content-Type") != "application/x-amz-json-1.1" ||
      call.header("X-Amz-Target") != "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken") {
    return ecr_error("UnknownOperationException", "no such operation");
  }
  if (!is_signed(call)) {
    return ecr_error("InvalidSignatureException",
                     "The request signature we calculated does not match the signature you "
                     "provided, token " +
                         call.header("X-Amz-Security-Token"));
  }
  const std::string password = issue("ecr", kLoginLife);
  Json::Number ends;
  ends.digits = std::to_string((now() + kLoginLife).time_since_epoch().count()) + ".25";
  Json data = Json::Object{{"authorizationToken", base64_encode("AWS:" + password)},
                           {"proxyEndpoint", "https://" + std::string(kRegistry)}};
  data.set("expiresAt", Json(std::move(ends)));
  return FakeAnswer::json(
      200, dump_json(Json::Object{{"authorizationData", Json::Array{std::move(data)}}}));
}

FakeAnswer AwsServices::registry(const Call& call) {
  const std::string shown = call.header("Authorization");
  const auto login = shown.starts_with("Basic ") ? base64_decode(shown.substr(6))
                                                 : Result<std::string>(std::string());
  if (login && login->starts_with("AWS:") && is_good(login->substr(4))) return content(call);
  return challenge("Basic realm=\"https://" + std::string(kRegistry) +
                   "/\",service=\"ecr.amazonaws.com\"");
}

}  // namespace sealift::test
