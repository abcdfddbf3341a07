#include <sealift/checks/rule.h>
#include <sealift/objects/field_place.h>

#include "rules_of_objects.h"
#include "secret_scan.h"

namespace sealift::checks {
namespace {

using objects::FieldPlace;

// The texts of one object; recursion is bounded by the depth that the reader of YAML allows.
class Walk {
 public:
  Walk(const objects::Object& object, Remarks& remarks)
      : is_secret_(object.gvk().group.empty() && object.gvk().kind == "Secret"),
        is_definition_(object.gvk().kind == "CustomResourceDefinition"),
        remarks_(remarks) {}

  void visit(const Json& value, const FieldPlace& place) {
    if (const auto* text = value.as_string()) return scan(*text, place);
    if (const auto* elements = value.as_array()) {
      for (std::size_t i = 0; i < elements->size(); ++i) visit((*elements)[i], {place, i});
    } else if (const auto* members = value.as_object()) {
      for (const auto& [name, member] : *members) {
        if (!is_passed_over(name, member, place)) visit(member, {place, name});
      }
    }
  }

 private:
  // The values of a Secret are the other rule's; the prose of a schema has examples in it.
  bool is_passed_over(std::string_view name, const Json& value, const FieldPlace& place) const {
    if (is_secret_ && place.is_top()) return name == "data" || name == "stringData";
    return is_definition_ && name == "description" && value.is_string();
  }

  void scan(std::string_view text, const FieldPlace& place) {
    for (const auto& secret : scan_for_secrets(text)) {
      remarks_.add(kPlainSecret, place.pointer(),
                   "holds " + std::string(secret.what) + " (" + secret.beginning + "…, " +
                       std::to_string(secret.length) + " characters)",
                   "revoke it, and read another one from a Secret that is not published");
    }
  }

  bool is_secret_;
  bool is_definition_;
  Remarks& remarks_;
};

}  // namespace

void check_plain_secrets(const objects::Object& object, Remarks& remarks) {
  Walk(object, remarks).visit(object.json(), {});
}

}  // namespace sealift::checks
