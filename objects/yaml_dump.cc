#include "yaml_scalar.h"

#include <sealift/base/json.h>
#include <sealift/objects/yaml.h>

#include <algorithm>

namespace sealift::objects {
namespace {

constexpr std::size_t kIndent = 2;
// YAML 1.1 lets a simple key have 1,024 characters; what is longer needs "? ".
constexpr std::size_t kMaxSimpleKey = 512;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// True where no reader of any YAML version sees anything but this text: a cautious subset of what
// may stand without quotes. Numbers and times begin with a digit, a sign or a point.
bool is_safe_plain(std::string_view text) {
  if (text.empty() || text.size() > 200) return false;
  if (!is_letter(text.front()) && text.front() != '/') return false;
  if (text.back() == ' ' || text.back() == ':') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool ordinary = is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '/' ||
                          c == '-' || c == '+' || c == '@' || c == '=' || c == '%';
    if (ordinary || c == ' ') continue;
    if (c == ':' && text[i + 1] != ' ') continue;
    return false;
  }
  return !resolves_to_other(text);
}

// A character that a reader may refuse, fold or take for a line break.
bool needs_escape(std::uint32_t point) {
  return point < 0x20 || point == 0x22 || point == 0x5c || (point >= 0x7f && point <= 0xa0) ||
         point == 0x2028 || point == 0x2029 || point == 0xfeff || point == 0xfffe ||
         point == 0xffff;
}

// The code point that begins the text, which is valid UTF-8, and how many bytes it has.
std::pair<std::uint32_t, std::size_t> first_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(text[i]) & 0x3f; };
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80 || text.size() < 2) return {lead, 1};
  if (lead < 0xe0) return {(lead & 0x1fu) << 6 | byte(1), 2};
  if (text.size() < 3) return {lead, 1};
  if (lead < 0xf0) return {(lead & 0x0fu) << 12 | byte(1) << 6 | byte(2), 3};
  if (text.size() < 4) return {lead, 1};
  return {(lead & 0x07u) << 18 | byte(1) << 12 | byte(2) << 6 | byte(3), 4};
}

void append_escape(std::string& out, std::uint32_t point) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (point) {
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    default:
      break;
  }
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[point >> shift & 0xf];
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto [point, size] = first_point(text);
    if (needs_escape(point)) {
      append_escape(out, point);
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return out + '"';
}

// True for text of several lines that a literal block gives back unchanged in every reader.
bool fits_literal(std::string_view text) {
  if (text.find('\n') == std::string_view::npos) return false;
  if (text.front() == '\n' || text.front() == ' ' || text.front() == '\t') return false;
  while (!text.empty()) {
    const auto [point, size] = first_point(text);
    if (point != '\n' && point != '"' && point != '\\' && needs_escape(point)) return false;
    text.remove_prefix(size);
  }
  return true;
}

// PyYAML and other YAML 1.1 readers want a point and a signed exponent in a float.
std::string number(std::string_view digits) {
  const auto e = digits.find_first_of("eE");
  if (e == std::string_view::npos) return std::string(digits);
  std::string text(digits.substr(0, e));
  if (text.find('.') == std::string::npos) text += ".0";
  text += 'e';
  if (digits[e + 1] != '+' && digits[e + 1] != '-') text += '+';
  text += digits.substr(e + 1);
  return text;
}

// Recursion is bounded by the depth that the readers of JSON and YAML allow.
class Writer {
 public:
  std::string write(const Json& value) {
    if (is_filled(value)) {
      collection(value, 0);
    } else {
      scalar(value, 0);
    }
    return std::move(out_);
  }

 private:
  static bool is_filled(const Json& value) {
    return (value.is_object() && !value.as_object()->empty()) ||
           (value.is_array() && !value.as_array()->empty());
  }

  // The cursor stands where the first member or element begins.
  void collection(const Json& value, std::size_t indent) {
    bool first = true;
    const auto begin_line = [&] {
      if (!first) out_.append(indent, ' ');
      first = false;
    };
    if (const auto* members = value.as_object()) {
      for (const auto& [name, member] : *members) {
        begin_line();
        key(name, indent);
        after_key(member, indent);
      }
      return;
    }
    for (const Json& element : *value.as_array()) {
      begin_line();
      out_ += "- ";
      if (is_filled(element)) {
        collection(element, indent + kIndent);
      } else {
        scalar(element, indent + kIndent);
      }
    }
  }

  void key(const std::string& name, std::size_t indent) {
    const std::string text = is_safe_plain(name) ? name : quoted(name);
    if (text.size() > kMaxSimpleKey) {
      out_ += "? " + text + "\n";
      out_.append(indent, ' ');
    } else {
      out_ += text;
    }
    out_ += ':';
  }

  void after_key(const Json& member, std::size_t indent) {
    if (!is_filled(member)) {
      out_ += ' ';
      scalar(member, indent + kIndent);
      return;
    }
    out_ += '\n';
    const std::size_t inner = member.is_object() ? indent + kIndent : indent;
    out_.append(inner, ' ');
    collection(member, inner);
  }

  // `indent` is that of the lines of a literal block; 0 at the root, which cannot have one.
  void scalar(const Json& value, std::size_t indent) {
    if (const auto* text = value.as_string()) {
      if (indent > 0 && fits_literal(*text)) return literal(*text, indent);
      out_ += is_safe_plain(*text) ? *text : quoted(*text);
    } else if (const auto* digits = value.as_number()) {
      out_ += number(digits->digits);
    } else if (const auto* truth = value.as_bool()) {
      out_ += *truth ? "true" : "false";
    } else {
      out_ += value.is_object() ? "{}" : value.is_array() ? "[]" : "null";
    }
    out_ += '\n';
  }

  void literal(std::string_view text, std::size_t indent) {
    const bool ends_line = text.ends_with('\n');
    const bool ends_blank = text.ends_with("\n\n");
    out_ += ends_blank ? "|+\n" : ends_line ? "|\n" : "|-\n";
    if (ends_line) text.remove_suffix(1);
    for (;;) {
      const std::string_view line = text.substr(0, text.find('\n'));
      if (!line.empty()) out_.append(indent, ' ');
      out_ += line;
      out_ += '\n';
      if (line.size() == text.size()) return;
      text.remove_prefix(line.size() + 1);
    }
  }

  std::string out_;
};

}  // namespace

std::string dump_yaml(const Json& value) { return Writer().write(value); }

}  // namespace sealift::objects
