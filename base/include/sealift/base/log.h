#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/result.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

Result<LogLevel> parse_log_level(std::string_view text);    // debug, info, warning, error
Result<LogFormat> parse_log_format(std::string_view text);  // text, json

struct LogField {
  std::string_view name;
  std::string value;
};

// Structured log lines, in the text form
//   2026-11-22T14:43:54Z INFO  delivered  delivery=shop  revision="main@sha1:…"
// or as one JSON object a line with "time", "level", "message" and the fields. Text from outside is
// made harmless and cut at 4 KiB. Fields given to with() stay the same for everything one piece of
// work says.
// Copies share the output; safe from many threads.
class Logger {
 public:
  // Writes to standard error.
  static Logger to_stderr(LogFormat format, LogLevel level);
  // Writes each line to the sink in one call, one at a time; the sink's errors are dropped.
  static Logger to_sink(std::shared_ptr<ByteSink> sink, LogFormat format, LogLevel level);
  // Says nothing: for tests and for code that is used as a library.
  static Logger silent();

  // A logger that adds these fields to each line.
  Logger with(std::initializer_list<LogField> fields) const;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void warning(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const;

 private:
  struct Output;
  explicit Logger(std::shared_ptr<Output> output) : output_(std::move(output)) {}
  void write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) const;

  std::shared_ptr<Output> output_;
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace sealift
