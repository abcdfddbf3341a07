#include "azure_login.h"

#include <sealift/base/encoding.h>
#include <sealift/base/percent_encoding.h>

#include "access_token.h"
#include "service_question.h"

namespace sealift::cloud {
namespace {

constexpr std::string_view kAssertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::string_view kMetadata =
    "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=";

Result<std::string> required(const Workload& workload, const std::string& name) {
  std::string value = workload.variable(name);
  if (!value.empty()) return value;
  return fail(
      ErrorCode::kUnauthenticated,
      "AZURE_FEDERATED_TOKEN_FILE is set and " + name +
          " is not: label the pod azure.workload.identity/use=true and annotate its service "
          "account with azure.workload.identity/client-id, which sets both");
}

Result<AccessToken> token_in(const ServiceQuestion& question, const std::string& body) {
  auto token = parse_access_token(body, "the answer");
  if (!token) return fail(bad_answer(question, token.error().message()));
  return token;
}

// Microsoft identity platform, "client credentials flow", with a federated credential.
Result<AccessToken> federated_token(const std::string& file, const AzureCloud& cloud,
                                    const Workload& workload, std::stop_token stop) {
  SEALIFT_ASSIGN(const auto tenant, required(workload, "AZURE_TENANT_ID"));
  SEALIFT_ASSIGN(const auto client, required(workload, "AZURE_CLIENT_ID"));
  std::string authority = workload.variable("AZURE_AUTHORITY_HOST");
  if (authority.empty()) authority = cloud.authority;
  SEALIFT_TRY(https_host("AZURE_AUTHORITY_HOST", authority));
  if (!authority.ends_with('/')) authority += '/';
  SEALIFT_ASSIGN(const auto assertion,
                 read_token_file(workload, "AZURE_FEDERATED_TOKEN_FILE", file));
  const std::string scope = std::string(cloud.resource) + "/.default";
  const ServiceQuestion question{
      "trade the federated token for one of Microsoft Entra",
      "look whether the application AZURE_CLIENT_ID in the tenant AZURE_TENANT_ID has a federated "
      "credential for this cluster's issuer and service account",
      post_form(authority + percent_encode(tenant) + "/oauth2/v2.0/token",
                {{"grant_type", "client_credentials"},
                 {"client_id", client},
                 {"scope", scope},
                 {"client_assertion_type", kAssertion},
                 {"client_assertion", assertion}},
                workload),
      {assertion}};
  SEALIFT_ASSIGN(const auto body, ask(question, workload, std::move(stop)));
  return token_in(question, body);
}

// "How to use managed identities on a virtual machine to acquire an access token".
Result<AccessToken> machine_token(const AzureCloud& cloud, const Workload& workload,
                                  std::stop_token stop) {
  std::string url = std::string(kMetadata) + percent_encode(cloud.resource);
  const std::string client = workload.variable("AZURE_CLIENT_ID");
  if (!client.empty()) url += "&client_id=" + percent_encode(client);
  HttpRequest request = metadata_request(std::move(url));
  request.headers.set("Metadata", "true");
  const ServiceQuestion question{
      "get a token of this machine's managed identity",
      "set AZURE_FEDERATED_TOKEN_FILE, AZURE_CLIENT_ID and AZURE_TENANT_ID (workload identity), or "
      "give the machine a managed identity",
      std::move(request)};
  SEALIFT_ASSIGN(const auto body, ask(question, workload, std::move(stop)));
  return token_in(question, body);
}

}  // namespace

Result<IssuedLogin> azure_login(const std::string& registry, const AzureCloud& cloud,
                                const Workload& workload, std::stop_token stop) {
  const std::string file = workload.variable("AZURE_FEDERATED_TOKEN_FILE");
  SEALIFT_ASSIGN(const auto token, file.empty() ? machine_token(cloud, workload, stop)
                                                : federated_token(file, cloud, workload, stop));
  Form form = {{"grant_type", "access_token"}, {"service", registry}};
  const std::string tenant = workload.variable("AZURE_TENANT_ID");
  if (!tenant.empty()) form.emplace_back("tenant", tenant);
  form.emplace_back("access_token", token.value);
  const ServiceQuestion question{
      "trade the token of Microsoft Entra for a login at the registry",
      "give the identity the role AcrPull, or AcrPush to publish, at " + registry,
      post_form("https://" + registry + "/oauth2/exchange", form, workload),
      {token.value}};
  SEALIFT_ASSIGN(const auto body, ask(question, workload, std::move(stop)));
  const auto json = parse_json(body, "the answer", kAnswerLimits);
  if (!json) return fail(bad_answer(question, json.error().message()));
  oci::Credentials credentials;
  credentials.identity_token = json->string_at({"refresh_token"});
  if (!is_header_token(credentials.identity_token)) {
    return fail(bad_answer(question, "the answer holds no refresh_token"));
  }
  const auto life =
      expiry_of_jwt(credentials.identity_token, "the refresh token").and_then([&](Timestamp ends) {
        return life_until(ends, workload.clock.now(), "the refresh token");
      });
  if (!life) return fail(bad_answer(question, life.error().message()));
  return IssuedLogin{std::move(credentials), *life};
}

}  // namespace sealift::cloud
