#include "vote_count.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sealift::signing {
namespace {

// "SIGNER of PIECE" of each that counts.
std::vector<std::string> counted(const std::vector<Ballot>& ballots) {
  std::vector<std::string> out;
  for (const auto& [signer, piece] : count_votes(ballots)) {
    out.push_back(signer + " of " + std::to_string(piece));
  }
  return out;
}

TEST(VoteCount, CountsEachPersonAndEachNameOnce) {
  using testing::ElementsAre;
  using testing::IsEmpty;
  using testing::SizeIs;
  EXPECT_THAT(counted({}), IsEmpty());
  EXPECT_THAT(counted({{"x", {}, 0}}), IsEmpty());
  EXPECT_THAT(counted({{"x", {"a"}, 0}, {"y", {"b"}, 1}}), ElementsAre("a of 0", "b of 1"));
  EXPECT_THAT(counted({{"x", {"a"}, 0}, {"x", {"a"}, 1}}), ElementsAre("a of 0"))
      << "one key that signed twice";
  EXPECT_THAT(counted({{"x", {"a", "b"}, 0}}), SizeIs(1)) << "one person of two names";
  EXPECT_THAT(counted({{"x", {"a"}, 0}, {"x", {"b"}, 1}}), SizeIs(1))
      << "one person who signed under each of two names";
  EXPECT_THAT(counted({{"x", {"a"}, 0}, {"y", {"a"}, 1}}), SizeIs(1)) << "two people of one name";
}

TEST(VoteCount, LeavesANameToWhoeverHasNoOther) {
  using testing::ElementsAre;
  EXPECT_THAT(counted({{"x", {"a", "b"}, 0}, {"y", {"a"}, 1}}), ElementsAre("b of 0", "a of 1"));
  EXPECT_THAT(
      counted({{"x", {"a", "b"}, 0}, {"y", {"b", "c"}, 1}, {"z", {"a"}, 2}, {"w", {"b"}, 3}}),
      ElementsAre("b of 0", "c of 1", "a of 2"))
      << "four people for three names";
}

}  // namespace
}  // namespace sealift::signing
