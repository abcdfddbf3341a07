#include <sealift/objects/member_order.h>

#include <algorithm>
#include <string_view>

namespace sealift::objects {
namespace {

int rank(std::string_view name, bool is_top) {
  if (!is_top) return 3;
  return name == "apiVersion" ? 0 : name == "kind" ? 1 : name == "metadata" ? 2 : 3;
}

// The depth is bounded by what parse_yaml() takes.
void sort_members(Json& value, bool is_top) {
  if (auto* members = value.as_object()) {
    std::ranges::stable_sort(*members, [&](const auto& a, const auto& b) {
      const int left = rank(a.first, is_top);
      const int right = rank(b.first, is_top);
      return left != right ? left < right : a.first < b.first;
    });
    for (auto& member : *members) sort_members(member.second, false);
  } else if (auto* elements = value.as_array()) {
    for (auto& element : *elements) sort_members(element, false);
  }
}

}  // namespace

Json in_member_order(Json object) {
  sort_members(object, true);
  return object;
}

}  // namespace sealift::objects
