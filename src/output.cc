#include "output.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <unistd.h>

#include "status_line.h"

namespace sealift::program {
namespace {

constexpr std::string_view kGreen = "\033[32m";
constexpr std::string_view kRed = "\033[31m";
constexpr std::string_view kYellow = "\033[33m";
constexpr std::string_view kReset = "\033[0m";
constexpr std::size_t kStepWidth = 10;

bool in_colour(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  return ::isatty(descriptor) != 0 && (no_color == nullptr || *no_color == '\0');
}

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  if (result.size() < width) result.append(width - result.size(), ' ');
  return result;
}

// Messages quote registries, clusters and files; a terminal must not obey what these wrote.
std::string for_terminal(std::string_view message) {
  std::string lines;
  while (true) {
    const auto end = message.find('\n');
    lines += printable(message.substr(0, end), message.size());
    if (end == std::string_view::npos) return lines;
    lines += '\n';
    message.remove_prefix(end + 1);
  }
}

}  // namespace

void Output::document(const Json& document) const {
  const auto alone = StatusLine::of_standard_error().clear();
  if (json_) std::cout << dump_json_pretty(document) << "\n" << std::flush;
}

void Output::prompt(std::string_view text) const {
  const auto alone = StatusLine::of_standard_error().clear();
  std::cerr << for_terminal(text) << "\n" << std::flush;
}

void Output::step(std::string_view done, std::string_view what) const {
  if (json_ || quiet_) return;
  const auto alone = StatusLine::of_standard_error().clear();
  const bool colour = in_colour(STDOUT_FILENO);
  const std::string_view between = done.size() < kStepWidth ? "" : " ";
  std::cout << (colour ? kGreen : "") << padded(done, kStepWidth) << (colour ? kReset : "")
            << between << what << "\n"
            << std::flush;
}

void Output::fields(std::initializer_list<std::pair<std::string_view, std::string>> fields) const {
  if (json_ || quiet_) return;
  const auto alone = StatusLine::of_standard_error().clear();
  std::size_t width = 0;
  for (const auto& [name, value] : fields) {
    if (!value.empty()) width = std::max(width, name.size());
  }
  for (const auto& [name, value] : fields) {
    if (!value.empty()) std::cout << padded(name, width + 2) << value << "\n";
  }
}

void Output::text(std::string_view text) const {
  if (json_ || quiet_) return;
  const auto alone = StatusLine::of_standard_error().clear();
  std::cout << text << std::flush;
}

bool Output::coloured() const { return in_colour(STDOUT_FILENO); }

Output::Readers Output::readers() const {
  if (json_ || quiet_) return Readers::kNone;
  const char* terminal = std::getenv("TERM");
  const bool draws = terminal == nullptr || std::string_view(terminal) != "dumb";
  return draws && ::isatty(STDERR_FILENO) != 0 ? Readers::kTerminal : Readers::kLog;
}

void Output::warning(std::string_view text) const {
  if (quiet_) return;
  const auto alone = StatusLine::of_standard_error().clear();
  if (json_) {
    Json document;
    document.set("warning", text);
    std::cerr << dump_json(document) << "\n";
    return;
  }
  const bool colour = in_colour(STDERR_FILENO);
  std::cerr << (colour ? kYellow : "") << "sealift: warning: " << (colour ? kReset : "")
            << for_terminal(text) << "\n";
}

void Output::error(const Error& error) const {
  const auto alone = StatusLine::of_standard_error().clear();
  if (json_) {
    Json body;
    body.set("code", to_string(error.code()));
    body.set("message", error.message());
    Json document;
    document.set("error", std::move(body));
    std::cerr << dump_json(document) << "\n";
    return;
  }
  const bool colour = in_colour(STDERR_FILENO);
  std::cerr << (colour ? kRed : "") << "sealift: " << (colour ? kReset : "")
            << for_terminal(error.message()) << "\n";
}

}  // namespace sealift::program
