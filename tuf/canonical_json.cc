#include <sealift/base/encoding.h>
#include <sealift/tuf/canonical_json.h>

#include <algorithm>
#include <vector>

namespace sealift::tuf {
namespace {

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

Result<> append_number(std::string& out, const Json::Number& number) {
  const bool whole = number.digits.find_first_not_of("-0123456789") == std::string::npos;
  if (!whole || number.digits == "-0") {
    return fail(ErrorCode::kInvalidInput, "the number " + printable(number.digits, 40) +
                                              " is no whole number, so it has no canonical form");
  }
  out += number.digits;
  return {};
}

// Depth is bounded by the limits that the document was read with.
Result<> append(std::string& out, const Json& value) {
  if (const auto* object = value.as_object()) {
    std::vector<const Json::Member*> members;
    members.reserve(object->size());
    for (const auto& member : *object) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
    out += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out += ',';
      append_string(out, members[i]->first);
      out += ':';
      SEALIFT_TRY(append(out, members[i]->second));
    }
    out += '}';
  } else if (const auto* array = value.as_array()) {
    out += '[';
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i > 0) out += ',';
      SEALIFT_TRY(append(out, (*array)[i]));
    }
    out += ']';
  } else if (const auto* text = value.as_string()) {
    append_string(out, *text);
  } else if (const auto* number = value.as_number()) {
    return append_number(out, *number);
  } else if (const auto* boolean = value.as_bool()) {
    out += *boolean ? "true" : "false";
  } else {
    out += "null";
  }
  return {};
}

}  // namespace

Result<std::string> canonical_json(const Json& value) {
  std::string out;
  SEALIFT_TRY(append(out, value));
  return out;
}

}  // namespace sealift::tuf
