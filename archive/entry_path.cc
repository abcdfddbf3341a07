#include <sealift/archive/entry_path.h>

#include <sealift/base/encoding.h>

#include <algorithm>

namespace sealift::archive {
namespace {

constexpr std::size_t kMaxQuoted = 120;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

Result<> check_bytes(std::string_view path) {
  if (path.empty()) return refuse("it has no path");
  if (path.find('\0') != std::string_view::npos) return refuse("its path holds a NUL byte");
  if (std::any_of(path.begin(), path.end(), is_control))
    return refuse("its path holds a control character");
  if (path.find('\\') != std::string_view::npos)
    return refuse("its path holds a backslash, which some systems take for a slash");
  if (!is_utf8(path)) return refuse("its path is not UTF-8");
  if (path.front() == '/')
    return refuse("its path is absolute; paths must be relative to the root of the archive");
  return {};
}

}  // namespace

Result<std::string> normalize_entry_path(std::string_view path, const PathLimits& limits) {
  SEALIFT_TRY(check_bytes(path));
  std::string normal;
  std::uint32_t depth = 0;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (name.empty() || name == ".") continue;
    if (name == "..")
      return refuse("its path holds \"..\" and could leave the directory that it is unpacked into");
    if (name.size() > kMaxNameBytes)
      return refuse("its path holds a name of " + std::to_string(name.size()) +
                    " bytes, above the limit of " + std::to_string(kMaxNameBytes));
    if (++depth > limits.max_depth)
      return refuse("its path is deeper than the limit of " + std::to_string(limits.max_depth) +
                    " names");
    if (!normal.empty()) normal += '/';
    normal += name;
  }
  if (normal.size() > limits.max_bytes)
    return refuse("its path has " + std::to_string(normal.size()) + " bytes, above the limit of " +
                  std::to_string(limits.max_bytes));
  return normal;
}

std::string quote_name(std::string_view name) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : name.substr(0, kMaxQuoted)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) {
      quoted += "\\x";
      quoted += kHex[byte >> 4];
      quoted += kHex[byte & 15u];
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  quoted += name.size() > kMaxQuoted ? "…\"" : "\"";
  return quoted;
}

}  // namespace sealift::archive
