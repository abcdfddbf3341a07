#include "support/result_matchers.h"

#include <sealift/oci/version_range.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;

TEST(SemanticVersion, OrdersAsTheSpecificationSays) {
  // Section 11, and numbers beyond 64 bits in a pre-release.
  const std::vector<std::string> ascending = {"0.0.0-0",
                                              "0.0.0",
                                              "1.0.0-alpha",
                                              "1.0.0-alpha.1",
                                              "1.0.0-alpha.beta",
                                              "1.0.0-beta",
                                              "1.0.0-beta.2",
                                              "1.0.0-beta.11",
                                              "1.0.0-rc.1",
                                              "1.0.0-rc.99999999999999999999999",
                                              "1.0.0",
                                              "1.2.0",
                                              "1.10.0",
                                              "2.0.0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      ASSERT_OK_ASSIGN(const auto a, SemanticVersion::parse(ascending[i]));
      ASSERT_OK_ASSIGN(const auto b, SemanticVersion::parse(ascending[j]));
      EXPECT_EQ(compare(a, b), i <=> j) << ascending[i] << " and " << ascending[j];
    }
  }
}

TEST(SemanticVersion, BuildHasNoPartInTheOrder) {
  ASSERT_OK_ASSIGN(const auto a, SemanticVersion::parse("v1.0.0+001"));
  ASSERT_OK_ASSIGN(const auto b, SemanticVersion::parse("1.0.0+exp.sha-5114f85"));
  EXPECT_EQ(compare(a, b), std::weak_ordering::equivalent);
  EXPECT_EQ(a.to_string(), "1.0.0+001");
}

class RefusedVersion : public testing::TestWithParam<std::string> {};

TEST_P(RefusedVersion, IsAnError) {
  EXPECT_THAT(SemanticVersion::parse(GetParam()),
              fails_with(ErrorCode::kInvalidInput, "is not a version"));
}

INSTANTIATE_TEST_SUITE_P(Table, RefusedVersion,
                         testing::Values("", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.x", "1.2.-3",
                                         "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+", "1.2.3+a_b",
                                         "vv1.2.3", " 1.2.3", "1.2.99999999999999999999",
                                         "1.2.3-" + std::string(300, 'a')));

struct Case {
  std::string range;
  std::vector<std::string> inside;
  std::vector<std::string> outside;
};

class RangeTable : public testing::TestWithParam<Case> {};

