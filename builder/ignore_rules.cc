#include <sealift/base/encoding.h>
#include <sealift/builder/ignore_rules.h>

#include <array>
#include <cstddef>
#include <optional>

namespace sealift::builder {
namespace {

constexpr std::size_t kMaxPatterns = 2'000;
constexpr std::size_t kMaxLineBytes = 4'096;

// What source-controller and the flux command leave out.
constexpr std::string_view kFluxDefaults =
    ".git/\n.gitignore\n.gitmodules\n.gitattributes\n"
    "*.jpg\n*.jpeg\n*.gif\n*.png\n*.wmv\n*.flv\n*.tar.gz\n*.zip\n"
    ".github/\n.circleci/\n.travis.yml\n.gitlab-ci.yml\nappveyor.yml\n.drone.yml\n"
    "cloudbuild.yaml\ncodeship-services.yml\ncodeship-steps.yml\n"
    "**/.goreleaser.yml\n**/.sops.yaml\n**/.flux.yaml\n";

// Trailing spaces do not count unless a backslash quotes them.
std::string_view without_trailing_spaces(std::string_view line) {
  std::size_t end = 0;  // behind the last byte that counts
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == ' ') continue;
    if (line[at] == '\\' && at + 1 < line.size()) ++at;
    end = at + 1;
  }
  return line.substr(0, end);
}

std::optional<IgnorePattern> parse_line(std::string_view line) {
  line = without_trailing_spaces(line);
  if (line.empty() || line[0] == '#') return std::nullopt;
  IgnorePattern pattern;
  if (line[0] == '!') {
    pattern.negated = true;
    line.remove_prefix(1);
  }
  if (!line.empty() && line.back() == '/') {
    pattern.directory = true;
    line.remove_suffix(1);
  }
  pattern.anchored = line.find('/') != std::string_view::npos;
  if (!line.empty() && line[0] == '/') line.remove_prefix(1);
  if (line.empty()) return std::nullopt;
  pattern.glob = line;
  return pattern;
}

std::string_view without_byte_order_mark(std::string_view bytes) {
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
  return bytes;
}

// The last pattern that matches, or null. `path` is relative to the patterns' own directory.
const IgnorePattern* deciding_pattern(const std::vector<IgnorePattern>& patterns,
                                      std::string_view path, bool is_directory) {
  const auto slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  for (auto pattern = patterns.rbegin(); pattern != patterns.rend(); ++pattern) {
    if (pattern->directory && !is_directory) continue;
    if (ignore_glob_matches(pattern->glob, pattern->anchored ? path : name)) return &*pattern;
  }
  return nullptr;
}

}  // namespace

Result<std::vector<IgnorePattern>> parse_ignore_file(std::string_view bytes,
                                                     std::string_view file) {
  std::vector<IgnorePattern> patterns;
  bytes = without_byte_order_mark(bytes);
  for (std::size_t number = 1; !bytes.empty(); ++number) {
    const auto end = bytes.find('\n');
    std::string_view line = bytes.substr(0, end);
    bytes = end == std::string_view::npos ? std::string_view() : bytes.substr(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const auto fault = [&](std::string_view message) {
      return fail(ErrorCode::kInvalidInput, printable(file, 400) + ":" + std::to_string(number) +
                                                ": " + std::string(message));
    };
    if (line.size() > kMaxLineBytes) return fault("the pattern is longer than 4096 bytes");
    if (auto pattern = parse_line(line)) {
      if (patterns.size() == kMaxPatterns) return fault("the file has more than 2000 patterns");
      patterns.push_back(std::move(*pattern));
    }
  }
  return patterns;
}

IgnoreRules IgnoreRules::flux_defaults() {
  IgnoreRules rules;
  rules.add("", parse_ignore_file(kFluxDefaults, "default ignores").value());
  return rules;
}

void IgnoreRules::add(std::string_view directory, std::vector<IgnorePattern> patterns) {
  auto& target = patterns_[std::string(directory)];
  for (IgnorePattern& pattern : patterns) target.push_back(std::move(pattern));
}

bool IgnoreRules::excludes(std::string_view path, bool is_directory) const {
  for (std::string_view directory = path; !directory.empty();) {
    const auto slash = directory.rfind('/');
    directory = slash == std::string_view::npos ? "" : directory.substr(0, slash);
    const auto patterns = patterns_.find(directory);
    if (patterns == patterns_.end()) continue;
    const std::string_view relative = directory.empty() ? path : path.substr(directory.size() + 1);
    if (const auto* pattern = deciding_pattern(patterns->second, relative, is_directory)) {
      return !pattern->negated;
    }
  }
  return false;
}

}  // namespace sealift::builder
