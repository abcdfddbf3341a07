#include "progress_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "byte_units.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kMiB = 1u << 20;

struct Sample {
  const char* what;
  TransferCounts counts;
  std::optional<std::uint64_t> rate;
  std::string name;
  std::size_t width;
  std::string shown;
};

class ProgressText : public testing::TestWithParam<Sample> {};

const TransferCounts kHalf{9, 40, 12, 3000 * kMiB, 1200 * kMiB};
const std::string kWhole = "copying  12/40 blobs  1200 MiB of 3000 MiB  88 MiB/s  shop:v1";

INSTANTIATE_TEST_SUITE_P(
    Table, ProgressText,
    testing::Values(
        Sample{"all", kHalf, 88 * kMiB, "shop:v1", 79, kWhole},
        Sample{"exactly", kHalf, 88 * kMiB, "shop:v1", kWhole.size(), kWhole},
        Sample{"no name", kHalf, 88 * kMiB, "shop:v1", kWhole.size() - 1,
               "copying  12/40 blobs  1200 MiB of 3000 MiB  88 MiB/s"},
        Sample{"no rate", kHalf, 88 * kMiB, "shop:v1", 45,
               "copying  12/40 blobs  1200 MiB of 3000 MiB"},
        Sample{"no bytes", kHalf, 88 * kMiB, "shop:v1", 30, "copying  12/40 blobs"},
        Sample{"one word", kHalf, 88 * kMiB, "shop:v1", 10, "copying"},
        Sample{"part of it", kHalf, 88 * kMiB, "shop:v1", 4, "copy"},
        Sample{"no room", kHalf, 88 * kMiB, "shop:v1", 0, ""},
        Sample{"rate unknown", kHalf, {}, "a", 79, "copying  12/40 blobs  1200 MiB of 3000 MiB  a"},
        Sample{"standing still", kHalf, 0, "", 79,
               "copying  12/40 blobs  1200 MiB of 3000 MiB  0 B/s"},
        Sample{"nothing yet", {}, 0, "shop:v1", 79, "copying  shop:v1"},
        Sample{"manifests", {9, 0, 0, 0, 0}, 0, "shop:v1", 79, "copying  9 manifests  shop:v1"},
        Sample{"all there", {9, 3, 3, 0, 0}, 0, "", 79, "copying  3/3 blobs"},
        Sample{"more than all", {1, 1, 0, 5, 9}, {}, "", 79, "copying  0/1 blobs  5 B of 5 B"},
        Sample{"large",
               {1, 2, 1, 64'000 * kMiB, 20'000 * kMiB},
               {},
               "",
               79,
               "copying  1/2 blobs  20 GiB of 63 GiB"},
        Sample{"a hostile name", {}, {}, "a\r\033[2Jb", 79, "copying  a\\x0d\\x1b[2Jb"},
        Sample{"columns, not bytes", {}, {}, "läden", 14, "copying  läden"},
        Sample{"no half letters", {}, {}, "läden", 13, "copying"}));

TEST_P(ProgressText, Fits) {
  const auto& [what, counts, rate, name, width, shown] = GetParam();
  EXPECT_EQ(progress_text("copying", counts, rate, name, width), shown) << what;
}

TEST(ByteUnits, GrowWithTheNumber) {
  EXPECT_EQ(in_units(0), "0 B");
  EXPECT_EQ(in_units(1023), "1023 B");
  EXPECT_EQ(in_units(1024), "1 KiB");
  EXPECT_EQ(in_units(1536), "2 KiB");
  EXPECT_EQ(in_units(10 * kMiB - 513), "10239 KiB");
  EXPECT_EQ(in_units(10 * kMiB), "10 MiB");
  EXPECT_EQ(in_units(10'000 * kMiB), "10000 MiB");
  EXPECT_EQ(in_units(10'240 * kMiB), "10 GiB");
  EXPECT_EQ(in_units(~std::uint64_t{0}), "17179869184 GiB");
}

}  // namespace
}  // namespace sealift::program
