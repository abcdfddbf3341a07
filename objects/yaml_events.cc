#include "yaml_events.h"

#include <yaml.h>

#include <algorithm>
#include <new>

namespace sealift::objects {
namespace {

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

SourcePosition position_of(const yaml_mark_t& mark, std::uint32_t first_line) {
  return {first_line + static_cast<std::uint32_t>(mark.line),
          static_cast<std::uint32_t>(mark.column) + 1};
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

// An event within a document; its views point into `event`.
YamlEvent node_event(const yaml_event_t& event, std::uint32_t first_line) {
  YamlEvent result;
  result.position = position_of(event.start_mark, first_line);
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

YamlEvents::YamlEvents(std::string_view document, std::string_view file, std::uint32_t first_line)
    : parser_(std::make_unique<Parser>()),
      document_(document),
      file_(file),
      first_line_(first_line) {
  if (!document.ends_with('\n')) {
    ended_document_ = std::string(document) + '\n';
    document_ = ended_document_;
  }
  yaml_parser_set_encoding(&parser_->parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(
      &parser_->parser, reinterpret_cast<const unsigned char*>(document_.data()), document_.size());
}

YamlEvents::~YamlEvents() = default;

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
    const auto lines = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
    const auto column = before.size() - (before.rfind('\n') + 1);
    return error_at({first_line_ + lines, static_cast<std::uint32_t>(column) + 1}, message);
  }
  return error_at(position_of(parser.problem_mark, first_line_), message);
}

Result<YamlEvent> YamlEvents::end_of_document() {
  // The scanner, not the parser: the next token says what we need and costs one token.
  yaml_token_t token;
  for (;;) {
    if (yaml_parser_scan(&parser_->parser, &token) == 0) return fail(syntax_error());
    const yaml_token_type_t type = token.type;
    const SourcePosition position = position_of(token.start_mark, first_line_);
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
      error_at({first_line_ + static_cast<std::uint32_t>(line), 1},
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
        return node_event(parser_->event, first_line_);
    }
  }
}

}  // namespace sealift::objects
