#include "yaml_events.h"

#include <yaml.h>

#include <algorithm>
#include <new>

namespace sealift::objects {
namespace {

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

// The line, from 0, on which a directive stands in front of the document's content; -1 for none.
int directive_line(std::string_view text) {
  int line = 0;
  while (!text.empty()) {
    const std::string_view row = text.substr(0, text.find('\n'));
    if (row.starts_with('%')) return line;
    const auto content = row.find_first_not_of(" \t\r\xef\xbb\xbf");
    if (content != std::string_view::npos && row[content] != '#') return -1;
    text.remove_prefix(std::min(text.size(), row.size() + 1));
    ++line;
  }
  return -1;
}

}  // namespace

struct YamlEvents::Parser {
  yaml_parser_t parser;
  yaml_event_t event{};
  bool holds_event = false;

  Parser() {
    if (yaml_parser_initialize(&parser) == 0) throw std::bad_alloc();
  }
  ~Parser() {
    release();
    yaml_parser_delete(&parser);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  void release() {
    if (holds_event) yaml_event_delete(&event);
    holds_event = false;
  }
  bool advance() {
    release();
    holds_event = yaml_parser_parse(&parser, &event) != 0;
    return holds_event;
  }
};

YamlEvents::YamlEvents(const YamlText& document, std::string_view file)
    : parser_(std::make_unique<Parser>()), text_(document), document_(document.bytes), file_(file) {
  if (!document_.ends_with('\n')) {
    ended_document_ = std::string(document_) + '\n';
    document_ = ended_document_;
  }
  yaml_parser_set_encoding(&parser_->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(
      &parser_->parser, reinterpret_cast<const unsigned char*>(document_.data()), document_.size());
}

YamlEvents::~YamlEvents() = default;

// Both count from 0 and from the document's first byte.
SourcePosition YamlEvents::position_in_file(std::size_t line, std::size_t column) const {
  const SourcePosition first = text_.position;
  return {first.line + static_cast<std::uint32_t>(line),
          (line == 0 ? first.column : 1) + static_cast<std::uint32_t>(column)};
}

Error YamlEvents::error_at(SourcePosition position, std::string_view message) const {
  std::string text(file_);
  text += ":" + std::to_string(position.line) + ":" + std::to_string(position.column) + ": ";
  text += message;
  return Error(ErrorCode::kInvalidInput, std::move(text));
}

Error YamlEvents::syntax_error() const {
  const yaml_parser_t& parser = parser_->parser;
  if (parser.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
  std::string message = "not valid YAML: ";
  if (parser.context != nullptr) message += std::string(parser.context) + ", ";
  message += parser.problem != nullptr ? parser.problem : "the parser stopped without a reason";
  if (parser.error == YAML_READER_ERROR) {
    // A reader error has an offset in bytes and no mark.
    const std::string_view before = document_.substr(0, parser.problem_offset);
    const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t column = before.size() - (before.rfind('\n') + 1);
    return error_at(position_in_file(lines, column), message);
  }
  return error_at(position_in_file(parser.problem_mark.line, parser.problem_mark.column), message);
}

// The parser's event within a document; the result's views point into it.
YamlEvent YamlEvents::node_event() const {
  const yaml_event_t& event = parser_->event;
  YamlEvent result;
  result.position = position_in_file(event.start_mark.line, event.start_mark.column);
  switch (event.type) {
    case YAML_SCALAR_EVENT:
      result.type = YamlEvent::Type::kScalar;
      result.anchor = view(event.data.scalar.anchor);
      result.tag = view(event.data.scalar.tag);
      result.text = {reinterpret_cast<const char*>(event.data.scalar.value),
                     event.data.scalar.length};
      result.plain = event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
      break;
    case YAML_ALIAS_EVENT:
      result.type = YamlEvent::Type::kAlias;
      result.anchor = view(event.data.alias.anchor);
      break;
    case YAML_SEQUENCE_START_EVENT:
      result.type = YamlEvent::Type::kSequenceStart;
      result.anchor = view(event.data.sequence_start.anchor);
      result.tag = view(event.data.sequence_start.tag);
      break;
    case YAML_MAPPING_START_EVENT:
      result.type = YamlEvent::Type::kMappingStart;
      result.anchor = view(event.data.mapping_start.anchor);
      result.tag = view(event.data.mapping_start.tag);
      break;
    default:
      result.type = YamlEvent::Type::kCollectionEnd;
      break;
  }
  return result;
}

Result<YamlEvent> YamlEvents::end_of_document() {
  // The scanner, not the parser: the next token says what we need and costs one token.
  yaml_token_t token;
  for (;;) {
    if (yaml_parser_scan(&parser_->parser, &token) == 0) return fail(syntax_error());
    const yaml_token_type_t type = token.type;
    const SourcePosition position =
        position_in_file(token.start_mark.line, token.start_mark.column);
    yaml_token_delete(&token);
    if (type == YAML_DOCUMENT_END_TOKEN) continue;
    if (type == YAML_STREAM_END_TOKEN || type == YAML_NO_TOKEN) return YamlEvent{};
    return fail(error_at(position,
                         "something follows the end of the document, and Kubernetes would ignore "
                         "it; write a line \"---\" between documents"));
  }
}

Result<> YamlEvents::start() {
  started_ = true;
  const int line = directive_line(document_);
  if (line < 0) return {};
  return fail(
      error_at(position_in_file(static_cast<std::size_t>(line), 0),
               "YAML directives (%YAML, %TAG) are not read by Kubernetes; remove the line"));
}

Result<YamlEvent> YamlEvents::next() {
  if (!started_) SEALIFT_TRY(start());
  for (;;) {
    if (!parser_->advance()) return fail(syntax_error());
    switch (parser_->event.type) {
      case YAML_STREAM_START_EVENT:
      case YAML_DOCUMENT_START_EVENT:
      case YAML_NO_EVENT:
        continue;
      case YAML_DOCUMENT_END_EVENT:
        return end_of_document();
      case YAML_STREAM_END_EVENT:
        return YamlEvent{};
      default:
        return node_event();
    }
  }
}

}  // namespace sealift::objects
