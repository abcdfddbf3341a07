#include <sealift/controller/account_rule.h>

namespace sealift::controller {

Result<std::string> account_for(const delivery::Delivery& delivery, const AccountRule& rule) {
  if (!delivery.service_account_name.empty()) return delivery.service_account_name;
  if (!rule.default_account.empty()) return rule.default_account;
  if (rule.allow_own_identity) return std::string();
  return fail(ErrorCode::kForbidden,
              "Delivery " + delivery.id() +
                  " names no service account, and the puller lends its own power to nobody: set "
                  "spec.serviceAccountName to an account of namespace " +
                  delivery.name_space +
                  " that may do what is to be delivered (or run the puller with "
                  "--default-service-account)");
}

}  // namespace sealift::controller
