#pragma once

#include <string>

#include "support/test_cluster.h"

namespace sealift::e2e {

// What `sealift install` gives the puller's service account in the shared control plane, and no
// more: the definitions of packaging/crds, the roles of packaging/install, and their bindings.
// Once for the program; the account's token.
const std::string& installed_puller_token(test::TestCluster& cluster);

}  // namespace sealift::e2e
