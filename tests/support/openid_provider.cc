#include "support/openid_provider.h"

#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>

#include <gtest/gtest.h>

#include <algorithm>

namespace sealift::test {
namespace {

constexpr std::string_view kDeviceCode = "the device's secret";
constexpr std::string_view kDeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

std::string base64url(std::string_view bytes) {
  std::string text = base64_encode(bytes);
  text.erase(text.find_last_not_of('=') + 1);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    decoded += hex_decode(text.substr(i + 1, 2)).value();
    i += 2;
  }
  return decoded;
}

std::string at(const std::map<std::string, std::string>& form, const std::string& name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string() : found->second;
}

FakeAnswer refuse(const std::string& error) {
  return FakeAnswer::json(
      400, dump_json(Json::Object{{"error", error}, {"error_description", "no: " + error}}));
}

}  // namespace

std::map<std::string, std::string> parse_form(std::string_view form) {
  std::map<std::string, std::string> values;
  while (!form.empty()) {
    const auto pair = form.substr(0, form.find('&'));
    form.remove_prefix(std::min(form.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    values[decode(pair.substr(0, equals))] =
        equals == std::string_view::npos ? "" : decode(pair.substr(equals + 1));
  }
  return values;
}

FakeAnswer OpenIdProvider::answer(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  // A server sees the path alone.
  const auto asks_for = [&](std::string_view path) { return request.url.ends_with(path); };
  if (asks_for("/.well-known/openid-configuration")) return discovery();
  if (request.method != "POST" ||
      request.headers.get("Content-Type") != "application/x-www-form-urlencoded") {
    return FakeAnswer::json(404, "{}");
  }
  const auto form = parse_form(request.body);
  if (at(form, "client_id") != client) return refuse("invalid_client");
  if (asks_for("/device/code")) return device_code(form);
  if (asks_for("/token")) return token(form);
  return FakeAnswer::json(404, "{}");
}

FakeAnswer OpenIdProvider::discovery() const {
  Json document = Json::Object{{"issuer", issuer},
                               {"authorization_endpoint", issuer + "/auth"},
                               {"token_endpoint", issuer + "/token"},
                               {"device_authorization_endpoint", issuer + "/device/code"},
                               {"code_challenge_methods_supported", Json::Array{"S256"}}};
  edit_discovery(document);
  return FakeAnswer::json(200, dump_json(document));
}

std::string OpenIdProvider::log_in(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto query = address.find('?');
  EXPECT_EQ(address.substr(0, query), issuer + "/auth");
  const auto form = parse_form(address.substr(query + 1));
  const bool good = at(form, "response_type") == "code" && at(form, "client_id") == client &&
                    at(form, "scope").find("openid") != std::string::npos &&
                    at(form, "code_challenge_method") == "S256" &&
                    at(form, "code_challenge").size() == 43 && at(form, "state").size() >= 22 &&
                    at(form, "nonce").size() >= 22 &&
                    at(form, "redirect_uri").starts_with("http://localhost:");
  EXPECT_TRUE(good) << address;
  if (!good) return "";
  const std::string code = "code/" + std::to_string(codes_.size());
  codes_[code] = {at(form, "code_challenge"), at(form, "nonce"), at(form, "redirect_uri")};
  return at(form, "redirect_uri") + "?code=code%2F" + code.substr(5) +
         "&state=" + at(form, "state");
}

FakeAnswer OpenIdProvider::device_code(const std::map<std::string, std::string>& form) {
  if (at(form, "scope").find("openid") == std::string::npos) return refuse("invalid_scope");
  codes_[std::string(kDeviceCode)] = {at(form, "code_challenge"), "", ""};
  Json document = device_answer;
  document.set("device_code", kDeviceCode);
  document.set("user_code", "WDJB-MJHT");
  document.set("verification_uri", issuer + "/device");
  document.set("verification_uri_complete", issuer + "/device?user_code=WDJB-MJHT");
  return FakeAnswer::json(200, dump_json(document));
}

FakeAnswer OpenIdProvider::token(const std::map<std::string, std::string>& form) {
  const bool by_device = at(form, "grant_type") == kDeviceGrant;
  if (!by_device && at(form, "grant_type") != "authorization_code") {
    return refuse("unsupported_grant_type");
  }
  const auto code = codes_.find(at(form, by_device ? "device_code" : "code"));
  if (code == codes_.end()) return refuse("invalid_grant");
  if (by_device && !device_errors.empty()) {
    const auto error = device_errors.front();
    device_errors.erase(device_errors.begin());
    return refuse(error);
  }
  const Login login = code->second;
  codes_.erase(code);  // it is good once
  return give(login, form);
}

FakeAnswer OpenIdProvider::give(const Login& login,
                                const std::map<std::string, std::string>& form) const {
  const bool is_same = base64url(Digest::of(at(form, "code_verifier")).raw()) == login.challenge;
  if (!is_same || at(form, "redirect_uri") != login.redirect_uri) return refuse("invalid_grant");
  Json claims = Json::Object{
      {"iss", issuer},          {"sub", "1234"},    {"aud", client}, {"email", "alice@example.com"},
      {"email_verified", true}, {"exp", 4102444800}};  // 2100-01-01T00:00:00Z
  if (!login.nonce.empty()) claims.set("nonce", login.nonce);
  edit_claims(claims);
  Json document =
      Json::Object{{"access_token", "of no use here"},
                   {"token_type", "Bearer"},
                   {"id_token", base64url(R"({"alg":"ES256"})") + "." +
                                    base64url(dump_json(claims)) + "." + base64url("signature")}};
  edit_token_answer(document);
  return FakeAnswer::json(200, dump_json(document));
}

}  // namespace sealift::test
