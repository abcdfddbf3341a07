#include <sealift/target/directory_target.h>

#include <vector>

namespace sealift::target {
namespace {

constexpr int kDefinitionsRank = 0;
constexpr int kClassesRank = 500;
constexpr int kRestRank = 2000;  // waves reach from -1000 to 1000 around it

int rank_of(const objects::Stage& stage) {
  switch (stage.kind) {
    case objects::Stage::Kind::kDefinitions:
      return kDefinitionsRank;
    case objects::Stage::Kind::kClasses:
      return kClassesRank;
    case objects::Stage::Kind::kRest:
      break;
  }
  return kRestRank + stage.wave;
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.';
}

// Names of RBAC objects may hold anything but "/" and "%": an underscore, a colon, a line feed.
std::string escape(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string escaped;
  for (const char c : name) {
    if (is_plain(c)) {
      escaped += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped += '%';
    escaped += kDigits[byte >> 4];
    escaped += kDigits[byte & 15];
  }
  return escaped;
}

// Nullopt for what escape() does not write.
std::optional<std::string> unescape(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      name += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const auto high = kDigits.find(text[i + 1]);
    const auto low = kDigits.find(text[i + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    name += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (escape(name) != text) return std::nullopt;
  return name;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

// An underscore separates, because no part holds one: kinds, groups and namespaces may not, and in
// names it is escaped.
std::string file_name_of(const DesiredObject& wanted) {
  const auto id = wanted.object.id();
  std::string rank = std::to_string(rank_of(wanted.stage));
  rank.insert(0, 4 - rank.size(), '0');
  return rank + "_" + id.kind + (id.group.empty() ? "" : "." + id.group) + "_" + id.name_space +
         "_" + escape(id.name) + ".yaml";
}

std::optional<objects::ObjectId> id_of_file_name(std::string_view name) {
  if (!name.ends_with(".yaml")) return std::nullopt;
  name.remove_suffix(5);
  const auto parts = split(name, '_');
  if (parts.size() != 4 || parts[0].size() != 4 || parts[1].empty() || parts[3].empty() ||
      parts[0].find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  auto object_name = unescape(parts[3]);
  if (!object_name) return std::nullopt;
  const auto dot = parts[1].find('.');
  objects::ObjectId id;
  id.kind = parts[1].substr(0, dot);
  if (dot != std::string_view::npos) id.group = parts[1].substr(dot + 1);
  id.name_space = parts[2];
  id.name = *std::move(object_name);
  return id;
}

}  // namespace sealift::target
