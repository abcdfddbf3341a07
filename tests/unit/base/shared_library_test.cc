#include <sealift/base/shared_library.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>

namespace sealift {
namespace {

using testing::HasSubstr;

TEST(SharedLibrary, FindsAFunction) {
  const auto library = SharedLibrary::open("libc.so.6", "");
  ASSERT_TRUE(library);
  std::size_t (*length)(const char*) = nullptr;
  ASSERT_TRUE(library->find("strlen", length));
  EXPECT_EQ(length("four"), 4u);
}

TEST(SharedLibrary, SaysWhichLibraryIsMissingAndWhereToGetIt) {
  const auto library = SharedLibrary::open("libnobody.so.7", "install the package nobody7");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code(), ErrorCode::kIo);
  EXPECT_THAT(library.error().message(), HasSubstr("libnobody.so.7 cannot be used"));
  EXPECT_THAT(library.error().message(), HasSubstr("; install the package nobody7"));
}

TEST(SharedLibrary, SaysWhichFunctionAnOlderOneLacks) {
  const auto library = SharedLibrary::open("libc.so.6", "install a newer one");
  ASSERT_TRUE(library);
  void (*function)() = nullptr;
  const auto found = library->find("nobody_has_this", function);
  ASSERT_FALSE(found);
  EXPECT_EQ(function, nullptr);
  EXPECT_THAT(found.error().message(), HasSubstr("libc.so.6 cannot be used"));
  EXPECT_THAT(found.error().message(), HasSubstr("nobody_has_this"));
}

}  // namespace
}  // namespace sealift
