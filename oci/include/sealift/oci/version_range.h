#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/semver.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::oci {

// A set of versions, written as Masterminds/semver writes constraints, which is what Flux, Helm and
// Argo CD read: alternatives separated by "||", each a list separated by commas or spaces of
//   1.2.3  =1.2.3  !=1.2.3  >1.2  >=1.2  <2  <=2   where missing numbers are wildcards
//   1.x  1.2.*  *                                  wildcards
//   ~1.2.3 (>=1.2.3 <1.3)   ~1 (>=1 <2)            the same minor, or the same major
//   ^1.2.3 (>=1.2.3 <2)     ^0.2.3 (<0.3)   ^0.0.3 (<0.0.4)
//   1.2 - 2.4.5 (>=1.2 <=2.4.5)
// A pre-release version is in a set only where an alternative's own text names a pre-release:
// "*" does not match 1.0.0-rc.1, and ">=1.0.0-0" does.
class VersionRange {
 public:
  // kInvalidInput, naming the part that is wrong. At most 64 comparisons.
  static Result<VersionRange> parse(std::string_view text);
  bool contains(const SemanticVersion& version) const;

 private:
  enum class Operator {
    kEqual,
    kNotEqual,
    kGreater,
    kGreaterEqual,
    kLess,
    kLessEqual,
    kTilde,
    kCaret
  };
  // How many of the numbers are written; the others are wildcards, and zero in `version`.
  enum class Written { kNothing, kMajor, kMinor, kAll };
  struct Comparison {
    Operator op = Operator::kEqual;
    SemanticVersion version;
    Written written = Written::kAll;
  };
  struct Alternative {
    std::vector<Comparison> comparisons;
    bool allows_prerelease = false;
  };

  static Result<Alternative> parse_alternative(std::string_view text);
  static Result<Comparison> parse_comparison(std::string_view op, std::string_view version);
  static bool matches(const Comparison& comparison, const SemanticVersion& version);
  // Whether the version agrees with the numbers that are written, or with all of them.
  static bool in_wildcard(const Comparison& comparison, const SemanticVersion& version);
  static bool in_tilde(const Comparison& comparison, const SemanticVersion& version);
  static bool in_caret(const Comparison& comparison, const SemanticVersion& version);

  std::vector<Alternative> alternatives_;
};

// The tag with the highest version in the range, nullopt where none is. Tags that are no versions
// are passed over; "_" stands for the "+" that a tag cannot hold, as Helm writes it. Among tags of
// equal precedence the last by its bytes wins, so that the answer does not depend on their order.
std::optional<std::string> select_newest(const std::vector<std::string>& tags,
                                         const VersionRange& range);

}  // namespace sealift::oci
