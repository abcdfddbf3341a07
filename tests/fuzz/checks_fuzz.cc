#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/checks/check.h>
#include <sealift/checks/report.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// An OpenAPI document, a zero byte, and manifests, which may define kinds themselves; or manifests
// alone. Whatever is found has a place, and every report of it can be read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  checks::SchemaSet schemas;
  if (const auto end = input.find('\0'); end != std::string_view::npos) {
    schemas.expect_all();
    static_cast<void>(schemas.add_openapi("apps", "v1", input.substr(0, end), "document"));
    input.remove_prefix(end + 1);
  }
  std::vector<checks::ManifestFile> files;
  files.push_back(checks::ManifestFile::parse("f.yaml", std::string(input)));
  checks::Report report;
  report.findings = checks::check(files, report.options, std::move(schemas));
  report.files = {"f.yaml"};
  for (const auto& finding : report.findings) {
    if (finding.position.line == 0 || finding.position.column == 0) std::abort();
    if (!finding.field.empty() && !finding.field.starts_with('/')) std::abort();
    if (finding.message.empty() || !is_utf8(finding.message)) std::abort();
  }
  using checks::ReportFormat;
  for (const auto format :
       {ReportFormat::kJson, ReportFormat::kSarif, ReportFormat::kCodeQuality}) {
    if (!parse_json(checks::write_report(report, format), "report", {1u << 30, 64, 1u << 24})) {
      std::abort();
    }
  }
  for (const auto format : {ReportFormat::kText, ReportFormat::kJunit}) {
    for (const char c : checks::write_report(report, format)) {
      if (static_cast<unsigned char>(c) < ' ' && c != '\n') std::abort();
    }
  }
  return 0;
}
