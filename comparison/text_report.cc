#include <sealift/comparison/text_report.h>

#include <algorithm>
#include <string_view>

#include "change_lines.h"
#include "visible_text.h"

namespace sealift::comparison {
namespace {

constexpr std::string_view kRed = "\033[31m";
constexpr std::string_view kGreen = "\033[32m";
constexpr std::string_view kYellow = "\033[33m";
constexpr std::string_view kCyan = "\033[36m";
constexpr std::string_view kBold = "\033[1m";
constexpr std::string_view kReset = "\033[0m";

class Writer {
 public:
  explicit Writer(bool coloured) : coloured_(coloured) {}

  void line(std::string_view text, std::string_view colour = "") {
    const bool paint = coloured_ && !colour.empty();
    if (paint) text_ += colour;
    text_ += text;
    if (paint) text_ += kReset;
    text_ += '\n';
  }
  std::string take() { return std::move(text_); }

 private:
  bool coloured_;
  std::string text_;
};

std::string_view colour_of(char mark) {
  switch (mark) {
    case '-':
      return kRed;
    case '+':
      return kGreen;
    case '@':
      return kCyan;
    default:
      return "";
  }
}

std::string_view colour_of(Severity severity) {
  switch (severity) {
    case Severity::kHigh:
      return kRed;
    case Severity::kMedium:
      return kYellow;
    case Severity::kLow:
      break;
  }
  return "";
}

void write_change(const ObjectChange& change, Writer& writer) {
  std::string title(to_string(change.kind));
  title.resize(9, ' ');
  writer.line(title + visible(change.id.to_string()), kBold);
  for (const auto& line : change_lines(change)) {
    const bool is_gap = line.mark == '@' && line.text.empty();
    writer.line(is_gap ? "    …" : std::string("  ") + line.mark + " " + line.text,
                colour_of(line.mark));
  }
  writer.line("");
}

void write_risks(const RiskSummary& risks, Writer& writer) {
  if (risks.findings.empty()) return;
  writer.line("risks", kBold);
  for (const auto& finding : risks.findings) {
    std::string severity(to_string(finding.severity));
    severity.resize(8, ' ');
    writer.line("  " + severity + visible(finding.object) + ": " + visible(finding.sentence),
                colour_of(finding.severity));
  }
  if (risks.omitted > 0) writer.line("  and " + std::to_string(risks.omitted) + " more");
  writer.line("");
}

}  // namespace

std::string counts(const Comparison& comparison) {
  std::string text;
  for (const auto kind : {ChangeKind::kChanged, ChangeKind::kAdded, ChangeKind::kRemoved}) {
    text += std::to_string(comparison.count(kind)) + " " + std::string(to_string(kind)) + ", ";
  }
  return text + std::to_string(comparison.unchanged) + " unchanged";
}

std::string text_report(const Comparison& comparison, const RiskSummary& risks, const Sides& sides,
                        bool coloured) {
  Writer writer(coloured);
  if (!comparison.differs()) {
    writer.line("no differences in " + counted(comparison.unchanged, "object"));
    return writer.take();
  }
  writer.line("--- " + visible(sides.before), kRed);
  writer.line("+++ " + visible(sides.after), kGreen);
  writer.line("");
  for (const auto& change : comparison.changes) write_change(change, writer);
  write_risks(risks, writer);
  writer.line(counts(comparison));
  return writer.take();
}

}  // namespace sealift::comparison
