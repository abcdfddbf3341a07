#include "shared_values.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace sealift::members {
namespace {

using Names = std::set<std::string>;

TEST(SharedValues, KeepsEqualOnesOnce) {
  SharedValues<Names> values;
  const auto one = values.share({"shop", "web"});
  const auto same = values.share({"web", "shop"});
  const auto other = values.share({"shop"});
  EXPECT_EQ(one, same);
  EXPECT_NE(one, other);
  EXPECT_EQ(*one, (Names{"shop", "web"}));
  EXPECT_EQ(values.size(), 2u);
}

TEST(SharedValues, KeepsNoMoreThanAsManyAgainAsAreHeld) {
  SharedValues<Names> values;
  std::vector<SharedValues<Names>::Shared> held;
  for (int i = 0; i < 100; ++i) held.push_back(values.share({"held-" + std::to_string(i)}));
  for (int i = 0; i < 10'000; ++i) {
    (void)values.share({"passing-" + std::to_string(i)});
    ASSERT_LE(values.size(), 2 * held.size());
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(values.share({"held-" + std::to_string(i)}), held[static_cast<std::size_t>(i)]);
  }
  held.clear();
  for (int i = 0; i < 1'000; ++i) (void)values.share({"late-" + std::to_string(i)});
  EXPECT_LE(values.size(), SharedValues<Names>::kFewest);
}

}  // namespace
}  // namespace sealift::members
