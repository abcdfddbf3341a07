#pragma once

#include <sealift/base/result.h>
#include <sealift/cloud/workload.h>

#include <stop_token>
#include <string_view>

#include "registry_host.h"
#include "renewed_login.h"

namespace sealift::cloud {

// A login at a private registry of Amazon ECR, good for up to twelve hours: the workload's keys,
// and with them GetAuthorizationToken of the registry's region (Amazon ECR API Reference). As
// find_aws_keys() and ask().
Result<IssuedLogin> aws_login(const EcrRegistry& registry, const Workload& workload,
                              std::stop_token stop);

// The login in an answer of GetAuthorizationToken. kInvalidInput; no message shows it.
Result<IssuedLogin> parse_ecr_answer(std::string_view body, Timestamp now);

}  // namespace sealift::cloud
