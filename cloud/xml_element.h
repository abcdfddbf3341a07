#pragma once

#include <sealift/base/result.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::cloud {

// An element of an XML document as AWS' older interfaces answer: names without their prefixes,
// attributes left out. Either text or elements are in it.
struct XmlElement {
  std::string name;
  std::string text;
  std::vector<XmlElement> children;

  // The text of the first element at that path below this one; empty where there is none.
  std::string_view text_at(std::initializer_list<std::string_view> names) const;
};

// Reads what those services write and nothing beyond (XML 1.0, without document types, processing
// instructions, comments and CDATA): the five named entities and characters by number below 128.
// kInvalidInput, with the position, for anything else, for more than 128 KiB, 16 levels or 1000
// elements, and for what is not UTF-8. `what` names the document in the message.
Result<XmlElement> parse_xml(std::string_view bytes, std::string_view what);

}  // namespace sealift::cloud
