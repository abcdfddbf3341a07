#include <sealift/comparison/quantity.h>

#include <gtest/gtest.h>

#include <string>

namespace sealift::comparison {
namespace {

struct Pair {
  const char* one;
  const char* other;
};

class SameQuantity : public testing::TestWithParam<Pair> {};

TEST_P(SameQuantity, IsEqual) {
  const auto one = Quantity::parse(GetParam().one);
  const auto other = Quantity::parse(GetParam().other);
  ASSERT_TRUE(one);
  ASSERT_TRUE(other);
  EXPECT_EQ(*one, *other);
}

INSTANTIATE_TEST_SUITE_P(
    All, SameQuantity,
    testing::Values(Pair{"1", "1000m"}, Pair{"1Gi", "1024Mi"}, Pair{"1Gi", "1073741824"},
                    Pair{"0.5", "500m"}, Pair{"0.5", ".5"}, Pair{"1", "1."}, Pair{"1", "+1"},
                    Pair{"1e3", "1k"}, Pair{"1E3", "1000"}, Pair{"1e+3", "1k"}, Pair{"1e-3", "1m"},
                    Pair{"1000000n", "1m"}, Pair{"1000u", "1m"}, Pair{"1.5Gi", "1536Mi"},
                    Pair{"1Ei", "1024Pi"}, Pair{"1E", "1000P"}, Pair{"1T", "1000G"},
                    Pair{"1M", "1000000"}, Pair{"1Ti", "1024Gi"}, Pair{"1Mi", "1024Ki"},
                    Pair{"0", "0Gi"}, Pair{"-0", "0"}, Pair{"007", "7"}, Pair{"0.1Ki", "102.4"},
                    Pair{"-1", "-1000m"},
                    Pair{"123456789012345678901234567890", "123456789012345678901234567.89k"}));

class OtherQuantity : public testing::TestWithParam<Pair> {};

TEST_P(OtherQuantity, IsNotEqual) {
  EXPECT_NE(Quantity::parse(GetParam().one), Quantity::parse(GetParam().other));
}

INSTANTIATE_TEST_SUITE_P(All, OtherQuantity,
                         testing::Values(Pair{"1", "1001m"}, Pair{"1G", "1Gi"}, Pair{"1m", "1M"},
                                         Pair{"1", "-1"}, Pair{"1E", "1e1"}, Pair{"10", "100"},
                                         Pair{"9007199254740993", "9007199254740992"}));

TEST(Quantity, RefusesWhatKubernetesRefuses) {
  for (const auto* text :
       {"",   "+",   "-",     ".",     "a",    "1 ",   " 1",    "1K",  "1ki",    "1KI", "1mm",
        "1e", "1e+", "1e+-1", "1e1.5", "1Gib", "0x10", "1,000", "--1", "1e1001", "Gi"}) {
    EXPECT_FALSE(Quantity::parse(text)) << text;
  }
  EXPECT_FALSE(Quantity::parse(std::string(65, '1')));
  EXPECT_TRUE(Quantity::parse(std::string(64, '1')));
}

}  // namespace
}  // namespace sealift::comparison
