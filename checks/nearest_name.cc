#include "nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxMistakes = 3;
constexpr std::size_t kMaxCompared = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The least number of letters to add, leave out or replace, without regard to case.
std::size_t mistakes_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known) {
  std::string_view nearest;
  std::size_t fewest = kMaxMistakes + 1;
  if (name.size() > kMaxCompared) return nearest;
  for (const auto candidate : known) {
    if (candidate.size() > kMaxCompared) continue;
    // A third of a name being wrong is another name.
    const auto mistakes = mistakes_between(name, candidate);
    if (mistakes < fewest && 3 * mistakes <= candidate.size()) {
      nearest = candidate;
      fewest = mistakes;
    }
  }
  return nearest;
}

}  // namespace sealift::checks
