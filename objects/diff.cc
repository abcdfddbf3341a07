#include <sealift/objects/diff.h>

#include <sealift/base/encoding.h>
#include <sealift/objects/json_pointer.h>

#include <algorithm>

namespace sealift::objects {
namespace {

constexpr std::size_t kMaxShownValue = 160;
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

std::vector<const Json::Member*> sorted(const Json::Object& object) {
  std::vector<const Json::Member*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return members;
}

// Recursion is bounded by the depth that the readers of JSON and YAML allow.
class Comparison {
 public:
  void compare(const Json& before, const Json& after, const std::string& pointer) {
    if (before.is_object() && after.is_object()) {
      compare_objects(*before.as_object(), *after.as_object(), pointer);
    } else if (before.is_array() && after.is_array()) {
      compare_arrays(*before.as_array(), *after.as_array(), pointer);
    } else if (!(before == after)) {
      differences_.push_back({pointer, before, after});
    }
  }

  std::vector<Difference> take() { return std::move(differences_); }

 private:
  void compare_objects(const Json::Object& before, const Json::Object& after,
                       const std::string& pointer) {
    const auto left = sorted(before);
    const auto right = sorted(after);
    auto a = left.begin();
    auto b = right.begin();
    while (a != left.end() || b != right.end()) {
      const bool only_before = b == right.end() || (a != left.end() && (*a)->first < (*b)->first);
      const bool only_after = a == left.end() || (b != right.end() && (*b)->first < (*a)->first);
      const std::string at = extend_pointer(pointer, only_after ? (*b)->first : (*a)->first);
      if (only_before) {
        removed(at, (*a++)->second);
      } else if (only_after) {
        added(at, (*b++)->second);
      } else {
        compare((*a++)->second, (*b++)->second, at);
      }
    }
  }

  void compare_arrays(const Json::Array& before, const Json::Array& after,
                      const std::string& pointer) {
    const std::size_t shorter = std::min(before.size(), after.size());
    std::size_t head = 0;
    while (head < shorter && before[head] == after[head]) ++head;
    std::size_t tail = 0;
    while (tail < shorter - head &&
           before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
      ++tail;
    }
    const auto at = [&](std::size_t index) {
      return extend_pointer(pointer, std::to_string(index));
    };
    for (std::size_t i = head; i < shorter - tail; ++i) compare(before[i], after[i], at(i));
    for (std::size_t i = shorter - tail; i < before.size() - tail; ++i) removed(at(i), before[i]);
    for (std::size_t i = shorter - tail; i < after.size() - tail; ++i) added(at(i), after[i]);
  }

  void removed(const std::string& pointer, const Json& value) {
    differences_.push_back({pointer, value, std::nullopt});
  }
  void added(const std::string& pointer, const Json& value) {
    differences_.push_back({pointer, std::nullopt, value});
  }

  std::vector<Difference> differences_;
};

bool is_secret(const Json& object) {
  return object.string_at({"kind"}) == "Secret" && object.string_at({"apiVersion"}) == "v1";
}

// Where both sides have a value, the mask says whether they differ.
void mask(Json& value, const Json* other, std::string_view side) {
  const bool same = other != nullptr && *other == value;
  value = Json(other == nullptr || same ? std::string("***") : "*** (" + std::string(side) + ")");
}

void mask_members(Json& object, const Json* other, std::string_view name, std::string_view side) {
  Json* map = object.find(name);
  if (map == nullptr || map->is_null()) return;
  const Json* other_map = other == nullptr ? nullptr : other->find(name);
  if (Json::Object* members = map->as_object()) {
    for (auto& [key, value] : *members) {
      mask(value, other_map == nullptr ? nullptr : other_map->find(key), side);
    }
  } else {
    mask(*map, other_map, side);
  }
}

// `side` is "before" or "after"; `other` is the unmasked document of the other side, or null.
Json masked(const Json& object, const Json* other, std::string_view side) {
  Json result = object;
  if (!is_secret(object) && (other == nullptr || !is_secret(*other))) return result;
  mask_members(result, other, "data", side);
  mask_members(result, other, "stringData", side);
  Json* metadata = result.find("metadata");
  Json* annotations = metadata == nullptr ? nullptr : metadata->find("annotations");
  Json* last_applied = annotations == nullptr ? nullptr : annotations->find(kLastApplied);
  if (last_applied != nullptr) {
    mask(*last_applied,
         other == nullptr ? nullptr : other->find_path({"metadata", "annotations", kLastApplied}),
         side);
  }
  return result;
}

// "/spec/ports/0/name" as spec.ports[0].name.
std::string readable(std::string_view pointer) {
  std::string path;
  for (const std::string& token : split_pointer(pointer)) {
    const bool is_index = !token.empty() && std::all_of(token.begin(), token.end(), [](char c) {
      return c >= '0' && c <= '9';
    });
    if (is_index || token.find_first_of(". ") != std::string::npos) {
      path += "[" + (is_index ? token : "\"" + printable(token) + "\"") + "]";
    } else {
      if (!path.empty()) path += '.';
      path += printable(token);
    }
  }
  return path.empty() ? "the whole object" : path;
}

std::string shown(const Json& value) { return printable(dump_json(value), kMaxShownValue); }

}  // namespace

std::vector<Difference> diff(const Json& before, const Json& after) {
  Comparison comparison;
  comparison.compare(before, after, "");
  return comparison.take();
}

std::vector<Difference> diff_objects(const Json* before, const Json* after) {
  if (before != nullptr && after != nullptr) {
    return diff(masked(*before, after, "before"), masked(*after, before, "after"));
  }
  if (before != nullptr) return {{"", masked(*before, nullptr, "before"), std::nullopt}};
  if (after != nullptr) return {{"", std::nullopt, masked(*after, nullptr, "after")}};
  return {};
}

std::string render(const std::vector<Difference>& differences) {
  std::string text;
  for (const Difference& difference : differences) {
    const char sign = !difference.before ? '+' : !difference.after ? '-' : '~';
    text += sign;
    text += " " + readable(difference.pointer) + ": ";
    if (difference.before) text += shown(*difference.before);
    if (difference.before && difference.after) text += " → ";
    if (difference.after) text += shown(*difference.after);
    text += '\n';
  }
  return text;
}

}  // namespace sealift::objects
