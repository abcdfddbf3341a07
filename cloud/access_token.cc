#include "access_token.h"

#include <sealift/base/base64url.h>

#include <charconv>

#include "service_question.h"

namespace sealift::cloud {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kLongestLife = 24 * 60 * 60;
// The end of the year 9999, up to which RFC 3339 has a text for it.
constexpr std::int64_t kMaxTime = 253402300799;

tl::unexpected<Error> refuse(std::string_view what, std::string_view why) {
  return fail(ErrorCode::kInvalidInput, std::string(what) + " " + std::string(why));
}

// Azure's metadata service writes a text.
std::optional<std::int64_t> seconds_in(const Json& json) {
  const Json* value = json.find("expires_in");
  if (value == nullptr) return std::nullopt;
  const std::string* text = value->as_string();
  if (text == nullptr) return value->as_int64();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

bool is_bearer(std::string_view type) {
  return type.empty() || type == "Bearer" || type == "bearer" || type == "BEARER";
}

}  // namespace

Result<AccessToken> parse_access_token(std::string_view body, std::string_view what) {
  SEALIFT_ASSIGN(const auto json, parse_json(body, what, kAnswerLimits));
  const auto value = json.string_at({"access_token"});
  if (!is_header_token(value)) return refuse(what, "holds no access_token");
  if (!is_bearer(json.string_at({"token_type"}))) {
    return refuse(what, "holds another kind of token than a bearer's");
  }
  const auto life = seconds_in(json);
  if (!life || *life <= 0) return refuse(what, "does not say in how many seconds the token ends");
  return AccessToken{std::string(value), seconds(std::min(*life, kLongestLife))};
}

Result<seconds> life_until(Timestamp end, Timestamp now, std::string_view what) {
  if (end > now) return std::chrono::duration_cast<seconds>(end - now);
  return refuse(what, "ended at " + format_timestamp(end) +
                          " already: look whether this machine's clock is right");
}

Result<Timestamp> expiry_of_jwt(std::string_view token, std::string_view what) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return refuse(what, "is no JSON Web Token");
  auto claims = base64url_decode(token.substr(first + 1, second - first - 1));
  if (!claims) return refuse(what, "is no JSON Web Token");
  const auto json = parse_json(*claims, what, kAnswerLimits);
  const Json* expires = json ? json->find("exp") : nullptr;
  const auto time = expires == nullptr ? std::nullopt : expires->as_int64();
  if (!time || *time < 0 || *time > kMaxTime) return refuse(what, "does not say when it ends");
  return Timestamp(seconds(*time));
}

}  // namespace sealift::cloud
