#include "parsed_artifacts.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace sealift::artifacts {
namespace {

std::shared_ptr<const ParsedArtifact> of_size(std::uint64_t bytes) {
  auto parsed = std::make_shared<ParsedArtifact>();
  parsed->estimated_bytes = bytes;
  return parsed;
}

class ParsedArtifactsTest : public testing::Test {
 protected:
  void put(const std::string& name, std::uint64_t bytes) {
    artifacts_.put(Digest::of(name), "", of_size(bytes));
  }
  bool has(const std::string& name) { return artifacts_.find(Digest::of(name), "") != nullptr; }

  ParsedArtifacts artifacts_{100};
};

TEST_F(ParsedArtifactsTest, FindsByDigestAndPath) {
  artifacts_.put(Digest::of("a"), "prod", of_size(10));
  EXPECT_NE(artifacts_.find(Digest::of("a"), "prod"), nullptr);
  EXPECT_EQ(artifacts_.find(Digest::of("a"), ""), nullptr);
  EXPECT_EQ(artifacts_.find(Digest::of("b"), "prod"), nullptr);
}

TEST_F(ParsedArtifactsTest, HoldsTheOnesThatWereUsedLast) {
  put("a", 40);
  put("b", 40);
  EXPECT_TRUE(has("a"));
  put("c", 40);
  EXPECT_EQ(artifacts_.held_bytes(), 80u);
  EXPECT_TRUE(has("a"));
  EXPECT_FALSE(has("b"));
  EXPECT_TRUE(has("c"));
  put("d", 100);
  EXPECT_FALSE(has("a"));
  EXPECT_FALSE(has("c"));
  EXPECT_TRUE(has("d"));
  EXPECT_EQ(artifacts_.held_bytes(), 100u);
}

TEST_F(ParsedArtifactsTest, FindsALargeOneAsLongAsSomebodyHoldsIt) {
  auto large = of_size(101);
  artifacts_.put(Digest::of("large"), "", large);
  put("small", 100);
  EXPECT_EQ(artifacts_.find(Digest::of("large"), ""), large);
  EXPECT_TRUE(has("small")) << "it pushes nobody out";
  large.reset();
  EXPECT_FALSE(has("large"));
}

TEST_F(ParsedArtifactsTest, HoldsAgainWhatIsUsedAgain) {
  auto a = of_size(60);
  artifacts_.put(Digest::of("a"), "", a);
  put("b", 60);
  EXPECT_EQ(artifacts_.held_bytes(), 60u);
  EXPECT_EQ(artifacts_.find(Digest::of("a"), ""), a);
  a.reset();
  EXPECT_TRUE(has("a"));
  EXPECT_FALSE(has("b"));
}

TEST_F(ParsedArtifactsTest, CountsAReplacedOneOnce) {
  put("a", 60);
  put("a", 70);
  EXPECT_EQ(artifacts_.held_bytes(), 70u);
}

}  // namespace
}  // namespace sealift::artifacts
