#include "xml_element.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sealift::cloud {
namespace {

constexpr std::size_t kMaxBytes = 128u << 10;
constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxElements = 1'000;
constexpr std::string_view kBlanks = " \t\r\n";

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._:").find(c) != std::string_view::npos;
}

class Parser {
 public:
  Parser(std::string_view bytes, std::string_view what) : bytes_(bytes), what_(what) {}

  Result<XmlElement> document() {
    if (bytes_.size() > kMaxBytes) return refuse("it exceeds the limit of 128 KiB");
    if (!is_utf8(bytes_)) return refuse("it is not UTF-8");
    if (take("<?xml ")) {
      const auto end = bytes_.find("?>", at_);
      if (end == std::string_view::npos) return refuse("its declaration has no end");
      at_ = end + 2;
    }
    skip_blanks();
    SEALIFT_ASSIGN(auto root, element(1));
    skip_blanks();
    if (at_ != bytes_.size()) return refuse("something follows its element");
    return root;
  }

 private:
  tl::unexpected<Error> refuse(std::string_view why) const {
    return fail(ErrorCode::kInvalidInput, std::string(what_) + " is no XML as expected, at byte " +
                                              std::to_string(at_) + ": " + std::string(why));
  }

  bool take(std::string_view text) {
    if (!bytes_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }

  void skip_blanks() { at_ = std::min(bytes_.find_first_not_of(kBlanks, at_), bytes_.size()); }

  std::string_view name() {
    const auto begin = at_;
    while (at_ < bytes_.size() && is_name_letter(bytes_[at_])) ++at_;
    return bytes_.substr(begin, at_ - begin);
  }

  Result<XmlElement> element(int depth) {
    if (depth > kMaxDepth) return refuse("it exceeds the limit of 16 levels");
    if (++elements_ > kMaxElements) return refuse("it exceeds the limit of 1000 elements");
    if (!take("<")) return refuse("an element should begin here");
    const auto tag = name();
    if (tag.empty()) return refuse("an element's name should be here");
    XmlElement result;
    const auto colon = tag.rfind(':');
    result.name = std::string(colon == std::string_view::npos ? tag : tag.substr(colon + 1));
    SEALIFT_TRY(skip_attributes());
    if (take("/>")) return result;
    if (!take(">")) return refuse("the tag should end here");
    SEALIFT_TRY(content(result, depth));
    if (!take("</") || name() != tag) return refuse("the end of an element is missing");
    skip_blanks();
    if (!take(">")) return refuse("the tag should end here");
    return result;
  }

  Result<> skip_attributes() {
    while (true) {
      const auto before = at_;
      skip_blanks();
      const bool separated = at_ != before;
      if (name().empty()) return {};
      skip_blanks();
      const bool assigned = separated && take("=");
      skip_blanks();
      if (!assigned || at_ == bytes_.size() || (bytes_[at_] != '"' && bytes_[at_] != '\'')) {
        return refuse("an attribute should be here");
      }
      const auto end = bytes_.find(bytes_[at_], at_ + 1);
      const auto value = bytes_.substr(at_, end == std::string_view::npos ? end : end - at_);
      if (end == std::string_view::npos || value.find('<') != std::string_view::npos) {
        return refuse("the attribute has no end");
      }
      at_ = end + 1;
    }
  }

  // Up to "</", which is left.
  Result<> content(XmlElement& parent, int depth) {
    while (true) {
      if (at_ >= bytes_.size()) return refuse("the end of an element is missing");
      if (bytes_.substr(at_).starts_with("</")) break;
      if (bytes_[at_] == '<') {
        SEALIFT_ASSIGN(auto child, element(depth + 1));
        parent.children.push_back(std::move(child));
      } else {
        SEALIFT_TRY(character(parent.text));
      }
    }
    if (parent.children.empty()) return {};
    if (parent.text.find_first_not_of(kBlanks) != std::string::npos) {
      return refuse("text stands between elements");
    }
    parent.text.clear();
    return {};
  }

  Result<> character(std::string& text) {
    if (bytes_[at_] != '&') {
      text += bytes_[at_++];
      return {};
    }
    constexpr auto kEntities = std::to_array<std::pair<std::string_view, char>>(
        {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}});
    for (const auto& [entity, meaning] : kEntities) {
      if (!take(entity)) continue;
      text += meaning;
      return {};
    }
    return numbered(text);
  }

  Result<> numbered(std::string& text) {
    constexpr std::size_t kMostDigits = 4;
    const int base = take("&#x") ? 16 : take("&#") ? 10 : 0;
    const auto end = bytes_.substr(at_, kMostDigits + 1).find(';');
    int value = 0;
    bool good = base != 0 && end != std::string_view::npos && end > 0;
    for (std::size_t i = 0; good && i < end; ++i) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const char c = bytes_[at_ + i];
      const auto digit = kDigits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
      good = digit < static_cast<std::size_t>(base);
      value = value * base + static_cast<int>(digit);
    }
    if (!good || value <= 0 || value >= 128) return refuse("an entity that is not known");
    text += static_cast<char>(value);
    at_ += end + 1;
    return {};
  }

  std::string_view bytes_;
  std::string_view what_;
  std::size_t at_ = 0;
  std::size_t elements_ = 0;
};

}  // namespace

std::string_view XmlElement::text_at(std::initializer_list<std::string_view> names) const {
  const XmlElement* here = this;
  for (const auto wanted : names) {
    const auto found = std::find_if(here->children.begin(), here->children.end(),
                                    [&](const XmlElement& child) { return child.name == wanted; });
    if (found == here->children.end()) return {};
    here = &*found;
  }
  return here->text;
}

Result<XmlElement> parse_xml(std::string_view bytes, std::string_view what) {
  return Parser(bytes, what).document();
}

}  // namespace sealift::cloud
