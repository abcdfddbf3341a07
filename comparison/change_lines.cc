#include "change_lines.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "visible_text.h"

namespace sealift::comparison {
namespace {

constexpr std::size_t kMaxAligned = 72;  // a longer path stands out of the column

struct Shown {
  std::string path;
  std::vector<std::string> before;
  std::vector<std::string> after;

  bool is_short() const { return before.size() <= 1 && after.size() <= 1; }
};

// What stands for a secret is our own remark and no value, so it has no quotes.
std::vector<std::string> lines_of(const std::optional<Json>& value, bool sensitive) {
  if (!value) return {};
  const auto* remark = sensitive ? value->as_string() : nullptr;
  return remark == nullptr ? value_lines(*value) : std::vector<std::string>{*remark};
}

Shown show(const FieldChange& field) {
  return {visible(field.path), lines_of(field.before, field.sensitive),
          lines_of(field.after, field.sensitive)};
}

std::size_t width_of(const std::vector<Shown>& fields) {
  std::size_t width = 0;
  for (const auto& field : fields) {
    if (field.is_short() && field.path.size() <= kMaxAligned) {
      width = std::max(width, field.path.size());
    }
  }
  return width;
}

void add_short(const Shown& field, std::size_t width, std::vector<DiffLine>& lines) {
  std::string column = field.path;
  if (column.size() < width) column.append(width - column.size(), ' ');
  for (const auto& value : field.before) lines.push_back({'-', column + "  " + visible(value)});
  for (const auto& value : field.after) lines.push_back({'+', column + "  " + visible(value)});
}

void add_long(const Shown& field, std::vector<DiffLine>& lines) {
  lines.push_back({'@', field.path});
  for (auto& line : diff_lines(field.before, field.after)) {
    lines.push_back({line.mark, line.mark == '@' ? "" : "  " + visible(line.text)});
  }
}

void add_whole(const Json& object, char mark, std::vector<DiffLine>& lines) {
  for (const auto& line : value_lines(object)) lines.push_back({mark, visible(line)});
}

}  // namespace

std::vector<DiffLine> change_lines(const ObjectChange& change) {
  std::vector<DiffLine> lines;
  if (change.kind != ChangeKind::kChanged) {
    const bool is_new = change.kind == ChangeKind::kAdded;
    add_whole(is_new ? change.after : change.before, is_new ? '+' : '-', lines);
    return lines;
  }
  std::vector<Shown> fields;
  for (const auto& field : change.fields) fields.push_back(show(field));
  const auto width = width_of(fields);
  for (const auto& field : fields) {
    field.is_short() ? add_short(field, width, lines) : add_long(field, lines);
  }
  if (change.omitted_fields > 0) {
    lines.push_back({'@', "and " + counted(change.omitted_fields, "field") + " more"});
  }
  return lines;
}

}  // namespace sealift::comparison
