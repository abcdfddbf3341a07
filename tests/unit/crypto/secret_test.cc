#include <sealift/crypto/secret.h>

#include <gtest/gtest.h>

#include <type_traits>

namespace sealift::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);

TEST(Secret, LeavesNothingInTheStringItWasMadeFrom) {
  for (const std::size_t size : {5u, 100u}) {  // inside the string object, and outside
    std::string source(size, 'k');
    const Secret secret(std::move(source));
    EXPECT_EQ(secret.view(), std::string(size, 'k'));
    // NOLINTNEXTLINE(bugprone-use-after-move): what is left behind is the point.
    source.resize(source.capacity());
    EXPECT_EQ(source.find('k'), std::string::npos) << size;
  }
}

TEST(Secret, LeavesNothingWhereItWasMovedFrom) {
  Secret first(std::string("short"));
  const char* place = first.data();
  const Secret second(std::move(first));
  EXPECT_EQ(second.view(), "short");
  EXPECT_EQ(std::string_view(place, 5).find('s'), std::string_view::npos);
}

TEST(Secret, WipesWhatTruncationCutsOff) {
  Secret secret(std::string(64, 'k'));
  secret.truncate(10);
  EXPECT_EQ(secret.view(), std::string(10, 'k'));
  EXPECT_EQ(std::string_view(secret.data(), 64).find('k', 10), std::string_view::npos);
}

TEST(Secret, WipesTheWholeCapacityOfAString) {
  std::string text(64, 'k');
  const char* place = text.data();
  text.resize(3);
  text.reserve(64);
  wipe(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.data(), place);
  EXPECT_EQ(std::string_view(place, 64).find('k'), std::string_view::npos);
}

}  // namespace
}  // namespace sealift::crypto
