#include <sealift/project/project.h>

#include <algorithm>

namespace sealift::project {
namespace {

bool is_excluded(const Matrix::Cell& cell, const Matrix::Cell& exclusion) {
  return std::all_of(exclusion.begin(), exclusion.end(), [&](const auto& wanted) {
    const auto found = cell.find(wanted.first);
    return found != cell.end() && found->second == wanted.second;
  });
}

}  // namespace

std::vector<Matrix::Cell> Matrix::cells() const {
  std::vector<Cell> cells = {{}};
  for (const auto& [name, values] : variables) {
    std::vector<Cell> wider;
    wider.reserve(cells.size() * values.size());
    for (const auto& cell : cells) {
      for (const auto& value : values) wider.emplace_back(cell)[name] = value;
    }
    cells = std::move(wider);
  }
  std::erase_if(cells, [&](const Cell& cell) {
    return std::any_of(exclude.begin(), exclude.end(),
                       [&](const Cell& exclusion) { return is_excluded(cell, exclusion); });
  });
  return cells;
}

}  // namespace sealift::project
