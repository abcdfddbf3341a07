#include <sealift/base/encoding.h>
#include <sealift/oci/semver.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxVersion = 256;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_identifier_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

tl::unexpected<Error> refuse(std::string_view text, std::string_view reason) {
  return fail(ErrorCode::kInvalidInput, "\"" + printable(text, 80) + "\" is not a version (" +
                                            std::string(reason) +
                                            "); write MAJOR.MINOR.PATCH, as in 1.4.0");
}

// Sections 2 and 9.
bool has_leading_zero(std::string_view text) {
  return is_number(text) && text.size() > 1 && text.front() == '0';
}

Result<std::uint64_t> parse_number(std::string_view part, std::string_view version) {
  if (!is_number(part)) return refuse(version, "\"" + printable(part, 40) + "\" is not a number");
  if (has_leading_zero(part)) return refuse(version, "a number begins with a zero");
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  if (error != std::errc()) return refuse(version, "\"" + printable(part, 40) + "\" is too large");
  return number;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Result<> check_identifiers(std::string_view text, std::string_view version) {
  for (const auto identifier : split(text, '.')) {
    if (identifier.empty() ||
        !std::all_of(identifier.begin(), identifier.end(), is_identifier_character)) {
      return refuse(version, "behind - and + come letters, digits and hyphens with dots between");
    }
  }
  return {};
}

std::weak_ordering compare_identifiers(std::string_view a, std::string_view b) {
  const bool a_number = is_number(a);
  const bool b_number = is_number(b);
  if (a_number != b_number) {
    return a_number ? std::weak_ordering::less : std::weak_ordering::greater;
  }
  // Without leading zeros, the longer number is the larger one.
  if (a_number && a.size() != b.size()) return a.size() <=> b.size();
  return a <=> b;
}

std::weak_ordering compare_core(const SemanticVersion& a, const SemanticVersion& b) {
  return std::array{a.major, a.minor, a.patch} <=> std::array{b.major, b.minor, b.patch};
}

}  // namespace

Result<SemanticVersion> SemanticVersion::parse(std::string_view text) {
  if (text.size() > kMaxVersion) return refuse(text, "it is longer than 256 bytes");
  SemanticVersion version;
  std::string_view core = text;
  if (core.starts_with('v')) core.remove_prefix(1);
  if (const auto plus = core.find('+'); plus != std::string_view::npos) {
    version.build = std::string(core.substr(plus + 1));
    SEALIFT_TRY(check_identifiers(version.build, text));
    core = core.substr(0, plus);
  }
  if (const auto hyphen = core.find('-'); hyphen != std::string_view::npos) {
    const auto prerelease = core.substr(hyphen + 1);
    SEALIFT_TRY(check_identifiers(prerelease, text));
    for (const auto identifier : split(prerelease, '.')) {
      if (has_leading_zero(identifier)) return refuse(text, "a number begins with a zero");
      version.prerelease.emplace_back(identifier);
    }
    core = core.substr(0, hyphen);
  }
  const auto numbers = split(core, '.');
  if (numbers.size() != 3) return refuse(text, "it needs three numbers");
  SEALIFT_ASSIGN(version.major, parse_number(numbers[0], text));
  SEALIFT_ASSIGN(version.minor, parse_number(numbers[1], text));
  SEALIFT_ASSIGN(version.patch, parse_number(numbers[2], text));
  return version;
}

std::string SemanticVersion::to_string() const {
  std::string text =
      std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
  for (std::size_t i = 0; i < prerelease.size(); ++i) text += (i == 0 ? "-" : ".") + prerelease[i];
  if (!build.empty()) text += "+" + build;
  return text;
}

std::weak_ordering compare(const SemanticVersion& a, const SemanticVersion& b) {
  if (const auto order = compare_core(a, b); order != 0) return order;
  if (a.prerelease.empty() != b.prerelease.empty()) {
    return a.prerelease.empty() ? std::weak_ordering::greater : std::weak_ordering::less;
  }
  const std::size_t common = std::min(a.prerelease.size(), b.prerelease.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto order = compare_identifiers(a.prerelease[i], b.prerelease[i]);
    if (order != 0) return order;
  }
  return a.prerelease.size() <=> b.prerelease.size();
}

}  // namespace sealift::oci
