#include "google_login.h"

#include <sealift/base/encoding.h>

#include <algorithm>

#include "access_token.h"
#include "google_federation.h"
#include "service_question.h"

namespace sealift::cloud {
namespace {

constexpr std::uint64_t kMaxConfiguration = 64u << 10;
constexpr std::string_view kUser = "oauth2accesstoken";
constexpr std::string_view kTokenPath =
    "/computeMetadata/v1/instance/service-accounts/default/token";

// Google Cloud, "Authenticate workloads using service accounts": the header keeps a page in
// somebody's browser from asking.
Result<AccessToken> machine_token(const Workload& workload, std::stop_token stop) {
  std::string host = workload.variable("GCE_METADATA_HOST");
  if (host.empty()) host = "metadata.google.internal";
  const bool is_host = std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-.:[]").find(c) != std::string_view::npos;
  });
  if (!is_host) {
    return fail(ErrorCode::kInvalidInput,
                "GCE_METADATA_HOST is \"" + printable(host, 80) + "\", which is no host");
  }
  HttpRequest request = metadata_request("http://" + host + std::string(kTokenPath));
  request.headers.set("Metadata-Flavor", "Google");
  const ServiceQuestion question{
      "get a token of this machine's service account",
      "give the machine or the pod a service account (Workload Identity Federation for GKE), or "
      "name a configuration of workload identity federation in GOOGLE_APPLICATION_CREDENTIALS",
      std::move(request)};
  SEALIFT_ASSIGN(const auto body, ask(question, workload, std::move(stop)));
  auto token = parse_access_token(body, "the answer");
  if (!token) return fail(bad_answer(question, token.error().message()));
  return token;
}

Result<AccessToken> google_token(const Workload& workload, std::stop_token stop) {
  const std::string path = workload.variable("GOOGLE_APPLICATION_CREDENTIALS");
  if (path.empty()) return machine_token(workload, std::move(stop));
  const std::string what = "GOOGLE_APPLICATION_CREDENTIALS " + printable(path);
  SEALIFT_ASSIGN_CONTEXT(const auto json, read_file(workload.files, path, kMaxConfiguration),
                         "reading what GOOGLE_APPLICATION_CREDENTIALS names");
  SEALIFT_ASSIGN(const auto federation, parse_google_federation(json, what));
  return federated_google_token(federation, workload, std::move(stop));
}

}  // namespace

Result<IssuedLogin> google_login(const Workload& workload, std::stop_token stop) {
  SEALIFT_ASSIGN(auto token, google_token(workload, std::move(stop)));
  oci::Credentials credentials;
  credentials.username = kUser;
  credentials.password = std::move(token.value);
  return IssuedLogin{std::move(credentials), token.life};
}

}  // namespace sealift::cloud