TEST_P(RangeTable, ContainsWhatItNames) {
  ASSERT_OK_ASSIGN(const auto range, VersionRange::parse(GetParam().range));
  for (const auto& text : GetParam().inside) {
    ASSERT_OK_ASSIGN(const auto version, SemanticVersion::parse(text));
    EXPECT_TRUE(range.contains(version)) << text << " in " << GetParam().range;
  }
  for (const auto& text : GetParam().outside) {
    ASSERT_OK_ASSIGN(const auto version, SemanticVersion::parse(text));
    EXPECT_FALSE(range.contains(version)) << text << " in " << GetParam().range;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RangeTable,
    testing::Values(
        Case{"*", {"0.0.0", "9.9.9"}, {"1.0.0-rc.1"}},
        Case{">=1.2 <2", {"1.2.0", "1.99.0"}, {"1.1.9", "2.0.0", "1.3.0-rc.1", "2.0.0-rc.1"}},
        Case{">=1.2, <2", {"1.2.0"}, {"2.0.0"}}, Case{">= 1.2,< 2", {"1.2.0"}, {"2.0.0"}},
        Case{"^1.2.3", {"1.2.3", "1.9.0"}, {"1.2.2", "2.0.0"}},
        Case{"^1.2", {"1.2.0", "1.9.0"}, {"1.1.9", "2.0.0"}},
        Case{"^0.2.3", {"0.2.3", "0.2.9"}, {"0.3.0", "0.2.2"}},
        Case{"^0.0.3", {"0.0.3"}, {"0.0.4", "0.0.2"}}, Case{"^0.0", {"0.0.0", "0.0.9"}, {"0.1.0"}},
        Case{"^0", {"0.0.0", "0.9.9"}, {"1.0.0"}},
        Case{"~1.2.3", {"1.2.3", "1.2.9"}, {"1.2.2", "1.3.0"}},
        Case{"~>1.2", {"1.2.0", "1.2.9"}, {"1.3.0"}},
        Case{"~1", {"1.0.0", "1.9.9"}, {"2.0.0", "0.9.9"}},
        Case{"1.x", {"1.0.0", "1.9.9"}, {"2.0.0"}}, Case{"1.2.*", {"1.2.0", "1.2.9"}, {"1.3.0"}},
        Case{"1.X.x", {"1.0.0"}, {"2.0.0"}}, Case{"1.2", {"1.2.7"}, {"1.3.0"}},
        Case{"v1.2.3", {"1.2.3", "1.2.3+b"}, {"1.2.4"}}, Case{"!=1.2.3", {"1.2.4"}, {"1.2.3"}},
        Case{"!=1.x", {"2.0.0"}, {"1.4.0"}}, Case{">1.2", {"1.3.0", "2.0.0"}, {"1.2.9"}},
        Case{">1", {"2.0.0"}, {"1.9.9"}}, Case{"<=1.2", {"1.2.9", "0.1.0"}, {"1.3.0"}},
        Case{"=<1", {"1.9.9"}, {"2.0.0"}}, Case{"<1.2", {"1.1.9"}, {"1.2.0"}},
        Case{"1.2 - 2.4.5", {"1.2.0", "2.4.5"}, {"1.1.9", "2.4.6"}},
        Case{"1.2.0 - 2", {"2.9.9"}, {"3.0.0"}},
        Case{"1.x || >=2.5.0 || 5.0.0 - 7.2.3", {"1.4.0", "2.5.0", "6.0.0"}, {"2.4.0", "0.1.0"}},
        Case{">=1.0.0-0", {"1.0.0-rc.1", "1.0.0", "2.0.0-beta"}, {"0.9.0"}},
        Case{"^1.2.0-0", {"1.3.0-rc.1", "1.2.0"}, {"2.0.0-rc.1", "2.0.0"}},
        Case{"~1.2.3-beta.2", {"1.2.3-beta.4", "1.2.3"}, {"1.2.3-beta.1", "1.3.0"}},
        Case{">=1.0.0-0 <2 || 3.x", {"1.5.0-rc.1", "3.1.0"}, {"3.1.0-rc.1"}}));

class RefusedRange : public testing::TestWithParam<std::string> {};

TEST_P(RefusedRange, IsAnError) {
  EXPECT_THAT(VersionRange::parse(GetParam()),
              fails_with(ErrorCode::kInvalidInput, "is not a version range"));
}

INSTANTIATE_TEST_SUITE_P(Table, RefusedRange,
                         testing::Values("", "||", "1.x ||", ">", "latest", "1.2.3.4", "1.x.3",
                                         "><1", "==1", "1.2 - ", "^^1", "1..2", "01.2", [] {
                                           std::string text = "1";
                                           for (int i = 0; i < 64; ++i) text += " 1";
                                           return text;
                                         }()));

TEST(SelectNewest, TakesTheHighestVersionInTheRange) {
  ASSERT_OK_ASSIGN(const auto range, VersionRange::parse("1.x"));
  EXPECT_EQ(select_newest({"latest", "1.9.0", "v1.10.0", "2.0.0", "1.10.1-rc.1"}, range),
            "v1.10.0");
  EXPECT_EQ(select_newest({"latest", "2.0.0", "sha256-abc.sig"}, range), std::nullopt);
}

TEST(SelectNewest, DoesNotDependOnTheOrderOfEqualTags) {
  ASSERT_OK_ASSIGN(const auto range, VersionRange::parse("*"));
  EXPECT_EQ(select_newest({"1.0.0_b", "1.0.0_a", "v0.9.0"}, range), "1.0.0_b");
  EXPECT_EQ(select_newest({"1.0.0_a", "v0.9.0", "1.0.0_b"}, range), "1.0.0_b");
}

}  // namespace
}  // namespace sealift::oci
