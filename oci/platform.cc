#include <sealift/base/encoding.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/platform.h>

#include <algorithm>
#include <set>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxPart = 64;
constexpr std::size_t kMaxShown = 20;

bool is_part(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= kMaxPart && std::all_of(text.begin(), text.end(), allowed);
}

bool fits(std::string_view platform, std::string_view wanted) {
  if (!platform.starts_with(wanted)) return false;
  return platform.size() == wanted.size() || platform[wanted.size()] == '/';
}

Error not_among(const std::set<std::string>& platforms, std::string_view wanted) {
  std::string text = "the index has nothing for " + printable(wanted, 200) + "; it has ";
  std::size_t shown = 0;
  for (const std::string& platform : platforms) {
    if (shown == kMaxShown) break;
    text += (shown++ == 0 ? "" : ", ") + printable(platform, 200);
  }
  if (shown == 0) text += "no platforms at all";
  return {ErrorCode::kNotFound, text + (shown < platforms.size() ? " and others" : "")};
}

}  // namespace

std::string platform_text(const Json& platform) {
  std::string text(platform.string_at({"os"}));
  for (const std::string_view member : {"architecture", "variant"}) {
    const auto value = platform.string_at({member});
    if (!value.empty()) text.append(text.empty() ? "" : "/").append(value);
  }
  return text;
}

bool is_platform(std::string_view text) {
  std::size_t parts = 0;
  while (true) {
    const auto slash = text.find('/');
    if (!is_part(text.substr(0, slash)) || ++parts > 3) return false;
    if (slash == std::string_view::npos) return parts >= 2;
    text.remove_prefix(slash + 1);
  }
}

Result<Descriptor> find_platform(std::string_view index, std::string_view media_type,
                                 std::string_view wanted) {
  SEALIFT_ASSIGN(Index parsed, parse_index(index, media_type));
  SEALIFT_ASSIGN(const Json document, parse_json(index, "the index"));
  const Json::Array& entries = *document.find("manifests")->as_array();
  std::set<std::string> platforms;
  for (std::size_t i = 0; i < parsed.manifests.size(); ++i) {
    const Json* platform = entries.at(i).find("platform");
    if (platform == nullptr) continue;
    std::string text = platform_text(*platform);
    if (fits(text, wanted)) return std::move(parsed.manifests[i]);
    platforms.insert(std::move(text));
  }
  return fail(not_among(platforms, wanted));
}

}  // namespace sealift::oci
