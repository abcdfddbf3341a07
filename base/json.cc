#include <sealift/base/json.h>

#include <algorithm>
#include <cassert>
#include <charconv>

namespace sealift {
namespace {

// Below this many members a search through all of them beats sorting.
constexpr std::size_t kFewMembers = 16;

std::vector<const Json::Member*> sorted_members(const Json::Object& object, std::size_t from) {
  std::vector<const Json::Member*> members;
  members.reserve(object.size() - from);
  for (std::size_t i = from; i < object.size(); ++i) members.push_back(&object[i]);
  std::sort(members.begin(), members.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return members;
}

// The members in front of `from` are known to be equal. Comparing those again would double the work
// at each level of a deep document.
bool equal_in_any_order(const Json::Object& a, const Json::Object& b, std::size_t from) {
  const auto left = sorted_members(a, from);
  const auto right = sorted_members(b, from);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const auto* x, const auto* y) { return *x == *y; });
}

bool equal_objects(const Json::Object& a, const Json::Object& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].first != b[i].first) {
      if (a.size() > kFewMembers) return equal_in_any_order(a, b, i);
      const auto match = std::find_if(
          b.begin(), b.end(), [&](const auto& member) { return member.first == a[i].first; });
      if (match == b.end() || !(match->second == a[i].second)) return false;
    } else if (!(a[i].second == b[i].second)) {
      return false;
    }
  }
  return true;
}

}  // namespace

Json::Json(std::int64_t value) : value_(Number{std::to_string(value)}) {}
Json::Json(std::uint64_t value) : value_(Number{std::to_string(value)}) {}

std::string_view Json::type_name() const {
  if (is_object()) return "object";
  if (is_array()) return "array";
  if (is_string()) return "string";
  if (is_number()) return "number";
  if (is_bool()) return "boolean";
  return "null";
}

std::optional<std::int64_t> Json::as_int64() const {
  const Number* number = as_number();
  if (number == nullptr) return std::nullopt;
  std::int64_t value = 0;
  const char* end = number->digits.data() + number->digits.size();
  const auto [stop, error] = std::from_chars(number->digits.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

const Json* Json::find(std::string_view name) const {
  const Object* object = as_object();
  if (object == nullptr) return nullptr;
  for (const auto& member : *object) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

Json* Json::find(std::string_view name) {
  return const_cast<Json*>(static_cast<const Json*>(this)->find(name));
}

const Json* Json::find_path(std::initializer_list<std::string_view> names) const {
  const Json* value = this;
  for (const std::string_view name : names) {
    value = value->find(name);
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::string_view Json::string_at(std::initializer_list<std::string_view> names) const {
  const Json* value = find_path(names);
  const std::string* text = value == nullptr ? nullptr : value->as_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

Json& Json::set(std::string_view name, Json value) {
  if (is_null()) value_ = Object{};
  Object* object = as_object();
  assert(object != nullptr);
  if (Json* present = find(name); present != nullptr) {
    *present = std::move(value);
    return *present;
  }
  return object->emplace_back(std::string(name), std::move(value)).second;
}

bool Json::erase(std::string_view name) {
  Object* object = as_object();
  if (object == nullptr) return false;
  return std::erase_if(*object, [&](const Member& member) { return member.first == name; }) > 0;
}

void Json::push_back(Json value) {
  if (is_null()) value_ = Array{};
  Array* array = as_array();
  assert(array != nullptr);
  array->push_back(std::move(value));
}

bool Json::operator==(const Json& other) const {
  const Object* object = as_object();
  const Object* other_object = other.as_object();
  if (object != nullptr && other_object != nullptr) return equal_objects(*object, *other_object);
  return value_ == other.value_;
}

}  // namespace sealift
