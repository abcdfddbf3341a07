#include <sealift/kube/kube_config.h>

#include <cstdlib>
#include <utility>

#include "bearer_token.h"

namespace sealift::kube {
namespace {

constexpr std::string_view kServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr std::uint64_t kMaxFileBytes = 1u << 20;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

Result<ClusterAccess> load_in_cluster(FileSystem& files) {
  const auto host = variable("KUBERNETES_SERVICE_HOST");
  const auto port = variable("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty()) {
    return fail(ErrorCode::kNotFound,
                "this is no pod of a cluster (KUBERNETES_SERVICE_HOST is not set): name a "
                "kubeconfig instead");
  }
  const bool is_ipv6 = host.find(':') != std::string::npos;
  ClusterAccess access;
  access.server_url = "https://" + (is_ipv6 ? "[" + host + "]" : host) + ":" + port;
  access.description = "the service account of this pod";
  access.default_namespace = "default";
  access.token_file = join_path(kServiceAccount, "token");
  SEALIFT_TRY_CONTEXT(read_token_file(files, access.token_file),
                      "the service account of this pod (is its token mounted?)");

  HttpServerSettings settings;
  SEALIFT_ASSIGN_CONTEXT(settings.ca_pem,
                         read_file(files, join_path(kServiceAccount, "ca.crt"), kMaxFileBytes),
                         "the service account of this pod");
  access.server = std::make_shared<const HttpServerSettings>(std::move(settings));
  if (auto name = read_file(files, join_path(kServiceAccount, "namespace"), 256); name) {
    if (!name->empty()) access.default_namespace = *std::move(name);
  }
  return access;
}

}  // namespace sealift::kube
