#include <sealift/console/age.h>

#include <gtest/gtest.h>

#include "support/result_matchers.h"

namespace sealift::console {
namespace {

using namespace std::chrono_literals;

struct AgeCase {
  std::chrono::seconds age;
  std::string_view text;
};

// The values are what kubectl prints for the same ages.
TEST(Age, IsInKubectlsWords) {
  ASSERT_OK_ASSIGN(const auto then, parse_timestamp("2026-01-01T00:00:00Z"));
  for (const auto& [age, text] : std::initializer_list<AgeCase>{
           {-5s, "0s"},          {0s, "0s"},
           {119s, "119s"},       {2min, "2m"},
           {2min + 5s, "2m5s"},  {9min + 59s, "9m59s"},
           {10min, "10m"},       {179min, "179m"},
           {3h, "3h"},           {3h + 20min + 30s, "3h20m"},
           {8h + 20min, "8h"},   {47h, "47h"},
           {48h, "2d"},          {53h, "2d5h"},
           {8 * 24h + 5h, "8d"}, {400 * 24h, "400d"},
           {730 * 24h, "2y"},    {800 * 24h, "2y70d"},
           {8 * 8760h, "8y"},
       }) {
    EXPECT_EQ(age_of("2026-01-01T00:00:00Z", then + age), text) << age.count();
  }
  EXPECT_EQ(age_of("", then), "<unknown>");
  EXPECT_EQ(age_of("yesterday", then), "<unknown>");
}

}  // namespace
}  // namespace sealift::console
