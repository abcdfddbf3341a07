#include <sealift/base/clock.h>
#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/base/log.h>

#include <unistd.h>

#include <cerrno>
#include <mutex>

namespace sealift {
namespace {

// A line must not become a flood because something from outside got into a field.
constexpr std::size_t kMaxTextBytes = 4096;

using Fields = std::vector<std::pair<std::string, std::string>>;

struct LevelName {
  std::string_view name;
  std::string_view padded;
};

LevelName describe(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return {"debug", "DEBUG"};
    case LogLevel::kInfo:
      return {"info", "INFO "};
    case LogLevel::kWarning:
      return {"warning", "WARN "};
    case LogLevel::kError:
      return {"error", "ERROR"};
  }
  return {"error", "ERROR"};
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(" \"=") != std::string_view::npos;
}

// A backslash needs an escape as well: in front of a quote it would undo the quote's own. What
// printable() escapes must not be escaped once more.
std::string quoted(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return "\"" + printable(escaped, kMaxTextBytes) + "\"";
}

void append_text_field(std::string& line, std::string_view name, std::string_view value) {
  const std::string shown = printable(value, kMaxTextBytes);
  line += "  ";
  line += name;
  line += '=';
  line += needs_quotes(shown) ? quoted(value) : shown;
}

std::string text_line(Timestamp time, LogLevel level, std::string_view message,
                      const Fields& fields) {
  std::string line = format_timestamp(time);
  line += ' ';
  line += describe(level).padded;
  line += "  ";
  line += printable(message, kMaxTextBytes);
  for (const auto& [name, value] : fields) append_text_field(line, name, value);
  line += '\n';
  return line;
}

// JSON escapes control characters by itself; what is not UTF-8 it cannot hold.
std::string json_text(std::string_view text) {
  if (text.size() <= kMaxTextBytes && is_utf8(text)) return std::string(text);
  return printable(text, kMaxTextBytes);
}

std::string json_line(Timestamp time, LogLevel level, std::string_view message,
                      const Fields& fields) {
  Json line = Json::object();
  line.set("time", format_timestamp(time));
  line.set("level", describe(level).name);
  line.set("message", json_text(message));
  for (const auto& [name, value] : fields) line.set(name, json_text(value));
  return dump_json(line) + "\n";
}

class StandardError : public ByteSink {
 public:
  Result<> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::write(STDERR_FILENO, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return fail(ErrorCode::kIo, "cannot write to standard error");
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }
};

}  // namespace

struct Logger::Output {
  LogFormat format;
  LogLevel level;
  std::shared_ptr<ByteSink> sink;
  std::mutex mutex;
};

Result<LogLevel> parse_log_level(std::string_view text) {
  for (const auto level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (describe(level).name == text) return level;
  }
  return fail(ErrorCode::kInvalidInput,
              "\"" + printable(text, 40) + "\" is no log level; use debug, info, warning or error");
}

Result<LogFormat> parse_log_format(std::string_view text) {
  if (text == "text") return LogFormat::kText;
  if (text == "json") return LogFormat::kJson;
  return fail(ErrorCode::kInvalidInput,
              "\"" + printable(text, 40) + "\" is no log format; use text or json");
}

Logger Logger::to_sink(std::shared_ptr<ByteSink> sink, LogFormat format, LogLevel level) {
  auto output = std::make_shared<Output>();
  output->format = format;
  output->level = level;
  output->sink = std::move(sink);
  return Logger(std::move(output));
}

Logger Logger::to_stderr(LogFormat format, LogLevel level) {
  return to_sink(std::make_shared<StandardError>(), format, level);
}

Logger Logger::silent() { return Logger(nullptr); }

Logger Logger::with(std::initializer_list<LogField> fields) const {
  Logger logger = *this;
  if (output_ == nullptr) return logger;
  for (const auto& field : fields) {
    logger.fields_.emplace_back(std::string(field.name), field.value);
  }
  return logger;
}

void Logger::debug(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::kDebug, message, fields);
}

void Logger::info(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::kInfo, message, fields);
}

void Logger::warning(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::kWarning, message, fields);
}

void Logger::error(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::kError, message, fields);
}

void Logger::write(LogLevel level, std::string_view message,
                   std::initializer_list<LogField> fields) const {
  if (output_ == nullptr || level < output_->level) return;
  Fields all = fields_;
  for (const auto& field : fields) all.emplace_back(std::string(field.name), field.value);
  const Timestamp time = system_clock().now();
  const std::string line = output_->format == LogFormat::kJson
                               ? json_line(time, level, message, all)
                               : text_line(time, level, message, all);
  const std::lock_guard lock(output_->mutex);
  // A program whose log has nowhere to go still does its work.
  static_cast<void>(output_->sink->write(line));
}

}  // namespace sealift
