#include <sealift/base/encoding.h>
#include <sealift/checks/rule.h>

#include "rules_of_objects.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxNamed = 5;
constexpr std::size_t kMaxShown = 100;

// Empty, encrypted by SOPS, or a variable that is replaced in the cluster.
bool holds_nothing(const Json& value) {
  const auto* text = value.as_string();
  if (text == nullptr) return value.is_null();
  const std::string_view rest = *text;
  return rest.empty() || (rest.starts_with("ENC[") && rest.ends_with("]")) ||
         (rest.starts_with("${") && rest.find('}') == rest.size() - 1);
}

}  // namespace

void check_secret_object(const objects::Object& object, const CheckOptions& options,
                         Remarks& remarks) {
  if (options.allow_secrets || !object.gvk().group.empty() || object.gvk().kind != "Secret") return;
  std::string names;
  std::string first;
  std::size_t count = 0;
  for (const std::string_view field : {"data", "stringData"}) {
    const Json* values = object.json().find(field);
    if (values == nullptr || !values->is_object()) continue;
    for (const auto& [name, value] : *values->as_object()) {
      if (holds_nothing(value)) continue;
      if (count == 0) first = "/" + std::string(field);
      if (++count > kMaxNamed) continue;
      names += (names.empty() ? "" : ", ") + printable(name, kMaxShown);
    }
  }
  if (count == 0) return;
  if (count > kMaxNamed) names += ", …";
  remarks.add(kSecretObject, first,
              "would be published with " + std::to_string(count) +
                  (count == 1 ? " value" : " values") + " that anybody can decode: " + names,
              "publish a SealedSecret or an ExternalSecret, or say --allow-secrets");
}

}  // namespace sealift::checks
