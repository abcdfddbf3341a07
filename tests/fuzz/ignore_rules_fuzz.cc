#include <sealift/builder/ignore_rules.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

// The first line is a path, the rest an ignore file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sealift::builder::IgnoreRules;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find('\n');
  const std::string_view path = input.substr(0, end);
  const std::string_view file = end == std::string_view::npos ? "" : input.substr(end + 1);
  auto patterns = sealift::builder::parse_ignore_file(file, "file");
  if (!patterns) return 0;
  IgnoreRules rules = IgnoreRules::flux_defaults();
  rules.add("", *patterns);
  rules.add("a", *std::move(patterns));
  rules.excludes(path, true);
  rules.excludes(path, false);
  return 0;
}
