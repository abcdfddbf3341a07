#include "secret_values.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <string>
#include <utility>

namespace sealift::comparison {
namespace {

std::string without_line_breaks(std::string text) {
  std::erase_if(text, [](char byte) { return byte == '\n' || byte == '\r'; });
  return text;
}

void clean(Json& data) {
  auto* members = data.as_object();
  if (members == nullptr) return;
  for (auto& [name, value] : *members) {
    if (const auto* text = value.as_string()) value = without_line_breaks(*text);
  }
}

std::size_t length_of(const Json& value) {
  const auto* text = value.as_string();
  if (text == nullptr) return dump_json(value).size();
  const auto decoded = base64_decode(*text);
  return decoded ? decoded->size() : text->size();
}

}  // namespace

bool is_secret(const Json& object) {
  return object.string_at({"kind"}) == "Secret" &&
         object.string_at({"apiVersion"}).find('/') == std::string_view::npos;
}

bool holds_secrets(std::string_view member) { return member == "data" || member == "stringData"; }

void merge_string_data(Json& secret) {
  if (Json* data = secret.find("data")) clean(*data);
  const Json* strings = secret.find("stringData");
  const auto* members = strings == nullptr ? nullptr : strings->as_object();
  if (members == nullptr) return;
  if (!std::all_of(members->begin(), members->end(),
                   [](const auto& member) { return member.second.is_string(); })) {
    return;  // the API server refuses it; both sides show as what they are
  }
  Json merged = secret.find("data") == nullptr ? Json() : *secret.find("data");
  if (!merged.is_null() && !merged.is_object()) return;
  for (const auto& [name, value] : *members) merged.set(name, base64_encode(*value.as_string()));
  secret.erase("stringData");
  secret.set("data", std::move(merged));
}

Json without_values(const Json& data, bool changed) {
  if (const auto* members = data.as_object()) {
    Json::Object hidden;
    for (const auto& [name, value] : *members) {
      hidden.emplace_back(name, without_values(value, changed));
    }
    return hidden;
  }
  const auto length = length_of(data);
  return (changed ? "(sensitive, changed, " : "(sensitive, ") + std::to_string(length) +
         (length == 1 ? " byte)" : " bytes)");
}

Json without_secrets(Json object) {
  if (!is_secret(object)) return object;
  for (auto& [name, value] : *object.as_object()) {
    if (holds_secrets(name)) value = without_values(value);
  }
  return object;
}

}  // namespace sealift::comparison
