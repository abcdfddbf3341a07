#include "secret_values.h"

#include <algorithm>
#include <string>
#include <vector>

namespace sealift::kube {
namespace {

constexpr std::string_view kHidden = "(hidden)";

void collect(const Json& value, std::vector<std::string>& into) {
  if (const auto* members = value.as_object()) {
    for (const auto& [name, member] : *members) collect(member, into);
  } else if (const auto* elements = value.as_array()) {
    for (const auto& element : *elements) collect(element, into);
  } else if (const auto* text = value.as_string()) {
    into.push_back(*text);
  } else if (const auto* number = value.as_number()) {
    into.push_back(number->digits);
  }
}

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Whole words alone: a value "a" must not tear every sentence apart.
void hide(const std::string& value, std::string& message) {
  if (value.empty()) return;
  for (auto at = message.find(value); at != std::string::npos; at = message.find(value, at)) {
    const auto end = at + value.size();
    const bool inside = (at > 0 && is_word(message[at - 1]) && is_word(value.front())) ||
                        (end < message.size() && is_word(message[end]) && is_word(value.back()));
    if (inside) {
      ++at;
      continue;
    }
    message.replace(at, value.size(), kHidden);
    at += kHidden.size();
  }
}

}  // namespace

Error without_secret_values(Error error, const Json& object) {
  if (object.string_at({"apiVersion"}) != "v1" || object.string_at({"kind"}) != "Secret") {
    return error;
  }
  std::vector<std::string> values;
  for (const auto* member : {"data", "stringData"}) {
    if (const auto* data = object.find(member)) collect(*data, values);
  }
  // The longer first: one may be a part of another.
  std::sort(values.begin(), values.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::string message = error.message();
  for (const auto& value : values) hide(value, message);
  Error hidden(error.code(), std::move(message));
  if (error.retry_after()) return std::move(hidden).with_retry_after(*error.retry_after());
  return hidden;
}

}  // namespace sealift::kube
