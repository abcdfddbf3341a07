#include <sealift/base/encoding.h>
#include <sealift/kube/openapi.h>
#include <sealift/objects/names.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace sealift::kube {
namespace {

constexpr std::string_view kIndex = "/openapi/v3";

bool is_good(const OpenapiVersion& version, bool is_core) {
  return objects::rfc1123_label_problem(version.version).empty() &&
         (is_core || objects::rfc1123_subdomain_problem(version.group).empty());
}

// "api/v1" and "apis/apps/v1"; nullopt for what is not of a version.
std::optional<OpenapiVersion> version_of(std::string_view path) {
  if (path.starts_with("api/")) return OpenapiVersion{"", std::string(path.substr(4))};
  if (!path.starts_with("apis/")) return std::nullopt;
  const auto rest = path.substr(5);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return OpenapiVersion{std::string(rest.substr(0, slash)), std::string(rest.substr(slash + 1))};
}

std::string path_of(const OpenapiVersion& version) {
  const std::string group = version.group.empty() ? "/api/" : "/apis/" + version.group + "/";
  return std::string(kIndex) + group + version.version;
}

}  // namespace

Result<std::vector<OpenapiVersion>> parse_openapi_index(const Json& answer) {
  const Json* paths = answer.find("paths");
  if (paths == nullptr || !paths->is_object()) {
    return fail(ErrorCode::kInvalidInput, "the API server's answer lists no OpenAPI v3 documents");
  }
  std::vector<OpenapiVersion> versions;
  for (const auto& [path, ignored] : *paths->as_object()) {
    auto version = version_of(path);
    if (!version) continue;
    if (!is_good(*version, path.starts_with("api/"))) {
      return fail(ErrorCode::kInvalidInput, "the API server lists an OpenAPI document \"" +
                                                printable(path) +
                                                "\", which is no version of an API");
    }
    versions.push_back(*std::move(version));
    if (versions.size() > kMaxOpenapiDocuments) {
      return fail(ErrorCode::kInvalidInput, "the API server lists more than " +
                                                std::to_string(kMaxOpenapiDocuments) +
                                                " OpenAPI documents");
    }
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

Result<std::vector<OpenapiVersion>> list_openapi_documents(const ApiClient& client,
                                                           std::stop_token stop) {
  SEALIFT_ASSIGN(const auto answer, client.get(kIndex, {}, std::move(stop)));
  return parse_openapi_index(answer);
}

Result<Json> get_openapi_document(const ApiClient& client, const OpenapiVersion& version,
                                  std::stop_token stop) {
  return client.get(path_of(version), {}, std::move(stop));
}

}  // namespace sealift::kube
