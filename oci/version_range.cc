#include <sealift/base/encoding.h>
#include <sealift/oci/version_range.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxComparisons = 64;

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_wildcard(std::string_view part) { return part == "*" || part == "x" || part == "X"; }

tl::unexpected<Error> refuse_range(std::string_view text, std::string_view reason) {
  return fail(ErrorCode::kInvalidInput,
              "\"" + printable(text, 120) + "\" is not a version range: " + std::string(reason) +
                  "; write for instance \">=1.2 <2\", \"^1.2\" or \"1.x\"");
}

// Takes operators, versions and the hyphen of a range from the front of a list.
class RangeScanner {
 public:
  explicit RangeScanner(std::string_view text) : rest_(text) {}

  // Commas separate as spaces do.
  void skip_separators() {
    while (!rest_.empty() && (is_space(rest_.front()) || rest_.front() == ',')) {
      rest_.remove_prefix(1);
    }
  }
  bool at_end() const { return rest_.empty(); }

  std::string_view take_operator() {
    return take([](char c) { return kOperatorCharacters.find(c) != std::string_view::npos; });
  }
  void skip_spaces() { take(is_space); }
  std::string_view take_version() {
    return take([](char c) {
      return !is_space(c) && c != ',' && kOperatorCharacters.find(c) == std::string_view::npos;
    });
  }
  // " - " between two versions; a hyphen without spaces belongs to a pre-release.
  bool take_hyphen() {
    const std::string_view before = rest_;
    const bool spaces = !take(is_space).empty();
    if (spaces && rest_.size() > 1 && rest_[0] == '-' && is_space(rest_[1])) {
      rest_.remove_prefix(1);
      skip_spaces();
      return true;
    }
    rest_ = before;
    return false;
  }

 private:
  static constexpr std::string_view kOperatorCharacters = "=!<>~^";

