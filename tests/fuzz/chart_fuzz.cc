// Chart.yaml and .helmignore of any repository.
#include <sealift/charts/chart_file.h>
#include <sealift/charts/helm_ignore.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift::charts;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto chart = parse_chart_file(text, "input")) {
    // A name becomes a part of a path, a version a tag.
    if (chart->name.empty() || chart->name == ".." || chart->name.find('/') != std::string::npos) {
      std::abort();
    }
    if (chart->tag().find('+') != std::string::npos || !chart->with_versions("", "")) std::abort();
  }
  if (const auto ignore = HelmIgnore::parse(text, "input")) {
    (void)ignore->excludes("templates/a.yaml");
    (void)ignore->excludes(text.substr(0, 256));
  }
  return 0;
}
