#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/kube/api_client.h>

#include <compare>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::kube {

// A cluster with many definitions has some hundreds.
inline constexpr std::size_t kMaxOpenapiDocuments = 2'000;

// A group and a version of it that has an OpenAPI v3 document of its own.
struct OpenapiVersion {
  std::string group;  // empty: the core group
  std::string version;

  auto operator<=>(const OpenapiVersion&) const = default;
};

// What the answer of /openapi/v3 lists, sorted. The addresses that it gives are not looked at:
// where a document is follows from its name. What is no version of an API ("version", "apis/apps")
// is passed over. kInvalidInput for another answer, for a name that is none, and for more than
// kMaxOpenapiDocuments.
Result<std::vector<OpenapiVersion>> parse_openapi_index(const Json& answer);

Result<std::vector<OpenapiVersion>> list_openapi_documents(const ApiClient& client,
                                                           std::stop_token stop);
Result<Json> get_openapi_document(const ApiClient& client, const OpenapiVersion& version,
                                  std::stop_token stop);

}  // namespace sealift::kube
