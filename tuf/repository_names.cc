#include "repository_names.h"

#include <sealift/base/encoding.h>
#include <sealift/tuf/metadata.h>

#include <algorithm>
#include <string_view>

namespace sealift::tuf {
namespace {

bool is_plain_segment(std::string_view segment) {
  if (segment.empty() || segment == "." || segment == "..") return false;
  return std::none_of(segment.begin(), segment.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
  });
}

}  // namespace

Result<> check_target_path(const std::string& path) {
  bool plain = !path.empty() && path.size() <= kMaxTargetPathBytes && is_utf8(path);
  std::string_view rest = path;
  while (plain) {
    const auto slash = rest.find('/');
    plain = is_plain_segment(rest.substr(0, slash));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (plain) return {};
  return fail(ErrorCode::kInvalidInput,
              "the target " + printable(path) +
                  " cannot be fetched: names must be relative paths without \".\", \"..\", empty "
                  "parts, backslashes and control characters, of at most " +
                  std::to_string(kMaxTargetPathBytes) + " bytes");
}

std::string file_name(const MetadataName& name) {
  const auto version = name.version ? std::to_string(*name.version) + "." : std::string();
  return version + escaped_role(name.role) + ".json";
}

std::string file_name(const TargetName& name) {
  if (!name.hash) return name.path;
  const auto slash = name.path.rfind('/');
  const auto begin = slash == std::string::npos ? 0 : slash + 1;
  return name.path.substr(0, begin) + name.hash->hex() + "." + name.path.substr(begin);
}

std::string describe(const MetadataName& name) {
  return printable(name.role, 80) + ".json" +
         (name.version ? " in version " + std::to_string(*name.version) : std::string());
}

}  // namespace sealift::tuf
