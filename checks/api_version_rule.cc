#include <sealift/base/encoding.h>
#include <sealift/checks/rule.h>

#include "api_lifetime.h"
#include "rules_of_objects.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxShown = 200;

std::string advice_of(const ApiLifetime& lifetime) {
  if (lifetime.replacement.empty()) return "there is no replacement; remove it";
  return "use " + std::string(lifetime.replacement);
}

}  // namespace

void check_api_version(const objects::Object& object, const CheckOptions& options,
                       Remarks& remarks) {
  const auto lifetime = find_api_lifetime(object.gvk());
  if (!lifetime) return;
  const std::string what =
      printable(object.gvk().api_version() + " " + object.gvk().kind, kMaxShown);
  const auto target = options.kube_version;
  if (lifetime->removed && target >= *lifetime->removed) {
    remarks.add(kRemovedApi, "/apiVersion",
                what + " is not served any more since Kubernetes " + lifetime->removed->to_string(),
                advice_of(*lifetime));
  } else if (lifetime->deprecated && target >= *lifetime->deprecated) {
    std::string end = lifetime->removed
                          ? " and will not be served by " + lifetime->removed->to_string()
                          : std::string();
    remarks.add(kDeprecatedApi, "/apiVersion",
                what + " is deprecated since Kubernetes " + lifetime->deprecated->to_string() + end,
                advice_of(*lifetime));
  }
}

}  // namespace sealift::checks
