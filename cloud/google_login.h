#pragma once

#include <sealift/base/result.h>
#include <sealift/cloud/workload.h>

#include <stop_token>

#include "renewed_login.h"

namespace sealift::cloud {

// A login at Google's registries, good for about an hour: an access token of the federation that
// GOOGLE_APPLICATION_CREDENTIALS describes, or else of the machine's metadata server
// (GCE_METADATA_HOST, or metadata.google.internal). As parse_google_federation() and ask().
Result<IssuedLogin> google_login(const Workload& workload, std::stop_token stop);

}  // namespace sealift::cloud
