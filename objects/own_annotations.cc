#include <sealift/base/encoding.h>
#include <sealift/objects/own_annotations.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::objects {
namespace {

constexpr std::string_view kPrefix = "sealift.dev/";
// "artifact" is what we write on hooks ourselves.
constexpr std::array<std::string_view, 8> kOfObjects = {"artifact", "force", "hook",       "ignore",
                                                        "keep",     "once",  "substitute", "wave"};
constexpr std::array<std::string_view, 3> kOfDeliveries = {"allow-dependents", "requestedAt",
                                                           "rollback-to"};
// Names further away than this are no misspellings of each other.
constexpr std::size_t kMaxMistakes = 3;
// No longer name is close to one of ours.
constexpr std::size_t kMaxCompared = 40;

std::vector<std::string_view> known_names(const Object& object) {
  std::vector<std::string_view> names(kOfObjects.begin(), kOfObjects.end());
  if (object.gvk().group == "sealift.dev" && object.gvk().kind == "Delivery") {
    names.insert(names.end(), kOfDeliveries.begin(), kOfDeliveries.end());
  }
  return names;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Levenshtein's distance, without regard to case.
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

// What to do about it: the known name that was meant, or all of them.
std::string advice(std::string_view name, const std::vector<std::string_view>& known) {
  std::string_view nearest;
  auto fewest = kMaxMistakes + 1;
  for (const auto candidate : known) {
    if (name.size() > kMaxCompared) break;
    // Half of a short name being wrong is another name.
    const auto mistakes = mistakes_between(name, candidate);
    if (mistakes < fewest && 2 * mistakes <= candidate.size()) {
      nearest = candidate;
      fewest = mistakes;
    }
  }
  if (!nearest.empty()) return "is it \"" + std::string(kPrefix) + std::string(nearest) + "\"?";
  std::string all;
  for (const auto candidate : known) {
    if (candidate != "artifact") all += (all.empty() ? "" : ", ") + std::string(candidate);
  }
  return "there are " + all;
}

}  // namespace

std::optional<UnknownAnnotation> unknown_own_annotation(const Object& object,
                                                        std::string_view also_known) {
  const Json* annotations = object.json().find_path({"metadata", "annotations"});
  if (annotations == nullptr || annotations->as_object() == nullptr) return std::nullopt;
  for (const auto& [annotation, value] : *annotations->as_object()) {
    if (!annotation.starts_with(kPrefix) || annotation == also_known) continue;
    const auto name = std::string_view(annotation).substr(kPrefix.size());
    const auto known = known_names(object);
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return UnknownAnnotation{printable(annotation, 200), advice(name, known)};
  }
  return std::nullopt;
}

Result<> check_own_annotations(const Object& object) {
  const auto unknown = unknown_own_annotation(object);
  if (!unknown) return {};
  return fail(ErrorCode::kInvalidInput, object.source() + ": " + object.id().to_string() +
                                            ": the annotation " + unknown->name +
                                            " means nothing: " + unknown->advice);
}

}  // namespace sealift::objects
