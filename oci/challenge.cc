#include "challenge.h"

#include <algorithm>
#include <optional>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxChallenges = 16;
constexpr std::size_t kMaxParameters = 32;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// RFC 9110, section 5.6.2.
bool is_token(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  void skip_spaces() { skip(" \t"); }
  void skip_separators() { skip(" \t,"); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string take_token() {
    std::string token;
    for (; !rest_.empty() && is_token(rest_.front()); rest_.remove_prefix(1)) {
      token += lower(rest_.front());
    }
    return token;
  }
  // A token, whose case matters here, or a quoted string.
  std::optional<std::string> take_value() {
    std::string value;
    if (!take('"')) {
      for (; !rest_.empty() && is_token(rest_.front()); rest_.remove_prefix(1)) {
        value += rest_.front();
      }
      return value;
    }
    while (!rest_.empty()) {
      if (take('"')) return value;
      if (take('\\') && rest_.empty()) return std::nullopt;
      value += rest_.front();
      rest_.remove_prefix(1);
    }
    return std::nullopt;
  }
  // The rest of a token68 ("abc=="), which schemes carry that are not for us.
  void skip_to_comma() { rest_.remove_prefix(std::min(rest_.find(','), rest_.size())); }

 private:
  void skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }

  std::string_view rest_;
};

}  // namespace

std::string_view Challenge::parameter(std::string_view name) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& parameter) { return parameter.first == name; });
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> challenges;
  Scanner scanner(header);
  for (scanner.skip_separators(); !scanner.at_end(); scanner.skip_separators()) {
    std::string word = scanner.take_token();
    if (word.empty()) return challenges;
    scanner.skip_spaces();
    if (!scanner.take('=')) {
      if (challenges.size() == kMaxChallenges) return challenges;
      challenges.push_back({std::move(word), {}});
      continue;
    }
    scanner.skip_spaces();
    auto value = scanner.take_value();
    if (!value || challenges.empty()) return challenges;
    if (challenges.back().parameters.size() == kMaxParameters) return challenges;
    challenges.back().parameters.emplace_back(std::move(word), *std::move(value));
    scanner.skip_spaces();
    scanner.skip_to_comma();
  }
  return challenges;
}

}  // namespace sealift::oci
