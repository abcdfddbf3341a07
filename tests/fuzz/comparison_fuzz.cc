#include <sealift/comparison/comparison.h>
#include <sealift/comparison/json_report.h>
#include <sealift/comparison/markdown_report.h>
#include <sealift/comparison/risk.h>
#include <sealift/comparison/text_report.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using namespace sealift;

constexpr std::string_view kBetween = "\n===\n";

void require(bool holds) {
  if (!holds) std::abort();
}

using Objects = std::vector<objects::Object>;

void check_reports(const comparison::Comparison& result) {
  const auto risks = comparison::summarize_risk(result);
  const comparison::Sides sides{"before", "after"};
  require(comparison::text_report(result, risks, sides, false).find('\033') == std::string::npos);
  const auto markdown = comparison::markdown_report(result, risks, sides);
  require(markdown.size() <= comparison::kMaxMarkdownBytes);
  require(markdown.find('\033') == std::string::npos);
  require(parse_json(dump_json(comparison::json_report(result, risks, sides)), "report",
                     {.max_bytes = 64u << 20, .max_depth = 100})
              .has_value());
}

void check(const Objects& before, const Objects& after) {
  const auto there = comparison::compare(before, after);
  const auto back = comparison::compare(after, before);
  require(there.has_value() == back.has_value());
  if (!there) return;
  require(there->differs() == back->differs());
  require(there->changes.size() == back->changes.size());
  for (std::size_t i = 0; i < there->changes.size(); ++i) {
    require(there->changes[i].fields.size() == back->changes[i].fields.size());
  }
  check_reports(*there);
  require(!comparison::compare(before, before)->differs());
}

}  // namespace

// Two streams of manifests with a line "===" between them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto between = input.find(kBetween);
  if (between == std::string_view::npos) return 0;
  const auto before = objects::parse_objects(input.substr(0, between), "before");
  const auto after = objects::parse_objects(input.substr(between + kBetween.size()), "after");
  if (before && after) check(*before, *after);
  return 0;
}
