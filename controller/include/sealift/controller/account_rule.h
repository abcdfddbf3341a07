#pragma once

#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>

#include <string>

namespace sealift::controller {

// As whom Deliveries of a cluster act. Without either, a Delivery must name a service account: the
// puller's own identity is nobody's to borrow.
struct AccountRule {
  std::string default_account;      // --default-service-account; looked for in each namespace
  bool allow_own_identity = false;  // --allow-own-identity
};

// The service account that the Delivery acts as; empty: the puller's own identity. kForbidden
// (reason ServiceAccountRequired) where the rule has none for it, with the way out.
Result<std::string> account_for(const delivery::Delivery& delivery, const AccountRule& rule);

}  // namespace sealift::controller
