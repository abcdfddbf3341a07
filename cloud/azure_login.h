#pragma once

#include <sealift/base/result.h>
#include <sealift/cloud/workload.h>

#include <stop_token>
#include <string>

#include "registry_host.h"
#include "renewed_login.h"

namespace sealift::cloud {

// A login at an Azure Container Registry, good for about three hours. With
// AZURE_FEDERATED_TOKEN_FILE the token in it is traded at Microsoft Entra (AZURE_TENANT_ID,
// AZURE_CLIENT_ID, and AZURE_AUTHORITY_HOST where it is not the cloud's usual one); without it the
// machine's metadata service is asked for its managed identity, the one of AZURE_CLIENT_ID where
// that is set. What either gives is traded at the registry for a refresh token (Azure/acr,
// "AAD-OAuth"). kUnauthenticated where a variable is missing, and as ask().
Result<IssuedLogin> azure_login(const std::string& registry, const AzureCloud& cloud,
                                const Workload& workload, std::stop_token stop);

}  // namespace sealift::cloud