  template <typename Predicate>
  std::string_view take(Predicate predicate) {
    std::size_t size = 0;
    while (size < rest_.size() && predicate(rest_[size])) ++size;
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

// The numbers of a comparison's version, missing ones as zero.
struct Core {
  std::string text;         // "1.2.0"
  std::size_t written = 0;  // 2 for "1.2" and "1.2.x"
};

Result<Core> read_core(std::string_view text) {
  Core core;
  bool wildcard = false;
  std::size_t parts = 0;
  for (std::size_t begin = 0; begin != std::string_view::npos; ++parts) {
    const auto dot = text.find('.', begin);
    const auto part = text.substr(begin, dot == std::string_view::npos ? dot : dot - begin);
    begin = dot == std::string_view::npos ? dot : dot + 1;
    if (parts == 3) return fail(ErrorCode::kInvalidInput, "a version has three numbers");
    if (is_wildcard(part)) {
      wildcard = true;
      continue;
    }
    if (wildcard) return fail(ErrorCode::kInvalidInput, "a number stands behind a wildcard");
    core.text += (parts == 0 ? "" : ".") + std::string(part);
    ++core.written;
  }
  for (std::size_t i = core.written; i < 3; ++i) core.text += i == 0 ? "0" : ".0";
  return core;
}

}  // namespace

Result<VersionRange> VersionRange::parse(std::string_view text) {
  VersionRange range;
  std::size_t comparisons = 0;
  for (std::string_view rest = text;;) {
    const auto bars = rest.find("||");
    auto alternative = parse_alternative(rest.substr(0, bars));
    if (!alternative) return refuse_range(text, alternative.error().message());
    comparisons += alternative->comparisons.size();
    if (comparisons > kMaxComparisons) return refuse_range(text, "it has more than 64 comparisons");
    range.alternatives_.push_back(*std::move(alternative));
    if (bars == std::string_view::npos) return range;
    rest.remove_prefix(bars + 2);
  }
}

Result<VersionRange::Alternative> VersionRange::parse_alternative(std::string_view text) {
  Alternative alternative;
  const auto add = [&](std::string_view op, std::string_view version) -> Result<> {
    SEALIFT_ASSIGN(Comparison comparison, parse_comparison(op, version));
    if (!comparison.version.prerelease.empty()) alternative.allows_prerelease = true;
    alternative.comparisons.push_back(std::move(comparison));
    return {};
  };
  RangeScanner scanner(text);
  for (scanner.skip_separators(); !scanner.at_end(); scanner.skip_separators()) {
    const auto op = scanner.take_operator();
    scanner.skip_spaces();
    const auto version = scanner.take_version();
    if (op.empty() && scanner.take_hyphen()) {
      SEALIFT_TRY(add(">=", version));
      SEALIFT_TRY(add("<=", scanner.take_version()));
    } else {
      SEALIFT_TRY(add(op, version));
    }
  }
  if (alternative.comparisons.empty()) {
    return fail(ErrorCode::kInvalidInput, "an alternative is empty (* stands for any version)");
  }
  return alternative;
}

Result<VersionRange::Comparison> VersionRange::parse_comparison(std::string_view op,
                                                                std::string_view version) {
  static constexpr std::array<std::pair<std::string_view, Operator>, 12> kOperators = {{
      {"", Operator::kEqual},
      {"=", Operator::kEqual},
      {"!=", Operator::kNotEqual},
      {">", Operator::kGreater},
      {">=", Operator::kGreaterEqual},
      {"=>", Operator::kGreaterEqual},
      {"<", Operator::kLess},
      {"<=", Operator::kLessEqual},
      {"=<", Operator::kLessEqual},
      {"~", Operator::kTilde},
      {"~>", Operator::kTilde},
      {"^", Operator::kCaret},
  }};
  const auto* known = std::find_if(kOperators.begin(), kOperators.end(),
                                   [&](const auto& entry) { return entry.first == op; });
  if (known == kOperators.end()) {
    return fail(ErrorCode::kInvalidInput, "\"" + printable(op, 20) + "\" is no comparison");
  }
  if (version.starts_with('v')) version.remove_prefix(1);
  const std::size_t core_size = std::min(version.find_first_of("-+"), version.size());
  SEALIFT_ASSIGN(const Core core, read_core(version.substr(0, core_size)));
  Comparison comparison;
  comparison.op = known->second;
  comparison.written = static_cast<Written>(core.written);
  SEALIFT_ASSIGN(comparison.version,
                 SemanticVersion::parse(core.text + std::string(version.substr(core_size))));
  return comparison;
}

bool VersionRange::contains(const SemanticVersion& version) const {
  return std::any_of(
      alternatives_.begin(), alternatives_.end(), [&](const Alternative& alternative) {
        if (!version.prerelease.empty() && !alternative.allows_prerelease) return false;
        return std::all_of(
            alternative.comparisons.begin(), alternative.comparisons.end(),
            [&](const Comparison& comparison) { return matches(comparison, version); });
      });
}

bool VersionRange::in_wildcard(const Comparison& comparison, const SemanticVersion& version) {
  const SemanticVersion& bound = comparison.version;
  switch (comparison.written) {
    case Written::kNothing:
      return true;
    case Written::kMajor:
      return version.major == bound.major;
    case Written::kMinor:
      return version.major == bound.major && version.minor == bound.minor;
    case Written::kAll:
      return compare(version, bound) == 0;
  }
  return false;
}

bool VersionRange::matches(const Comparison& comparison, const SemanticVersion& version) {
  const SemanticVersion& bound = comparison.version;
  switch (comparison.op) {
    case Operator::kEqual:
      return in_wildcard(comparison, version) &&
             (comparison.written == Written::kAll || compare(version, bound) >= 0);
    case Operator::kNotEqual:
      return !in_wildcard(comparison, version);
    case Operator::kGreater:
      // ">1.2" begins behind the last 1.2.x.
      return compare(version, bound) > 0 && !in_wildcard(comparison, version);
    case Operator::kGreaterEqual:
      return compare(version, bound) >= 0;
    case Operator::kLess:
      return compare(version, bound) < 0;
    case Operator::kLessEqual:
      // "<=1.2" ends behind the last 1.2.x.
      return compare(version, bound) <= 0 || in_wildcard(comparison, version);
    case Operator::kTilde:
      return compare(version, bound) >= 0 && in_tilde(comparison, version);
    case Operator::kCaret:
      return compare(version, bound) >= 0 && in_caret(comparison, version);
  }
  return false;
}

bool VersionRange::in_tilde(const Comparison& comparison, const SemanticVersion& version) {
  if (comparison.written == Written::kNothing) return true;
  if (version.major != comparison.version.major) return false;
  return comparison.written == Written::kMajor || version.minor == comparison.version.minor;
}

// The first number that is not zero stays, of those that are written.
bool VersionRange::in_caret(const Comparison& comparison, const SemanticVersion& version) {
  const SemanticVersion& bound = comparison.version;
  if (comparison.written == Written::kNothing) return true;
  if (version.major != bound.major) return false;
  if (bound.major > 0 || comparison.written == Written::kMajor) return true;
  if (version.minor != bound.minor) return false;
  if (bound.minor > 0 || comparison.written == Written::kMinor) return true;
  return version.patch == bound.patch;
}

std::optional<std::string> select_newest(const std::vector<std::string>& tags,
                                         const VersionRange& range) {
  const std::string* newest = nullptr;
  SemanticVersion newest_version;
  for (const std::string& tag : tags) {
    std::string text = tag;
    std::replace(text.begin(), text.end(), '_', '+');
    auto version = SemanticVersion::parse(text);
    if (!version || !range.contains(*version)) continue;
    if (newest != nullptr) {
      const auto order = compare(*version, newest_version);
      if (order < 0 || (order == 0 && tag <= *newest)) continue;
    }
    newest = &tag;
    newest_version = *std::move(version);
  }
  if (newest == nullptr) return std::nullopt;
  return *newest;
}

}  // namespace sealift::oci
