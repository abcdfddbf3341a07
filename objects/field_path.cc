#include <sealift/base/encoding.h>
#include <sealift/objects/field_path.h>

#include "field_path_item.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

namespace sealift::objects {
namespace {

using Segment = FieldPath::Segment;
using Segments = std::span<const Segment>;

constexpr std::size_t kMaxBytes = 512;
constexpr std::size_t kMaxSegments = 64;

// Nullopt for an escape that RFC 6901 section 3 does not have.
std::optional<std::string> unescape(std::string_view token) {
  std::string text;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      text += token[i];
    } else if (++i < token.size() && (token[i] == '0' || token[i] == '1')) {
      text += token[i] == '1' ? '/' : '~';
    } else {
      return std::nullopt;
    }
  }
  return text;
}

// The inside of "[KEY=VALUE,KEY=VALUE]"; nullopt where it is not of that form.
std::optional<Segment> parse_item(std::string_view inside) {
  Segment segment;
  if (inside.starts_with('=')) {
    segment.item.emplace_back("", inside.substr(1));
    return segment;
  }
  for (;;) {
    const auto part = inside.substr(0, inside.find(','));
    const auto equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    segment.item.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    if (part.size() == inside.size()) return segment;
    inside.remove_prefix(part.size() + 1);
  }
}

std::optional<std::size_t> place_in(const Json::Array& list, const std::string& name) {
  std::size_t index = 0;
  const auto* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, index);
  // "01" is no index (RFC 6901 section 4).
  const bool canonical = name == "0" || !name.starts_with('0');
  if (error != std::errc() || stop != end || !canonical || index >= list.size()) {
    return std::nullopt;
  }
  return index;
}

bool is_meant(const Json::Array& list, std::size_t index, const Segment& segment) {
  if (!segment.item.empty()) return item_matches(list[index], segment.item);
  return place_in(list, segment.name) == index;
}

bool erase_items(Json::Array& list, const Segment& segment) {
  bool any = false;
  for (std::size_t i = list.size(); i-- > 0;) {
    if (!is_meant(list, i, segment)) continue;
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
    any = true;
    if (segment.item.empty()) break;  // places behind it have moved
  }
  return any;
}

bool erase_below(Json& value, Segments path) {
  const Segment& segment = path.front();
  const bool is_last = path.size() == 1;
  if (auto* list = value.as_array()) {
    if (is_last) return erase_items(*list, segment);
    bool any = false;
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (is_meant(*list, i, segment)) any = erase_below((*list)[i], path.subspan(1)) || any;
    }
    return any;
  }
  if (!value.is_object() || !segment.item.empty()) return false;
  if (is_last) return value.erase(segment.name);
  Json* member = value.find(segment.name);
  return member != nullptr && erase_below(*member, path.subspan(1));
}

bool set_below(Json& value, Segments path, const Json& wanted) {
  if (path.empty()) {
    value = wanted;
    return true;
  }
  const Segment& segment = path.front();
  if (auto* list = value.as_array()) {
    bool any = false;
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (is_meant(*list, i, segment)) any = set_below((*list)[i], path.subspan(1), wanted) || any;
    }
    return any;
  }
  if (!segment.item.empty() || !(value.is_object() || value.is_null())) return false;
  Json* member = value.find(segment.name);
  if (member != nullptr) return set_below(*member, path.subspan(1), wanted);
  Json made;
  if (!set_below(made, path.subspan(1), wanted)) return false;
  value.set(segment.name, std::move(made));
  return true;
}

const Json* find_below(const Json& value, Segments path) {
  if (path.empty()) return &value;
  const Segment& segment = path.front();
  if (const auto* list = value.as_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (!is_meant(*list, i, segment)) continue;
      if (const Json* found = find_below((*list)[i], path.subspan(1))) return found;
    }
    return nullptr;
  }
  const Json* member = segment.item.empty() ? value.find(segment.name) : nullptr;
  return member == nullptr ? nullptr : find_below(*member, path.subspan(1));
}

}  // namespace

bool item_matches(const Json& item,
                  const std::vector<std::pair<std::string, std::string>>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& entry) {
    const Json* value = entry.first.empty() ? &item : item.find(entry.first);
    if (value == nullptr) return false;
    if (const auto* text = value->as_string()) return *text == entry.second;
    if (const auto* number = value->as_number()) return number->digits == entry.second;
    if (const auto* flag = value->as_bool()) return (*flag ? "true" : "false") == entry.second;
    return false;
  });
}

Result<FieldPath> FieldPath::parse(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::kInvalidInput,
                "\"" + printable(text, 128) + "\" is no path of a field: " + std::string(why));
  };
  if (text.size() > kMaxBytes) return refuse("it is longer than 512 bytes");
  if (!text.starts_with('/')) return refuse("it must begin with \"/\", as in /spec/replicas");
  FieldPath path;
  path.text_ = std::string(text);
  for (std::string_view rest = text; !rest.empty();) {
    rest.remove_prefix(1);
    const auto escaped = rest.substr(0, rest.find('/'));
    rest.remove_prefix(escaped.size());
    auto token = unescape(escaped);
    if (!token) return refuse("\"~\" is written ~0, and \"/\" within a name ~1");
    if (token->empty()) return refuse("a name in it is empty");
    if (path.segments_.size() == kMaxSegments) return refuse("it has more than 64 segments");
    if (!token->starts_with('[')) {
      path.segments_.push_back({*std::move(token), {}});
      continue;
    }
    std::optional<Segment> item;
    if (token->size() > 2 && token->ends_with(']')) {
      item = parse_item(std::string_view(*token).substr(1, token->size() - 2));
    }
    if (!item) return refuse("an item of a list is written [KEY=VALUE], as in [name=web]");
    path.segments_.push_back(*std::move(item));
  }
  return path;
}

const Json* find_field(const Json& object, const FieldPath& path) {
  return find_below(object, path.segments());
}

bool erase_field(Json& object, const FieldPath& path) {
  return erase_below(object, path.segments());
}

bool set_field(Json& object, const FieldPath& path, const Json& value) {
  return set_below(object, path.segments(), value);
}

}  // namespace sealift::objects
