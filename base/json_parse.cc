#include "utf8.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

namespace sealift {
namespace {

// Below this many members, comparing each with each beats sorting.
constexpr std::size_t kFewMembers = 12;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// True where one of eight bytes ends the plain part of a string: quote, backslash or control.
bool has_string_end(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kHighBits = 0x8080808080808080u;
  const auto zero_byte = [](std::uint64_t bytes) { return (bytes - kOnes) & ~bytes & kHighBits; };
  const std::uint64_t control = (word - kOnes * 0x20) & ~word & kHighBits;
  return (zero_byte(word ^ kOnes * '"') | zero_byte(word ^ kOnes * '\\') | control) != 0;
}

void append_utf8(std::string& text, std::uint32_t point) {
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xc0 | point >> 6);
    add(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    add(0xe0 | point >> 12);
    add(0x80 | (point >> 6 & 0x3f));
    add(0x80 | (point & 0x3f));
  } else {
    add(0xf0 | point >> 18);
    add(0x80 | (point >> 12 & 0x3f));
    add(0x80 | (point >> 6 & 0x3f));
    add(0x80 | (point & 0x3f));
  }
}

// RFC 8259 without recursion: open arrays and objects are on a stack of our own, so the depth of
// the input costs no stack of the thread. Steps return false after they recorded the problem.
class Parser {
 public:
  Parser(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  bool parse();
  Json take() { return std::move(root_); }
  const std::string& problem() const { return problem_; }
  std::size_t problem_offset() const { return problem_offset_; }

 private:
  // An open array or object. It is the last child of the one below it, which cannot grow until this
  // one is closed, so the pointer stays good.
  struct Level {
    Json* container;
    std::size_t first_name;  // index into name_offsets_ of the first member
    bool is_fresh;           // nothing in it has been read yet
  };

  bool refuse(std::size_t offset, std::string problem);
  bool refuse_here(std::string_view expected);
  void skip_space();
  bool take_if(char c);
  Json* place();
  bool begin_value();
  bool open(Json container);
  bool continue_containers();
  void close();
  bool check_names();
  bool begin_member();
  bool literal(std::string_view word, Json value);
  bool number();
  bool string(std::string& out);
  bool escape(std::string& out);
  bool hex4(std::uint32_t& value);

  std::string_view text_;
  const JsonLimits& limits_;
  std::size_t at_ = 0;
  Json root_;
  std::uint64_t values_ = 0;
  std::vector<Level> levels_;
  // Where each member name of the open objects stands, for the message about a repeated one.
  std::vector<std::size_t> name_offsets_;
  std::string problem_;
  std::size_t problem_offset_ = 0;
};

bool Parser::refuse(std::size_t offset, std::string problem) {
  problem_offset_ = offset;
  problem_ = std::move(problem);
  return false;
}

bool Parser::refuse_here(std::string_view expected) {
  const std::string found =
      at_ >= text_.size() ? "the end" : "\"" + printable(text_.substr(at_, 1), 8) + "\"";
  return refuse(at_, "expected " + std::string(expected) + ", found " + found);
}

void Parser::skip_space() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
    ++at_;
  }
}

bool Parser::take_if(char c) {
  if (at_ >= text_.size() || text_[at_] != c) return false;
  ++at_;
  return true;
}

// The slot for the value that begins now: the root, a new array element, or the member whose name
// was just read.
Json* Parser::place() {
  if (levels_.empty()) return &root_;
  Json* container = levels_.back().container;
  if (auto* array = container->as_array()) return &array->emplace_back();
  return &container->as_object()->back().second;
}

bool Parser::parse() {
  skip_space();
  if (!begin_value()) return false;
  while (!levels_.empty()) {
    if (!continue_containers()) return false;
  }
  skip_space();
  return at_ == text_.size() || refuse_here("the end of the document");
}

bool Parser::begin_value() {
  if (++values_ > limits_.max_values) {
    return refuse(at_, "more than the limit of " + std::to_string(limits_.max_values) + " values");
  }
  if (at_ >= text_.size()) return refuse_here("a value");
  switch (text_[at_]) {
    case '{':
      return open(Json::object());
    case '[':
      return open(Json::array());
    case '"': {
      ++at_;
      std::string text;
      if (!string(text)) return false;
      *place() = Json(std::move(text));
      return true;
    }
    case 't':
      return literal("true", Json(true));
    case 'f':
      return literal("false", Json(false));
    case 'n':
      return literal("null", Json());
    default:
      return number();
  }
}

bool Parser::open(Json container) {
  if (levels_.size() >= limits_.max_depth) {
    return refuse(at_, "deeper than the limit of " + std::to_string(limits_.max_depth) + " levels");
  }
  ++at_;
  Json* slot = place();
  *slot = std::move(container);
  levels_.push_back({slot, name_offsets_.size(), true});
  return true;
}

// Inside an array or object: its first value, the next one, or the end.
bool Parser::continue_containers() {
  skip_space();
  const bool in_object = levels_.back().container->is_object();
  const bool is_first = std::exchange(levels_.back().is_fresh, false);
  if (at_ < text_.size() && text_[at_] == (in_object ? '}' : ']')) {
    if (in_object && !check_names()) return false;
    close();
    return true;
  }
  if (!is_first) {
    if (!take_if(',')) return refuse_here(in_object ? "\",\" or \"}\"" : "\",\" or \"]\"");
    skip_space();
  }
  if (in_object && !begin_member()) return false;
  return begin_value();
}

