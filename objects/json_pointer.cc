#include <sealift/objects/json_pointer.h>

namespace sealift::objects {

std::string extend_pointer(std::string_view pointer, std::string_view token) {
  std::string result(pointer);
  result += '/';
  for (const char c : token) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result += c;
    }
  }
  return result;
}

std::vector<std::string> split_pointer(std::string_view pointer) {
  std::vector<std::string> tokens;
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    const std::string_view escaped = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(escaped.size());
    std::string token;
    for (std::size_t i = 0; i < escaped.size(); ++i) {
      if (escaped[i] == '~' && i + 1 < escaped.size()) {
        token += escaped[++i] == '1' ? '/' : '~';
      } else {
        token += escaped[i];
      }
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace sealift::objects
