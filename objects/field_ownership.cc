#include <sealift/objects/field_path.h>

#include "field_path_item.h"

#include <algorithm>
#include <span>

namespace sealift::objects {
namespace {

using Segment = FieldPath::Segment;
using Segments = std::span<const Segment>;

// Whether a key of fieldsV1 is about what the segment means.
bool key_matches(std::string_view key, const Segment& segment) {
  if (key.size() < 2 || key[1] != ':') return false;
  const std::string_view rest = key.substr(2);
  if (segment.item.empty()) return (key[0] == 'f' || key[0] == 'i') && rest == segment.name;
  const bool is_plain = segment.item.front().first.empty();
  if (key[0] != (is_plain ? 'v' : 'k')) return false;
  const auto item = parse_json(rest, "a key of managedFields");
  return item && item_matches(*item, segment.item);
}

bool owns_below(const Json& tree, Segments path) {
  if (path.empty()) return true;
  const auto* members = tree.as_object();
  if (members == nullptr) return false;
  if (members->empty()) return true;  // a leaf: owned as a whole
  return std::any_of(members->begin(), members->end(), [&](const Json::Member& member) {
    return key_matches(member.first, path.front()) && owns_below(member.second, path.subspan(1));
  });
}

bool is_empty_object(const Json& value) {
  const auto* members = value.as_object();
  return members != nullptr && members->empty();
}

bool disown_below(Json& tree, Segments path) {
  auto* members = tree.as_object();
  if (members == nullptr) return false;
  bool any = false;
  std::erase_if(*members, [&](Json::Member& member) {
    if (!key_matches(member.first, path.front())) return false;
    const bool disowned = path.size() == 1 || disown_below(member.second, path.subspan(1));
    any = any || disowned;
    return disowned && (path.size() == 1 || is_empty_object(member.second));
  });
  return any;
}

}  // namespace

bool owns_field(const Json& fields_v1, const FieldPath& path) {
  // An entry that owns nothing at all is no leaf.
  return !is_empty_object(fields_v1) && owns_below(fields_v1, path.segments());
}

bool disown_field(Json& fields_v1, const FieldPath& path) {
  return disown_below(fields_v1, path.segments());
}

}  // namespace sealift::objects
