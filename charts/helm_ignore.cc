#include <sealift/charts/helm_ignore.h>

#include <sealift/base/encoding.h>

#include <fnmatch.h>

namespace sealift::charts {
namespace {

constexpr std::size_t kMaxRules = 2'000;
constexpr std::size_t kMaxLine = 4'096;

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

// With FNM_PATHNAME no wildcard matches a slash, as in Go's path/filepath.Match.
bool matches(const std::string& glob, const std::string& text) {
  return ::fnmatch(glob.c_str(), text.c_str(), FNM_PATHNAME) == 0;
}

}  // namespace

HelmIgnore::HelmIgnore() { rules_.push_back({"templates/.?*", false, false, true}); }

Result<> HelmIgnore::add(std::string_view line) {
  const auto refuse = [](const std::string& why) { return fail(ErrorCode::kInvalidInput, why); };
  if (line.size() > kMaxLine) return refuse("a line has more than 4096 bytes");
  line = trimmed(line);
  if (line.empty() || line.starts_with('#')) return {};
  if (rules_.size() > kMaxRules) return refuse("there are more than 2000 rules");
  if (line.find("**") != std::string_view::npos) {
    return refuse("Helm knows no \"**\"; name the directories, or write one rule for each");
  }
  Rule rule;
  if (line.starts_with('!')) {
    rule.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.directory = true;
    line.remove_suffix(1);
  }
  rule.whole_path = line.find('/') != std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty()) return {};
  rule.glob = line;
  rules_.push_back(std::move(rule));
  return {};
}

Result<HelmIgnore> HelmIgnore::parse(std::string_view bytes, std::string_view file) {
  HelmIgnore ignore;
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  for (std::size_t number = 1; !bytes.empty(); ++number) {
    const auto end = bytes.find('\n');
    const auto added = ignore.add(bytes.substr(0, end));
    if (!added) {
      return fail(ErrorCode::kInvalidInput, printable(file, 400) + ":" + std::to_string(number) +
                                                ": " + std::string(added.error().message()));
    }
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + 1);
  }
  return ignore;
}

// The first rule that matches decides; a negated one leaves out what it does not match.
bool HelmIgnore::excludes_entry(std::string_view path, bool is_directory) const {
  const std::string whole(path);
  const std::string name(path.substr(path.rfind('/') + 1));
  for (const auto& rule : rules_) {
    const bool hit = matches(rule.glob, rule.whole_path ? whole : name);
    if (rule.negated) {
      if (rule.directory && !is_directory) return true;
      if (!hit) return true;
      continue;
    }
    if (rule.directory && !is_directory) continue;
    if (hit) return true;
  }
  return false;
}

bool HelmIgnore::excludes(std::string_view path) const {
  for (auto slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    if (excludes_entry(path.substr(0, slash), true)) return true;
  }
  return excludes_entry(path, false);
}

}  // namespace sealift::charts
