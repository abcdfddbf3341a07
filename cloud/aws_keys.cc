#include "aws_keys.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <array>
#include <optional>

#include "registry_host.h"
#include "service_question.h"
#include "sts_answer.h"

namespace sealift::cloud {
namespace {

constexpr std::string_view kRoleAdvice =
    "look whether the trust policy of AWS_ROLE_ARN names this cluster's issuer and service account";
constexpr std::string_view kAgentAdvice =
    "look whether the Pod Identity agent runs on this node and the service account has an "
    "association";

tl::unexpected<Error> unset(const std::string& what) {
  return fail(ErrorCode::kUnauthenticated, what);
}

Result<std::optional<AwsKeys>> keys_of_environment(const Workload& workload) {
  AwsKeys keys{workload.variable("AWS_ACCESS_KEY_ID"), workload.variable("AWS_SECRET_ACCESS_KEY"),
               workload.variable("AWS_SESSION_TOKEN")};
  if (keys.access_key_id.empty() && keys.secret_access_key.empty()) return std::nullopt;
  const bool good = is_header_token(keys.access_key_id) &&
                    is_header_token(keys.secret_access_key) &&
                    (keys.session_token.empty() || is_header_token(keys.session_token));
  if (!good) {
    return unset(
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set to keys: set both, "
        "or neither for the workload's own identity");
  }
  return keys;
}

Result<std::string> region_of(const Workload& workload, const std::string& otherwise) {
  for (const auto* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    const std::string region = workload.variable(name);
    if (region.empty()) continue;
    if (is_region(region)) return region;
    return fail(ErrorCode::kInvalidInput, std::string(name) + " is \"" + printable(region, 60) +
                                              "\", which is no region as eu-central-1 is one");
  }
  return otherwise;
}

// AWS Security Token Service API Reference, "AssumeRoleWithWebIdentity": the token is the proof, so
// nothing is signed.
Result<AwsKeys> keys_of_role(const Workload& workload, const std::string& role,
                             const std::string& file, const std::string& registry_region,
                             std::stop_token stop) {
  SEALIFT_ASSIGN(const auto token, read_token_file(workload, "AWS_WEB_IDENTITY_TOKEN_FILE", file));
  SEALIFT_ASSIGN(const auto region, region_of(workload, registry_region));
  std::string session = workload.variable("AWS_ROLE_SESSION_NAME");
  if (session.empty()) session = "sealift";
  ServiceQuestion question{"assume the role " + printable(role) + " by web identity",
                           std::string(kRoleAdvice),
                           post_form("https://" + sts_host(region) + "/",
                                     {{"Action", "AssumeRoleWithWebIdentity"},
                                      {"Version", "2011-06-15"},
                                      {"RoleArn", role},
                                      {"RoleSessionName", session},
                                      {"WebIdentityToken", token}},
                                     workload),
                           {token}};
  question.request.headers.set("Accept", "text/xml");
  SEALIFT_ASSIGN(const auto body, ask(question, workload, std::move(stop)));
  auto keys = parse_sts_answer(body);
  if (!keys) return fail(bad_answer(question, keys.error().message()));
  return keys;
}

// AWS SDKs and Tools Reference Guide, "Container credential provider": over http only to these.
bool is_agent(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  constexpr auto kHosts = std::to_array<std::string_view>(
      {"169.254.170.23", "169.254.170.2", "[fd00:ec2::23]", "127.0.0.1", "localhost", "[::1]"});
  if (!url.starts_with(kScheme)) return false;
  const auto authority = url.substr(kScheme.size(), url.find_first_of("/?#", kScheme.size()) -
                                                        std::min(url.size(), kScheme.size()));
  return std::any_of(kHosts.begin(), kHosts.end(), [&](std::string_view host) {
    if (!authority.starts_with(host)) return false;
    const auto port = authority.substr(host.size());
    return port.empty() || (port.front() == ':' && port.substr(1).find_first_not_of("0123456789") ==
                                                       std::string_view::npos);
  });
}

Result<AwsKeys> keys_of_agent(const Workload& workload, const std::string& url,
                              std::stop_token stop) {
  HttpRequest request = metadata_request(url);
  if (!is_agent(url)) {
    SEALIFT_TRY(https_host("AWS_CONTAINER_CREDENTIALS_FULL_URI", url));
    request.server = workload.server;
  }
  std::string token = workload.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  const std::string file = workload.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!file.empty()) {
    SEALIFT_ASSIGN(token,
                   read_token_file(workload, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file));
  }
  if (!token.empty()) request.headers.set("Authorization", token);
  const ServiceQuestion question{
      "get the keys of this pod's role", std::string(kAgentAdvice), std::move(request), {token}};
  SEALIFT_ASSIGN(const auto body, ask(question, workload, std::move(stop)));
  auto keys = parse_container_keys(body);
  if (!keys) return fail(bad_answer(question, keys.error().message()));
  return keys;
}

}  // namespace

Result<AwsKeys> find_aws_keys(const Workload& workload, const std::string& region,
                              std::stop_token stop) {
  SEALIFT_ASSIGN(auto keys, keys_of_environment(workload));
  if (keys) return *std::move(keys);
  const std::string role = workload.variable("AWS_ROLE_ARN");
  const std::string file = workload.variable("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (!role.empty() && !file.empty()) {
    return keys_of_role(workload, role, file, region, std::move(stop));
  }
  if (!role.empty() || !file.empty()) {
    return unset(
        "only one of AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE is set: annotate the "
        "service account with eks.amazonaws.com/role-arn, which sets both");
  }
  const std::string url = workload.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!url.empty()) return keys_of_agent(workload, url, std::move(stop));
  const std::string path = workload.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  if (!path.empty()) return keys_of_agent(workload, "http://169.254.170.2" + path, std::move(stop));
  return unset(
      "this workload has no identity at AWS: set AWS_ROLE_ARN and "
      "AWS_WEB_IDENTITY_TOKEN_FILE (IAM roles for service accounts), "
      "AWS_CONTAINER_CREDENTIALS_FULL_URI (EKS Pod Identity), or AWS_ACCESS_KEY_ID and "
      "AWS_SECRET_ACCESS_KEY");
}

}  // namespace sealift::cloud
