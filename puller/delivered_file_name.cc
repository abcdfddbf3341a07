#include <sealift/puller/directory_target.h>

#include <vector>

namespace sealift::puller {
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

// An underscore separates, because neither kinds nor names may hold one.
std::string file_name_of(const DesiredObject& wanted) {
  const auto id = wanted.object.id();
  std::string rank = std::to_string(rank_of(wanted.stage));
  rank.insert(0, 4 - rank.size(), '0');
  return rank + "_" + id.kind + (id.group.empty() ? "" : "." + id.group) + "_" + id.name_space +
         "_" + id.name + ".yaml";
}

std::optional<objects::ObjectId> id_of_file_name(std::string_view name) {
  if (!name.ends_with(".yaml")) return std::nullopt;
  name.remove_suffix(5);
  const auto parts = split(name, '_');
  if (parts.size() != 4 || parts[0].size() != 4 || parts[1].empty() || parts[3].empty() ||
      parts[0].find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  const auto dot = parts[1].find('.');
  objects::ObjectId id;
  id.kind = parts[1].substr(0, dot);
  if (dot != std::string_view::npos) id.group = parts[1].substr(dot + 1);
  id.name_space = parts[2];
  id.name = parts[3];
  return id;
}

}  // namespace sealift::puller
