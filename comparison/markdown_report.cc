#include <sealift/comparison/markdown_report.h>
#include <sealift/comparison/text_report.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "change_lines.h"
#include "visible_text.h"

namespace sealift::comparison {
namespace {

constexpr std::size_t kMaxTableBytes = 20'000;
constexpr std::size_t kMaxBlockBytes = 15'000;  // one object must not hide the others
constexpr std::size_t kTailBytes = 500;         // for the sentence about what was left out

// "&#NN;" for whatever is markup somewhere in Markdown or HTML. A mention, an issue's number and an
// address are found after that, so a character of no width goes into them.
std::string escaped(std::string_view text) {
  static constexpr std::string_view kMarkup = "\\`*_{}[]()<>#+!|~@&\"'$^=";
  std::string result;
  for (const char byte : visible(text)) {
    if (kMarkup.find(byte) == std::string_view::npos) {
      result += byte;
    } else {
      result += "&#" + std::to_string(static_cast<int>(byte)) + ";";
    }
    if (byte == '@' || byte == '#' || byte == ':') result += "&#8203;";
  }
  return result;
}

// Nothing is looked for in code.
std::string code(std::string_view text) {
  std::string inside;
  for (const char byte : visible(text)) {
    const bool is_markup =
        std::string_view("\\`*_[]<>|~&\"'$").find(byte) != std::string_view::npos;
    inside +=
        is_markup ? "&#" + std::to_string(static_cast<int>(byte)) + ";" : std::string(1, byte);
  }
  return "<code>" + inside + "</code>";
}

std::size_t longest_run_of_backticks(const std::vector<std::string>& lines) {
  std::size_t longest = 0;
  for (const auto& line : lines) {
    std::size_t run = 0;
    for (const char byte : line) {
      run = byte == '`' ? run + 1 : 0;
      longest = std::max(longest, run);
    }
  }
  return longest;
}

std::string diff_line(const DiffLine& line) {
  if (line.mark != '@') return std::string(1, line.mark) + " " + line.text;
  return line.text.empty() ? "@@ … @@" : "@@ " + line.text + " @@";
}

std::vector<std::string> lines_within(const ObjectChange& change) {
  std::vector<std::string> shown;
  const auto lines = change_lines(change);
  std::size_t bytes = 0;
  for (const auto& line : lines) {
    auto text = diff_line(line);
    bytes += text.size() + 1;
    if (bytes > kMaxBlockBytes) {
      shown.push_back("@@ … and " + counted(lines.size() - shown.size(), "line") + " more @@");
      break;
    }
    shown.push_back(std::move(text));
  }
  return shown;
}

std::string block(const ObjectChange& change) {
  const auto lines = lines_within(change);
  const std::string fence(std::max<std::size_t>(3, longest_run_of_backticks(lines) + 1), '`');
  std::string text = "<details><summary>" + std::string(to_string(change.kind)) + " " +
                     code(change.id.to_string()) + "</summary>\n\n" + fence + "diff\n";
  for (const auto& line : lines) text += line + "\n";
  return text + fence + "\n\n</details>\n";
}

// Returns how many rows had no room.
std::size_t add_table(const RiskSummary& risks, std::string& text) {
  if (risks.findings.empty()) return 0;
  text += "| risk | object | what it means |\n|---|---|---|\n";
  std::size_t shown = 0;
  for (const auto& finding : risks.findings) {
    const auto row = "| " + std::string(to_string(finding.severity)) + " | " +
                     code(finding.object) + " | " + escaped(finding.sentence) + " |\n";
    if (text.size() + row.size() > kMaxTableBytes) break;
    text += row;
    ++shown;
  }
  text += "\n";
  return risks.findings.size() - shown + risks.omitted;
}

}  // namespace

std::string markdown_report(const Comparison& comparison, const RiskSummary& risks,
                            const Sides& sides) {
  const auto between = code(sides.before) + " → " + code(sides.after);
  if (!comparison.differs()) {
    return "**No differences** in " + counted(comparison.unchanged, "object") + ": " + between +
           "\n";
  }
  std::string text = "**" + counts(comparison) + "**: " + between + "\n\n";
  const auto rows = add_table(risks, text);
  std::size_t left_out = 0;
  for (const auto& change : comparison.changes) {
    const auto details = block(change);
    if (text.size() + details.size() + kTailBytes > kMaxMarkdownBytes) {
      ++left_out;
    } else {
      text += details;
    }
  }
  if (rows == 0 && left_out == 0) return text;
  text += "\nLeft out, since a comment has no room for more: the differences of " +
          counted(left_out, "object") + " and " + counted(rows, "risk") +
          ". `sealift diff` prints all of them.\n";
  return text;
}

}  // namespace sealift::comparison
