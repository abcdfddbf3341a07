#include <sealift/base/encoding.h>
#include <sealift/base/json.h>

#include <algorithm>

namespace sealift {
namespace {

struct Layout {
  bool pretty = false;
  bool sorted = false;
};

// RFC 8259, section 7: quote, backslash and the control characters below U+0020 alone.
void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20) continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00" + hex_encode(std::string_view(&c, 1));
    }
  }
  out.append(text, plain);
  out += '"';
}

class Writer {
 public:
  explicit Writer(Layout layout) : layout_(layout) {}

  void append(const Json& value);
  std::string take() { return std::move(out_); }

 private:
  void append_array(const Json::Array& array);
  void append_object(const Json::Object& object);
  void append_member(const Json::Member& member);
  void separate(bool first);
  void new_line();

  Layout layout_;
  std::size_t depth_ = 0;
  std::string out_;
};

void Writer::append(const Json& value) {
  if (const auto* object = value.as_object()) {
    append_object(*object);
  } else if (const auto* array = value.as_array()) {
    append_array(*array);
  } else if (const auto* text = value.as_string()) {
    append_string(out_, *text);
  } else if (const auto* number = value.as_number()) {
    out_ += number->digits;
  } else if (const auto* boolean = value.as_bool()) {
    out_ += *boolean ? "true" : "false";
  } else {
    out_ += "null";
  }
}

void Writer::append_array(const Json::Array& array) {
  out_ += '[';
  ++depth_;
  for (std::size_t i = 0; i < array.size(); ++i) {
    separate(i == 0);
    append(array[i]);
  }
  --depth_;
  if (!array.empty()) new_line();
  out_ += ']';
}

void Writer::append_object(const Json::Object& object) {
  out_ += '{';
  ++depth_;
  if (layout_.sorted) {
    std::vector<const Json::Member*> members;
    members.reserve(object.size());
    for (const auto& member : object) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
    for (std::size_t i = 0; i < members.size(); ++i) {
      separate(i == 0);
      append_member(*members[i]);
    }
  } else {
    for (std::size_t i = 0; i < object.size(); ++i) {
      separate(i == 0);
      append_member(object[i]);
    }
  }
  --depth_;
  if (!object.empty()) new_line();
  out_ += '}';
}

void Writer::append_member(const Json::Member& member) {
  append_string(out_, member.first);
  out_ += layout_.pretty ? ": " : ":";
  append(member.second);
}

void Writer::separate(bool first) {
  if (!first) out_ += ',';
  new_line();
}

void Writer::new_line() {
  if (!layout_.pretty) return;
  out_ += '\n';
  out_.append(2 * depth_, ' ');
}

std::string dump(const Json& value, Layout layout) {
  Writer writer(layout);
  writer.append(value);
  return writer.take();
}

}  // namespace

std::string dump_json(const Json& value) { return dump(value, {}); }
std::string dump_json_pretty(const Json& value) {
  return dump(value, {.pretty = true, .sorted = false});
}
std::string dump_json_sorted(const Json& value) {
  return dump(value, {.pretty = false, .sorted = true});
}

}  // namespace sealift
