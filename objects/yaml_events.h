#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/yaml.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sealift::objects {

// One step of a YAML document. The views hold until the next call of YamlEvents::next().
struct YamlEvent {
  enum class Type { kScalar, kAlias, kSequenceStart, kMappingStart, kCollectionEnd, kDocumentEnd };
  Type type = Type::kDocumentEnd;
  SourcePosition position;
  std::string_view anchor;  // what an alias refers to, or the anchor of a node; empty: none
  std::string_view tag;     // "tag:yaml.org,2002:str", "!local"; empty: none
  std::string_view text;    // of a scalar
  bool plain = false;       // a scalar without quotes that is no block scalar
};

// The events of one document as libyaml reads them. An empty document gives kDocumentEnd at once.
//
// kInvalidInput for syntax, for %-directives (kubectl does not read them, and libyaml compares each
// %TAG with all before it), and for anything behind the document: kubectl would drop it silently.
class YamlEvents {
 public:
  // `document` must outlive this, with `file` for messages. The last line is read as if it ended in
  // a newline, as kubectl reads it: a block scalar there keeps one.
  YamlEvents(const YamlText& document, std::string_view file);
  ~YamlEvents();
  YamlEvents(const YamlEvents&) = delete;
  YamlEvents& operator=(const YamlEvents&) = delete;

  Result<YamlEvent> next();

  const YamlText& text() const { return text_; }

  // kInvalidInput "FILE:LINE:COLUMN: message".
  Error error_at(SourcePosition position, std::string_view message) const;

 private:
  struct Parser;
  Result<> start();
  Error syntax_error() const;
  SourcePosition position_in_file(std::size_t line, std::size_t column) const;
  YamlEvent node_event() const;
  Result<YamlEvent> end_of_document();

  std::unique_ptr<Parser> parser_;
  YamlText text_;
  std::string ended_document_;  // the text, where a newline had to be added
  std::string_view document_;
  std::string_view file_;
  bool started_ = false;
};

}  // namespace sealift::objects
