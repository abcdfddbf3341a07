#include <sealift/objects/field_path_list.h>

#include <cstddef>
#include <string>

namespace sealift::objects {
namespace {

constexpr std::size_t kMaxPaths = 100;
constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// Where the first path of `text` ends. Within a path a "/" is always escaped, so ",/" is an end.
std::size_t end_of_first(std::string_view text) {
  for (auto comma = text.find(','); comma != std::string_view::npos;
       comma = text.find(',', comma + 1)) {
    const auto next = text.find_first_not_of(kSpace, comma + 1);
    if (next == std::string_view::npos || text[next] == '/') return comma;
  }
  return text.size();
}

}  // namespace

Result<std::vector<FieldPath>> parse_field_paths(std::string_view text) {
  std::vector<FieldPath> paths;
  for (text = trimmed(text); !text.empty();) {
    if (paths.size() == kMaxPaths) {
      return fail(ErrorCode::kInvalidInput,
                  "the list of fields holds more than " + std::to_string(kMaxPaths) + " paths");
    }
    const auto end = end_of_first(text);
    SEALIFT_ASSIGN(auto path, FieldPath::parse(trimmed(text.substr(0, end))));
    paths.push_back(std::move(path));
    text = end == text.size() ? std::string_view() : trimmed(text.substr(end + 1));
  }
  return paths;
}

}  // namespace sealift::objects
