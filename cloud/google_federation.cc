#include "google_federation.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>

#include "service_question.h"

namespace sealift::cloud {
namespace {

constexpr std::string_view kScope = "https://www.googleapis.com/auth/cloud-platform";
constexpr std::string_view kGrant = "urn:ietf:params:oauth:grant-type:token-exchange";
constexpr std::string_view kWanted = "urn:ietf:params:oauth:token-type:access_token";
constexpr std::uint64_t kMaxTokenFile = 64u << 10;

// A configuration that somebody else wrote must not send the token to him.
Result<> check_google(const ObjectReader& reader, std::string_view member, const std::string& url) {
  SEALIFT_ASSIGN(const auto host, https_host(reader.path_of(member), url));
  if (host.ends_with(".googleapis.com")) return {};
  return fail(reader.error_at(member, "must be an address below googleapis.com"));
}

Result<> read_source(ObjectReader source, GoogleFederation& federation) {
  source.ignore_unknown();
  auto file = source.optional_string("file");
  if (!file) return fail(std::move(file).error());
  if (!*file || (*file)->empty()) {
    return fail(source.error_at("file", "is required: only tokens in a file are supported"));
  }
  federation.token_file = **file;
  SEALIFT_ASSIGN(auto format, source.optional_object("format"));
  if (!format) return {};
  format->ignore_unknown();
  SEALIFT_ASSIGN(const auto type, format->string_or("type", "text"));
  if (type == "text") return {};
  if (type != "json") return fail(format->error_at("type", "must be text or json"));
  SEALIFT_ASSIGN(federation.token_field, format->required_string("subject_token_field_name"));
  return {};
}

Result<std::string> subject_token(const GoogleFederation& federation, const Workload& workload) {
  if (federation.token_field.empty()) {
    return read_token_file(workload, "GOOGLE_APPLICATION_CREDENTIALS", federation.token_file);
  }
  const std::string what = "the token file " + printable(federation.token_file);
  SEALIFT_ASSIGN_CONTEXT(const auto text,
                         read_file(workload.files, federation.token_file, kMaxTokenFile),
                         "reading the token that GOOGLE_APPLICATION_CREDENTIALS names");
  SEALIFT_ASSIGN(const auto json, parse_json(text, what, kAnswerLimits));
  const auto token = json.string_at({federation.token_field});
  if (is_header_token(token)) return std::string(token);
  return fail(ErrorCode::kUnauthenticated,
              what + " has no token in its member " + printable(federation.token_field, 60));
}

// IAM Service Account Credentials API, generateAccessToken.
Result<AccessToken> impersonate(const std::string& url, const std::string& token,
                                const Workload& workload, std::stop_token stop) {
  HttpRequest request = post_form(url, {}, workload);
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Authorization", "Bearer " + token);
  request.body = Blob::from_string(
      dump_json(Json::Object{{"scope", Json::Array{Json(kScope)}}, {"lifetime", "3600s"}}));
  const ServiceQuestion question{
      "get a token of the service account",
      "give the federated identity the role roles/iam.workloadIdentityUser on the service account",
      std::move(request),
      {token}};
  SEALIFT_ASSIGN(const auto body, ask(question, workload, std::move(stop)));
  const auto json = parse_json(body, "the answer", kAnswerLimits);
  if (!json) return fail(bad_answer(question, json.error().message()));
  const auto value = json->string_at({"accessToken"});
  const auto ends = parse_timestamp(json->string_at({"expireTime"}));
  if (!is_header_token(value) || !ends) {
    return fail(bad_answer(question, "the answer lacks accessToken or expireTime"));
  }
  const auto life = life_until(*ends, workload.clock.now(), "the token of the service account");
  if (!life) return fail(bad_answer(question, life.error().message()));
  return AccessToken{std::string(value), *life};
}

}  // namespace

Result<GoogleFederation> parse_google_federation(std::string_view json, std::string_view source) {
  SEALIFT_ASSIGN(const auto document, parse_json(json, source, kAnswerLimits));
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(document, std::string(source)));
  reader.ignore_unknown();
  SEALIFT_ASSIGN(const auto type, reader.required_string("type"));
  if (type != "external_account") {
    return fail(
        reader.error_at("type",
                        "must be external_account: of a key, give the login _json_key with "
                        "--username and --password-stdin, or a Secret, instead of a provider"));
  }
  GoogleFederation federation;
  SEALIFT_ASSIGN(federation.audience, reader.required_string("audience"));
  SEALIFT_ASSIGN(federation.subject_token_type, reader.required_string("subject_token_type"));
  SEALIFT_ASSIGN(federation.token_url, reader.required_string("token_url"));
  SEALIFT_TRY(check_google(reader, "token_url", federation.token_url));
  SEALIFT_ASSIGN(federation.impersonation_url,
                 reader.string_or("service_account_impersonation_url", ""));
  if (!federation.impersonation_url.empty()) {
    SEALIFT_TRY(
        check_google(reader, "service_account_impersonation_url", federation.impersonation_url));
  }
  SEALIFT_ASSIGN(auto token_source, reader.required_object("credential_source"));
  SEALIFT_TRY(read_source(std::move(token_source), federation));
  return federation;
}

Result<AccessToken> federated_google_token(const GoogleFederation& federation,
                                           const Workload& workload, std::stop_token stop) {
  SEALIFT_ASSIGN(const auto subject, subject_token(federation, workload));
  const ServiceQuestion question{
      "trade the token of this workload for one of Google",
      "look whether the pool and provider in the configuration's audience trust this cluster's "
      "issuer and service account",
      post_form(federation.token_url,
                {{"grant_type", kGrant},
                 {"audience", federation.audience},
                 {"scope", kScope},
                 {"requested_token_type", kWanted},
                 {"subject_token_type", federation.subject_token_type},
                 {"subject_token", subject}},
                workload),
      {subject}};
  SEALIFT_ASSIGN(const auto body, ask(question, workload, stop));
  auto token = parse_access_token(body, "the answer");
  if (!token) return fail(bad_answer(question, token.error().message()));
  if (federation.impersonation_url.empty()) return token;
  return impersonate(federation.impersonation_url, token->value, workload, std::move(stop));
}

}  // namespace sealift::cloud
