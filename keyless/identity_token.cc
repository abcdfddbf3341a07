#include <sealift/base/base64url.h>
#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/keyless/identity_token.h>

#include <algorithm>
#include <utility>

namespace sealift::keyless {
namespace {

constexpr JsonLimits kClaimLimits{.max_bytes = kMaxTokenBytes, .max_depth = 8, .max_values = 1024};
// The end of the year 9999, up to which RFC 3339 has a text for it.
constexpr std::int64_t kMaxTime = 253402300799;

Error malformed(std::string_view what, std::string_view why) {
  return Error(ErrorCode::kInvalidInput, std::string(what) +
                                             " is no identity token of OpenID "
                                             "Connect: " +
                                             std::string(why));
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool is_base64url(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

// The middle one of the three parts.
Result<std::string_view> claims_of(std::string_view token, std::string_view what) {
  const auto first = token.find('.');
  const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos) return fail(malformed(what, "it has not three parts"));
  const auto claims = token.substr(first + 1, second - first - 1);
  for (const auto part : {token.substr(0, first), claims, token.substr(second + 1)}) {
    if (!is_base64url(part)) return fail(malformed(what, "a part of it is not base64url"));
  }
  return claims;
}

// Some issuers write the text "true" (AWS Cognito does).
bool is_true(const Json* value) {
  if (value == nullptr) return false;
  if (const bool* flag = value->as_bool()) return *flag;
  return value->as_string() != nullptr && *value->as_string() == "true";
}

Result<> read_subject(const Json& claims, std::string_view what, IdentityToken& token) {
  const std::string mail(claims.string_at({"email"}));
  token.is_mail = !mail.empty();
  if (token.is_mail && !is_true(claims.find("email_verified"))) {
    return fail(malformed(what, "its issuer has not verified the mail address in it"));
  }
  token.subject = token.is_mail ? mail : claims.string_at({"sub"});
  if (token.subject.empty()) {
    return fail(malformed(what, "it names nobody, neither in \"email\" nor in \"sub\""));
  }
  return {};
}

// One text or a list of them (RFC 7519, section 4.1.3).
std::vector<std::string> read_audience(const Json& claims) {
  std::vector<std::string> audience;
  const Json* value = claims.find("aud");
  if (value == nullptr) return audience;
  if (const auto* text = value->as_string()) audience.push_back(*text);
  if (const auto* list = value->as_array()) {
    for (const auto& each : *list) {
      if (const auto* text = each.as_string()) audience.push_back(*text);
    }
  }
  return audience;
}

}  // namespace

bool has_token_form(std::string_view text) {
  const auto token = trim(text);
  const bool begins_object =
      token.starts_with("ew") || token.starts_with("ex") || token.starts_with("ey");
  return begins_object && claims_of(token, "").has_value();
}

Result<IdentityToken> parse_identity_token(std::string_view text, std::string_view what) {
  IdentityToken token;
  if (text.size() > kMaxTokenBytes) {
    return fail(malformed(what, "it has more than " + std::to_string(kMaxTokenBytes) + " bytes"));
  }
  token.text = trim(text);
  SEALIFT_ASSIGN(const auto encoded, claims_of(token.text, what));
  // Errors of decoding could show the token.
  const auto bytes = base64url_decode(encoded);
  if (!bytes) return fail(malformed(what, "its claims are not base64url"));
  const auto claims = parse_json(*bytes, "the claims", kClaimLimits);
  if (!claims || !claims->is_object()) {
    return fail(malformed(what, "its claims are not a JSON object"));
  }
  token.issuer = claims->string_at({"iss"});
  if (token.issuer.empty()) return fail(malformed(what, "it names no issuer (\"iss\")"));
  SEALIFT_TRY(read_subject(*claims, what, token));
  const Json* expires = claims->find("exp");
  const auto seconds = expires != nullptr ? expires->as_int64() : std::nullopt;
  if (!seconds || *seconds < 0 || *seconds > kMaxTime) {
    return fail(malformed(what, "it does not say until when it is valid (\"exp\")"));
  }
  token.expires = Timestamp(std::chrono::seconds(*seconds));
  token.audience = read_audience(*claims);
  token.nonce = claims->string_at({"nonce"});
  return token;
}

}  // namespace sealift::keyless
