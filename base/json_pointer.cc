#include <sealift/base/encoding.h>
#include <sealift/base/json_pointer.h>

#include <charconv>

namespace sealift {
namespace {

tl::unexpected<Error> refuse(std::string_view text, const std::string& why) {
  return fail(ErrorCode::kInvalidInput,
              "\"" + printable(text, 120) + "\" is no JSON pointer: " + why);
}

Result<std::string> unescape(std::string_view escaped, std::string_view text) {
  std::string token;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] != '~') {
      token += escaped[i];
      continue;
    }
    const char next = ++i < escaped.size() ? escaped[i] : '\0';
    if (next != '0' && next != '1') {
      return refuse(text, "\"~\" must be written as \"~0\" and \"/\" within a name as \"~1\"");
    }
    token += next == '0' ? '~' : '/';
  }
  return token;
}

const Json* element(const Json::Array& array, std::string_view token) {
  const bool is_index = !token.empty() && (token.size() == 1 || token.front() != '0');
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (!is_index || error != std::errc() || end != token.data() + token.size()) return nullptr;
  return index < array.size() ? &array[index] : nullptr;
}

}  // namespace

Result<JsonPointer> JsonPointer::parse(std::string_view text) {
  if (text.size() > kMaxPointerBytes) {
    return refuse(text, "it is longer than " + std::to_string(kMaxPointerBytes) + " bytes");
  }
  if (!text.empty() && text.front() != '/') return refuse(text, "it must begin with \"/\"");
  std::vector<std::string> tokens;
  for (auto rest = text; !rest.empty();) {
    rest.remove_prefix(1);
    const auto escaped = rest.substr(0, rest.find('/'));
    rest.remove_prefix(escaped.size());
    SEALIFT_ASSIGN(auto token, unescape(escaped, text));
    if (tokens.size() == kMaxPointerTokens) {
      return refuse(text, "it is deeper than " + std::to_string(kMaxPointerTokens));
    }
    tokens.push_back(std::move(token));
  }
  return JsonPointer(std::string(text), std::move(tokens));
}

const Json* JsonPointer::find(const Json& document) const {
  const Json* value = &document;
  for (const auto& token : tokens_) {
    const auto* array = value->as_array();
    value = array != nullptr ? element(*array, token) : value->find(token);
    if (value == nullptr) return nullptr;
  }
  return value;
}

}  // namespace sealift
