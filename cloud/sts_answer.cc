#include "sts_answer.h"

#include <string>

#include "service_question.h"
#include "xml_element.h"

namespace sealift::cloud {
namespace {

Result<AwsKeys> checked(AwsKeys keys, std::string_view what) {
  if (is_header_token(keys.access_key_id) && is_header_token(keys.secret_access_key) &&
      is_header_token(keys.session_token)) {
    return keys;
  }
  return fail(ErrorCode::kInvalidInput,
              std::string(what) + " lacks a key id, a secret key or a session token");
}

}  // namespace

Result<AwsKeys> parse_sts_answer(std::string_view body) {
  constexpr std::string_view kWhat = "the answer of the Security Token Service";
  SEALIFT_ASSIGN(const auto answer, parse_xml(body, kWhat));
  if (answer.name != "AssumeRoleWithWebIdentityResponse") {
    return fail(ErrorCode::kInvalidInput,
                std::string(kWhat) + " is none to AssumeRoleWithWebIdentity");
  }
  const auto text = [&answer](std::string_view name) {
    return std::string(answer.text_at({"AssumeRoleWithWebIdentityResult", "Credentials", name}));
  };
  return checked({text("AccessKeyId"), text("SecretAccessKey"), text("SessionToken")}, kWhat);
}

Result<AwsKeys> parse_container_keys(std::string_view body) {
  constexpr std::string_view kWhat = "the answer of the credentials agent";
  SEALIFT_ASSIGN(const auto json, parse_json(body, kWhat, kAnswerLimits));
  const auto text = [&json](std::string_view name) { return std::string(json.string_at({name})); };
  return checked({text("AccessKeyId"), text("SecretAccessKey"), text("Token")}, kWhat);
}

}  // namespace sealift::cloud
