#pragma once

#include <sealift/base/result.h>
#include <sealift/kube/api_client.h>
#include <sealift/objects/object.h>

#include <stop_token>
#include <string>
#include <vector>

namespace sealift::program {

// The same objects as a cluster has them now, a GET for each; those that it does not have are
// missing, and so are those of kinds that it does not know. Where a namespaced one of `named` says
// no namespace it gets this one, and a cluster-wide one loses what it says, as an apply would have
// it. kForbidden, kUnavailable, naming the object.
Result<std::vector<objects::Object>> read_live(std::vector<objects::Object>& named,
                                               const kube::ApiClient& client,
                                               const std::string& name_space, std::stop_token stop);

}  // namespace sealift::program
