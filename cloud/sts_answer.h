#pragma once

#include <sealift/base/result.h>

#include <string_view>

#include "signature_v4.h"

namespace sealift::cloud {

// The keys in the answer to AssumeRoleWithWebIdentity (AWS Security Token Service API Reference,
// 2011-06-15). kInvalidInput for XML that is none, and where a key is missing or is none; no
// message shows one.
Result<AwsKeys> parse_sts_answer(std::string_view body);

// The keys that the agent of EKS Pod Identity or of ECS hands out: JSON with AccessKeyId,
// SecretAccessKey and Token. kInvalidInput likewise.
Result<AwsKeys> parse_container_keys(std::string_view body);

}  // namespace sealift::cloud
