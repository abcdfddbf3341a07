#include "support/json_mutations.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <functional>
#include <optional>

namespace sealift::test {
namespace {

using Kind = JsonMutation::Kind;

std::string_view words(Kind kind) {
  switch (kind) {
    case Kind::kRemoved:
      return "removed";
    case Kind::kNull:
      return "null";
    case Kind::kChanged:
      return "changed";
    case Kind::kBroken:
      return "broken";
    case Kind::kEmptied:
      return "emptied";
    case Kind::kOtherType:
      return "of another type";
    case Kind::kRepeated:
      return "repeated";
    case Kind::kUnexpected:
      return "with an unexpected member";
    case Kind::kForeign:
      return "from another document";
  }
  return "";
}

bool consists_of(const std::string& text, const char* characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string::npos;
}

// Another text of the same form.
std::string changed(std::string text) {
  const bool is_hash = text.size() >= 16 && consists_of(text, "0123456789abcdef");
  if (is_hash || consists_of(text, "0123456789")) {
    text.back() = text.back() == '1' ? '2' : '1';
    return text;
  }
  auto bytes = base64_decode(text);
  if (bytes && !bytes->empty()) {
    (*bytes)[bytes->size() / 2] ^= 1;
    return base64_encode(*bytes);
  }
  if (text.empty()) return "x";
  text[text.size() / 2] = text[text.size() / 2] == 'x' ? 'y' : 'x';
  return text;
}

std::optional<Json> changed_value(const Json& value) {
  if (const auto* text = value.as_string()) return Json(changed(*text));
  if (const auto number = value.as_int64()) return Json(*number + 1);
  if (const auto* truth = value.as_bool()) return Json(!*truth);
  return std::nullopt;
}

std::optional<Json> emptied(const Json& value) {
  if (value.is_string()) return Json("");
  if (value.is_array()) return Json::array();
  if (value.is_object()) return Json::object();
  return std::nullopt;
}

std::string member_path(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

std::string element_path(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

class Mutator {
 public:
  explicit Mutator(const Json& root) : root_(root) {}

  // `place` finds this value in a copy of the root.
  using Place = std::function<Json&(Json&)>;

  void mutate_value(const std::string& path, const Place& place, const Json& value,
                    const Json* other) {
    replace(path, Kind::kNull, place, Json(nullptr));
    if (const auto text = changed_value(value)) replace(path, Kind::kChanged, place, *text);
    if (value.is_string()) replace(path, Kind::kBroken, place, Json(*value.as_string() + "\x01"));
    if (const auto empty = emptied(value)) replace(path, Kind::kEmptied, place, *empty);
    replace(path, Kind::kOtherType, place, Json(true));
    if (other != nullptr) replace(path, Kind::kForeign, place, *other);
    mutate_inside(path, place, value, other);
  }

  void mutate_inside(const std::string& path, const Place& place, const Json& value,
                     const Json* other) {
    if (const auto* object = value.as_object()) mutate_members(path, place, *object, other);
    if (const auto* array = value.as_array()) mutate_elements(path, place, *array, other);
  }

  std::vector<JsonMutation> take() { return std::move(mutations_); }

 private:
  void add(const std::string& path, Kind kind, const std::function<void(Json&)>& edit) {
    Json copy = root_;
    edit(copy);
    if (!(copy == root_)) mutations_.push_back({path, kind, std::move(copy)});
  }

  void replace(const std::string& path, Kind kind, const Place& place, const Json& value) {
    add(path, kind, [&](Json& root) { place(root) = value; });
  }

  void mutate_members(const std::string& path, const Place& place, const Json::Object& members,
                      const Json* other) {
    add(path, Kind::kUnexpected, [&](Json& root) { place(root).set("unexpected", "x"); });
    for (const auto& [name, value] : members) {
      const std::string inner = member_path(path, name);
      add(inner, Kind::kRemoved, [&](Json& root) { place(root).erase(name); });
      mutate_value(
          inner, [&](Json& root) -> Json& { return *place(root).find(name); }, value,
          other == nullptr ? nullptr : other->find(name));
    }
  }

  void mutate_elements(const std::string& path, const Place& place, const Json::Array& elements,
                       const Json* other) {
    const auto* others = other == nullptr ? nullptr : other->as_array();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const std::string inner = element_path(path, i);
      const auto at = static_cast<std::ptrdiff_t>(i);
      add(inner, Kind::kRemoved, [&](Json& root) {
        auto& array = *place(root).as_array();
        array.erase(array.begin() + at);
      });
      add(inner, Kind::kRepeated, [&](Json& root) {
        auto& array = *place(root).as_array();
        array.insert(array.begin() + at, Json(elements[i]));
      });
      mutate_value(
          inner, [&](Json& root) -> Json& { return place(root).as_array()->at(i); }, elements[i],
          others != nullptr && i < others->size() ? &(*others)[i] : nullptr);
    }
  }

  const Json& root_;
  std::vector<JsonMutation> mutations_;
};

}  // namespace

std::string JsonMutation::name() const { return path + " " + std::string(words(kind)); }

std::vector<JsonMutation> mutations_of(const Json& json, const Json& other) {
  Mutator mutator(json);
  mutator.mutate_inside("", [](Json& root) -> Json& { return root; }, json, &other);
  return mutator.take();
}

}  // namespace sealift::test
