#pragma once

#include <sealift/base/result.h>
#include <sealift/cloud/workload.h>

#include <stop_token>
#include <string>

#include "signature_v4.h"

namespace sealift::cloud {

// The keys of this workload, from the first of these that its environment names, in the order of
// AWS' own SDKs: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; AWS_ROLE_ARN and
// AWS_WEB_IDENTITY_TOKEN_FILE, which are traded at the Security Token Service of AWS_REGION (or
// AWS_DEFAULT_REGION, or `region`); AWS_CONTAINER_CREDENTIALS_FULL_URI, the agent of EKS Pod
// Identity, or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, that of ECS. kUnauthenticated where there is
// none or half of one, and as ask().
Result<AwsKeys> find_aws_keys(const Workload& workload, const std::string& region,
                              std::stop_token stop);

}  // namespace sealift::cloud
