#include <sealift/builder/ignore_rules.h>

#include <array>
#include <bitset>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace sealift::builder {
namespace {

using ByteSet = std::bitset<256>;

struct Token {
  enum class Kind {
    kBytes,       // one byte of `set`
    kStar,        // any bytes but "/"
    kDeepStar,    // any bytes
    kDirectories  // nothing, or any bytes up to and with a "/"
  };
  Kind kind = Kind::kBytes;
  ByteSet set;
};

ByteSet any_byte_but_slash() {
  ByteSet set;
  set.set();
  set.reset('/');
  return set;
}

std::size_t index_of(char byte) { return static_cast<unsigned char>(byte); }

struct NamedClass {
  std::string_view name;
  int (*contains)(int);
};

// POSIX classes in the "C" locale: the program never calls setlocale().
constexpr std::array kClasses{
    NamedClass{"alnum", std::isalnum}, NamedClass{"alpha", std::isalpha},
    NamedClass{"blank", std::isblank}, NamedClass{"cntrl", std::iscntrl},
    NamedClass{"digit", std::isdigit}, NamedClass{"graph", std::isgraph},
    NamedClass{"lower", std::islower}, NamedClass{"print", std::isprint},
    NamedClass{"punct", std::ispunct}, NamedClass{"space", std::isspace},
    NamedClass{"upper", std::isupper}, NamedClass{"xdigit", std::isxdigit}};

bool add_class(std::string_view name, ByteSet& set) {
  for (const NamedClass& known : kClasses) {
    if (known.name != name) continue;
    for (int byte = 0; byte < 128; ++byte) {
      if (known.contains(byte) != 0) set.set(static_cast<std::size_t>(byte));
    }
    return true;
  }
  return false;
}

void add_range(char low, char high, ByteSet& set) {
  for (std::size_t byte = index_of(low); byte <= index_of(high); ++byte) set.set(byte);
}

// Reads a bracket expression whose "[" is at `at`; leaves `at` behind its "]". Nullopt where it is
// not closed or names an unknown class: such a glob matches nothing, as in Git.
std::optional<ByteSet> read_bracket(std::string_view glob, std::size_t& at) {
  ++at;
  const bool negated = at < glob.size() && (glob[at] == '!' || glob[at] == '^');
  if (negated) ++at;
  ByteSet set;
  std::optional<char> previous;  // where a range may begin
  for (bool first = true;; first = false) {
    if (at >= glob.size()) return std::nullopt;
    char byte = glob[at];
    if (byte == ']' && !first) break;
    if (byte == '[' && glob.substr(at + 1, 1) == ":") {
      const std::size_t end = glob.find(']', at + 2);
      if (end == std::string_view::npos) return std::nullopt;
      if (end > at + 2 && glob[end - 1] == ':') {
        if (!add_class(glob.substr(at + 2, end - at - 3), set)) return std::nullopt;
        at = end + 1;
        previous.reset();
        continue;
      }
    }
    const bool is_range = byte == '-' && previous && at + 1 < glob.size() && glob[at + 1] != ']';
    if (is_range) byte = glob[++at];
    if (byte == '\\') {
      if (++at >= glob.size()) return std::nullopt;
      byte = glob[at];
    }
    ++at;
    if (is_range) {
      add_range(*previous, byte, set);
      previous.reset();
    } else {
      set.set(index_of(byte));
      previous = byte;
    }
  }
  ++at;
  if (negated) set.flip();
  set.reset('/');
  return set;
}

Token read_stars(std::string_view glob, std::size_t& at) {
  const std::size_t begin = at;
  while (at < glob.size() && glob[at] == '*') ++at;
  const std::string_view rest = glob.substr(at);
  const bool starts_segment = begin == 0 || glob[begin - 1] == '/';
  const bool ends_segment = rest.empty() || rest[0] == '/' || rest.substr(0, 2) == "\\/";
  if (at - begin < 2 || !starts_segment || !ends_segment) return {Token::Kind::kStar, {}};
  if (rest.empty() || rest[0] != '/') return {Token::Kind::kDeepStar, {}};
  ++at;
  return {Token::Kind::kDirectories, {}};
}

std::optional<std::vector<Token>> tokenise(std::string_view glob) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < glob.size();) {
    if (glob[at] == '*') {
      tokens.push_back(read_stars(glob, at));
      continue;
    }
    if (glob[at] == '?') {
      tokens.push_back({Token::Kind::kBytes, any_byte_but_slash()});
      ++at;
      continue;
    }
    if (glob[at] == '[') {
      const auto set = read_bracket(glob, at);
      if (!set) return std::nullopt;
      tokens.push_back({Token::Kind::kBytes, *set});
      continue;
    }
    if (glob[at] == '\\' && ++at == glob.size()) return std::nullopt;
    Token literal;
    literal.set.set(index_of(glob[at++]));
    tokens.push_back(literal);
  }
  return tokens;
}

// One step of the matching below: which positions of the path are reached behind the token, given
// those in front of it.
std::vector<bool> advance(const Token& token, const std::vector<bool>& before,
                          std::string_view path) {
  std::vector<bool> after(before.size(), false);
  bool open = false;  // a star that began at or before this position still runs
  for (std::size_t at = 0; at <= path.size(); ++at) {
    const bool in_path = at < path.size();
    switch (token.kind) {
      case Token::Kind::kBytes:
        if (before[at] && in_path && token.set.test(index_of(path[at]))) after[at + 1] = true;
        break;
      case Token::Kind::kStar:
        open = open || before[at];
        after[at] = open;
        if (in_path && path[at] == '/') open = false;
        break;
      case Token::Kind::kDeepStar:
        open = open || before[at];
        after[at] = open;
        break;
      case Token::Kind::kDirectories:
        if (before[at]) after[at] = open = true;
        if (open && in_path && path[at] == '/') after[at + 1] = true;
        break;
    }
  }
  return after;
}

}  // namespace

bool ignore_glob_matches(std::string_view glob, std::string_view path) {
  // Names and "*.ending" are most of what people write, and need no table.
  constexpr std::string_view kSpecial = "*?[\\";
  const auto special = glob.find_first_of(kSpecial);
  if (special == std::string_view::npos) return glob == path;
  if (special == 0 && glob[0] == '*' && glob.find_first_of(kSpecial, 1) == std::string_view::npos) {
    const std::string_view ending = glob.substr(1);
    return path.ends_with(ending) &&
           path.substr(0, path.size() - ending.size()).find('/') == std::string_view::npos;
  }
  // Git compares the literal beginning first and matches what is left as if it began there, so that
  // "x**/b" has a "**" in front.
  if (!path.starts_with(glob.substr(0, special))) return false;
  path.remove_prefix(special);
  const auto tokens = tokenise(glob.substr(special));
  if (!tokens) return false;
  // All ways to match are followed at once, so that no pattern makes it slower than tokens × path.
  std::vector<bool> reached(path.size() + 1, false);
  reached[0] = true;
  for (const Token& token : *tokens) reached = advance(token, reached, path);
  return reached[path.size()];
}

}  // namespace sealift::builder
