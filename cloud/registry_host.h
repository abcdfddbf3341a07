#pragma once

#include <sealift/cloud/provider.h>

#include <optional>
#include <string>
#include <string_view>

namespace sealift::cloud {

// Which hosts are a cloud's own registries: a login goes nowhere else. Hosts are in lower case and
// without a port; an address with a port is nobody's.
bool is_registry_of(Provider provider, std::string_view host);
// The same for people: "*.azurecr.io, *.azurecr.cn or *.azurecr.us".
std::string_view registries_of(Provider provider);

// One of Azure's separate clouds, by the end of its registries' names.
struct AzureCloud {
  std::string_view suffix;
  std::string_view authority;  // where tokens are made, unless AZURE_AUTHORITY_HOST says otherwise
  std::string_view resource;   // for whom a token must be that its registries take
};
std::optional<AzureCloud> azure_cloud_of(std::string_view host);

// A private registry of Amazon ECR.
struct EcrRegistry {
  std::string region;
  std::string endpoint;  // the host of the region's API
};
std::optional<EcrRegistry> ecr_registry_of(std::string_view host);

// The host of the region's Security Token Service. `region` must be one by is_region().
std::string sts_host(std::string_view region);
// "eu-central-1": letters in lower case, digits and dashes between them, at most 32.
bool is_region(std::string_view text);

}  // namespace sealift::cloud
