#include "flux_fields.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <utility>

namespace sealift::console {

using Kind = ConversionRemark::Kind;

Remarks::Remarks(const objects::Object& object)
    : document_(object.gvk().kind + " " +
                (object.name_space().empty() ? "" : object.name_space() + "/") + object.name()),
      source_(object.source()) {}

void Remarks::add(Kind kind, std::string field, std::string message) {
  all_.push_back({kind, document_, source_, std::move(field), std::move(message)});
}

void Remarks::note(std::string field, std::string message) {
  add(Kind::kNote, std::move(field), std::move(message));
}

void Remarks::lose(std::string field, std::string message) {
  add(Kind::kLost, std::move(field), std::move(message));
}

void Remarks::refuse(std::string field, std::string message) {
  add(Kind::kRefused, std::move(field), std::move(message));
}

bool Remarks::refused() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const auto& remark) { return remark.kind == Kind::kRefused; });
}

FluxFields::FluxFields(const Json* object, std::string path, Remarks& remarks)
    : object_(object), path_(std::move(path)), remarks_(remarks) {}

const Json* FluxFields::take(std::string_view name) {
  taken_.emplace_back(name);
  const auto* found = object_ == nullptr ? nullptr : object_->find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string FluxFields::text(std::string_view name) {
  const auto* found = take(name);
  return found != nullptr && found->as_string() != nullptr ? *found->as_string() : std::string();
}

bool FluxFields::flag(std::string_view name, bool otherwise) {
  const auto* found = take(name);
  return found != nullptr && found->as_bool() != nullptr ? *found->as_bool() : otherwise;
}

void FluxFields::lose(std::string_view name, std::string message) {
  const auto* found = take(name);
  if (found != nullptr && !is_empty(*found)) remarks_.lose(path_of(name), std::move(message));
}

void FluxFields::lose_rest() {
  if (object_ == nullptr || object_->as_object() == nullptr) return;
  for (const auto& [name, value] : *object_->as_object()) {
    if (std::find(taken_.begin(), taken_.end(), name) != taken_.end() || is_empty(value)) continue;
    remarks_.lose(path_of(printable(name, 80)), "is a field that Sealift does not know");
  }
}

bool is_empty(const Json& value) {
  if (value.is_null()) return true;
  if (const auto* flag = value.as_bool()) return !*flag;
  if (const auto* text = value.as_string()) return text->empty();
  if (const auto* array = value.as_array()) return array->empty();
  if (const auto* object = value.as_object()) return object->empty();
  return false;
}

}  // namespace sealift::console
