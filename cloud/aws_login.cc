#include "aws_login.h"

#include <sealift/base/encoding.h>

#include <charconv>

#include "access_token.h"
#include "aws_keys.h"
#include "service_question.h"

namespace sealift::cloud {
namespace {

constexpr std::string_view kWhat = "the answer to GetAuthorizationToken";
constexpr double kMaxTime = 253402300799;  // the end of the year 9999

tl::unexpected<Error> refuse(std::string_view why) {
  return fail(ErrorCode::kInvalidInput, std::string(kWhat) + " " + std::string(why));
}

// Seconds since 1970, with a fraction or an exponent as it pleases the service.
std::optional<Timestamp> time_in(const Json* value) {
  const Json::Number* number = value == nullptr ? nullptr : value->as_number();
  if (number == nullptr) return std::nullopt;
  double seconds = 0;
  const auto& digits = number->digits;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (error != std::errc() || seconds < 0 || seconds > kMaxTime) return std::nullopt;
  return Timestamp(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

}  // namespace

Result<IssuedLogin> parse_ecr_answer(std::string_view body, Timestamp now) {
  SEALIFT_ASSIGN(const auto json, parse_json(body, kWhat, kAnswerLimits));
  const Json* data = json.find("authorizationData");
  const Json::Array* list = data == nullptr ? nullptr : data->as_array();
  if (list == nullptr || list->empty()) return refuse("holds no authorizationData");
  const auto login = base64_decode((*list)[0].string_at({"authorizationToken"}));
  const auto colon = login ? login->find(':') : std::string::npos;
  if (colon == std::string::npos || colon == 0 || colon + 1 == login->size()) {
    return refuse("holds no login");
  }
  const auto ends = time_in((*list)[0].find("expiresAt"));
  if (!ends) return refuse("does not say when the login ends");
  SEALIFT_ASSIGN(const auto life, life_until(*ends, now, "the login that ECR gave"));
  oci::Credentials credentials;
  credentials.username = login->substr(0, colon);
  credentials.password = login->substr(colon + 1);
  return IssuedLogin{std::move(credentials), life};
}

Result<IssuedLogin> aws_login(const EcrRegistry& registry, const Workload& workload,
                              std::stop_token stop) {
  SEALIFT_ASSIGN(const auto keys, find_aws_keys(workload, registry.region, stop));
  constexpr std::string_view kBody = "{}";
  HttpRequest request = post_form("https://" + registry.endpoint + "/", {}, workload);
  request.headers.set("Content-Type", "application/x-amz-json-1.1");
  request.headers.set("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken");
  request.body = Blob::from_string(std::string(kBody));
  const Timestamp now = workload.clock.now();
  sign_v4(request, kBody, keys, {registry.region, "ecr"}, now);
  const ServiceQuestion question{"get a login for the registry",
                                 "grant the identity ecr:GetAuthorizationToken, and look whether "
                                 "this machine's clock is right",
                                 std::move(request),
                                 {keys.secret_access_key, keys.session_token}};
  SEALIFT_ASSIGN(const auto body, ask(question, workload, std::move(stop)));
  auto login = parse_ecr_answer(body, now);
  if (!login) return fail(bad_answer(question, login.error().message()));
  return login;
}

}  // namespace sealift::cloud