void Parser::close() {
  ++at_;
  name_offsets_.resize(levels_.back().first_name);
  levels_.pop_back();
}

bool Parser::begin_member() {
  name_offsets_.push_back(at_);
  if (!take_if('"')) return refuse_here("a member name in quotes");
  std::string name;
  if (!string(name)) return false;
  skip_space();
  if (!take_if(':')) return refuse_here("\":\"");
  skip_space();
  levels_.back().container->as_object()->emplace_back(std::move(name), Json());
  return true;
}

// Sorting once at the end of an object is safe against names chosen to collide in a hash table.
bool Parser::check_names() {
  const Json::Object& members = *levels_.back().container->as_object();
  const auto repeated = [&](std::size_t index) {
    return refuse(name_offsets_[levels_.back().first_name + index],
                  "member \"" + printable(members[index].first, 80) + "\" is there twice");
  };
  if (members.size() <= kFewMembers) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members[i].first == members[j].first) return repeated(i);
      }
    }
    return true;
  }
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int compared = members[a].first.compare(members[b].first);
    return compared != 0 ? compared < 0 : a < b;
  });
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (members[order[i]].first == members[order[i - 1]].first) return repeated(order[i]);
  }
  return true;
}

bool Parser::literal(std::string_view word, Json value) {
  if (text_.substr(at_, word.size()) != word) return refuse_here("a value");
  at_ += word.size();
  *place() = std::move(value);
  return true;
}

// RFC 8259, section 6. The digits are kept as they stand.
bool Parser::number() {
  const std::size_t begin = at_;
  const auto digits = [&] {
    const std::size_t first = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > first;
  };
  const bool negative = take_if('-');
  if (!take_if('0') && !digits()) return refuse_here(negative ? "a digit" : "a value");
  if (at_ < text_.size() && is_digit(text_[at_])) {
    return refuse(begin, "a number must not begin with 0");
  }
  if (take_if('.') && !digits()) return refuse_here("a digit");
  if (take_if('e') || take_if('E')) {
    if (!take_if('+')) take_if('-');
    if (!digits()) return refuse_here("a digit");
  }
  *place() = Json(Json::Number{std::string(text_.substr(begin, at_ - begin))});
  return true;
}

// The rest of a string, from behind the opening quote.
bool Parser::string(std::string& out) {
  while (true) {
    const std::size_t begin = at_;
    std::uint64_t word = 0;
    while (text_.size() - at_ >= sizeof word) {
      std::memcpy(&word, text_.data() + at_, sizeof word);
      if (has_string_end(word)) break;
      at_ += sizeof word;
    }
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
           static_cast<unsigned char>(text_[at_]) >= 0x20) {
      ++at_;
    }
    out.append(text_, begin, at_ - begin);
    if (take_if('"')) return true;
    if (at_ >= text_.size()) return refuse_here("the closing quote of a string");
    if (!take_if('\\')) return refuse(at_, "a control character in a string must be escaped");
    if (!escape(out)) return false;
  }
}

bool Parser::escape(std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const std::size_t begin = at_ - 1;
  if (at_ < text_.size()) {
    const std::size_t known = kNames.find(text_[at_]);
    if (known != std::string_view::npos) {
      out += kMeanings[known];
      ++at_;
      return true;
    }
  }
  if (!take_if('u')) return refuse(begin, "unknown escape in a string");
  std::uint32_t point = 0;
  if (!hex4(point)) return false;
  if (point >= 0xd800 && point <= 0xdbff) {
    std::uint32_t low = 0;
    if (!take_if('\\') || !take_if('u')) return refuse(begin, "half of a surrogate pair");
    if (!hex4(low)) return false;
    if (low < 0xdc00 || low > 0xdfff) return refuse(begin, "half of a surrogate pair");
    point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
  } else if (point >= 0xdc00 && point <= 0xdfff) {
    return refuse(begin, "half of a surrogate pair");
  }
  append_utf8(out, point);
  return true;
}

bool Parser::hex4(std::uint32_t& value) {
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    std::uint32_t digit = 0;
    if (is_digit(c)) {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A' + 10);
    } else {
      return refuse_here("four hex digits");
    }
    value = value << 4 | digit;
  }
  return true;
}

// "policy.json:3:14: <problem>", lines and columns counted from 1, columns in characters.
Error error_at(std::string_view text, std::size_t offset, std::string_view what,
               const std::string& problem) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t newline = before.rfind('\n');
  const std::string_view in_line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  const auto column = 1 + std::count_if(in_line.begin(), in_line.end(), [](char c) {
                        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
                      });
  return Error(ErrorCode::kInvalidInput, std::string(what) + ":" + std::to_string(line) + ":" +
                                             std::to_string(column) + ": " + problem);
}

}  // namespace

Result<Json> parse_json(std::string_view bytes, std::string_view what, const JsonLimits& limits) {
  if (bytes.size() > limits.max_bytes) {
    return fail(ErrorCode::kInvalidInput, std::string(what) + ": " + std::to_string(bytes.size()) +
                                              " bytes of JSON are more than the limit of " +
                                              std::to_string(limits.max_bytes));
  }
  const std::size_t invalid = find_invalid_utf8(bytes);
  if (invalid != std::string_view::npos) {
    return fail(error_at(bytes, invalid, what, "the text is not UTF-8"));
  }
  Parser parser(bytes, limits);
  if (!parser.parse()) {
    return fail(error_at(bytes, parser.problem_offset(), what, parser.problem()));
  }
  return parser.take();
}

}  // namespace sealift
