#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace sealift::checks {

// Where in a text a secret stands.
struct SecretPlace {
  std::string_view what;
  std::string_view text;  // a view of what was searched
};

// Each adds what it finds in `text`, in time that grows with its length.
void find_tokens(std::string_view text, std::vector<SecretPlace>& found);
void find_json_web_tokens(std::string_view text, std::vector<SecretPlace>& found);
void find_private_keys(std::string_view text, std::vector<SecretPlace>& found);
void find_passwords_in_urls(std::string_view text, std::vector<SecretPlace>& found);

// ASCII; no locale has a part in it.
constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_base64(char c) { return is_alphanumeric(c) || c == '+' || c == '/' || c == '='; }
constexpr bool is_base64url(char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }

// True where a word may begin at `at`: what stands before it is no letter, digit or "_".
constexpr bool begins_word(std::string_view text, std::size_t at) {
  return at == 0 || !(is_alphanumeric(text[at - 1]) || text[at - 1] == '_');
}

// How many characters from `at` on are of a kind.
template <typename IsOfKind>
constexpr std::size_t run_length(std::string_view text, std::size_t at, IsOfKind is_of_kind) {
  std::size_t end = at;
  while (end < text.size() && is_of_kind(text[end])) ++end;
  return end - at;
}

}  // namespace sealift::checks
