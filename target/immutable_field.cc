#include "immutable_field.h"

#include <sealift/target/plan.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace sealift::target {

bool says_immutable(const Error& error) {
  // The words of built-in kinds; those of rules in definitions say "is immutable" by custom.
  static constexpr std::array<std::string_view, 5> kWords = {
      "is immutable", "may not be changed", "may not change once set", "updates to ",
      "cannot change roleRef"};
  if (error.code() != ErrorCode::kInvalidInput) return false;
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view words) {
    return error.message().find(words) != std::string::npos;
  });
}

Error explain_immutable(const Error& error, const DesiredObject& object) {
  auto way_out = std::string(replace_guard(object));
  if (way_out.empty()) {
    way_out =
        "to have the object deleted and created again, give it the annotation sealift.dev/force: "
        "\"true\", or the Delivery force: true";
  }
  return Error(error.code(), error.message() + "; " + way_out);
}

}  // namespace sealift::target
