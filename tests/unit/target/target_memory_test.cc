#include <sealift/target/inventory.h>

#include <gtest/gtest.h>

#include <string>

namespace sealift::target {
namespace {

Digest digest(const std::string& name) { return Digest::of(name); }

TargetMemory memory(const std::string& name, std::int64_t sequence, const std::string& writer) {
  TargetMemory out{digest(name), sequence};
  out.writer = writer;
  return out;
}

TEST(WeighedMemory, IsTheTargetsWhereNothingElseIsKnown) {
  auto there = memory("old", 4, "other");
  there.newest = digest("new");
  there.has_places = true;
  const auto weighed = target::weighed({}, there);
  EXPECT_EQ(weighed.digest, digest("old"));
  EXPECT_EQ(weighed.newest, digest("new"));
  EXPECT_EQ(weighed.sequence, 4);
  EXPECT_TRUE(weighed.has_places);
}

TEST(WeighedMemory, NothingThereChangesNothing) {
  TargetMemory there;
  there.has_places = true;
  const auto weighed = target::weighed(memory("new", 5, "own"), there);
  EXPECT_EQ(weighed.digest, digest("new"));
  EXPECT_EQ(weighed.writer, "own");
  EXPECT_TRUE(weighed.has_places);
}

TEST(WeighedMemory, AnEqualOrLowerSequenceDecidesNothing) {
  auto own = memory("new", 5, "own");
  own.repository = "registry.test/app";
  own.healthy = digest("new");
  for (const std::int64_t sequence : {4, 5}) {
    auto there = memory("old", sequence, "other");
    there.newest = digest("new");
    there.healthy = digest("old");
    const auto weighed = target::weighed(own, there);
    EXPECT_EQ(weighed.digest, digest("new"));
    EXPECT_EQ(weighed.newest, std::nullopt);
    EXPECT_EQ(weighed.sequence, 5);
    EXPECT_EQ(weighed.repository, "registry.test/app");
    EXPECT_EQ(weighed.healthy, digest("new"));
    EXPECT_EQ(weighed.writer, "other") << "who has written there is not who remembers";
  }
}

TEST(WeighedMemory, AHigherSequenceIsANewerOneAndInForceIsWhatNobodyKnows) {
  for (const bool went_back : {false, true}) {
    auto there = memory(went_back ? "old" : "newer", 6, "other");
    if (went_back) there.newest = digest("newer");
    const auto weighed = target::weighed(memory("new", 5, "own"), there);
    EXPECT_EQ(weighed.digest, std::nullopt);
    EXPECT_EQ(weighed.newest, digest("newer"));
    EXPECT_EQ(weighed.sequence, 6);
    EXPECT_TRUE(weighed.is_known());
  }
}

}  // namespace
}  // namespace sealift::target
