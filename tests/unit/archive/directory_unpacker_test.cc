#include "archive_fixture.h"

#include <sealift/archive/directory_unpacker.h>

#include <support/result_matchers.h>
#include <support/temp_directory.h>

#include <gtest/gtest.h>

#include <filesystem>

namespace sealift::archive {
namespace {

using namespace test;
using sealift::test::fails_with;
using sealift::test::TempDirectory;

std::string sample() {
  return raw_entry({.name = "./", .type = '5'}, "") + raw_entry({"a/b/c.yaml"}, "content") +
         raw_entry({.name = "a/", .type = '5'}, "") + raw_entry({.name = "e/", .type = '5'}, "") +
         raw_entry({"empty"}, "") + end_of_tar();
}

TEST(DirectoryUnpacker, WritesIntoANewDirectory) {
  const TempDirectory temp;
  ASSERT_OK_ASSIGN(const auto unpacker,
                   DirectoryUnpacker::create(system_files(), temp.file("new/out")));
  ASSERT_OK(read_tar(sample(), *unpacker, {}, 100));
  EXPECT_EQ(temp.read("new/out/a/b/c.yaml"), "content");
  EXPECT_EQ(temp.read("new/out/empty"), "");
  EXPECT_TRUE(std::filesystem::is_directory(temp.file("new/out/e")));
}

TEST(DirectoryUnpacker, RefusesADirectoryThatIsNotEmpty) {
  const TempDirectory temp;
  temp.write("out/old", "kept");
  EXPECT_THAT(DirectoryUnpacker::create(system_files(), temp.file("out")),
              fails_with(ErrorCode::kConflict, "out/old is in the way"));
  EXPECT_THAT(DirectoryUnpacker::create(system_files(), temp.file("out/old")),
              fails_with(ErrorCode::kConflict, "is in the way"));
  std::filesystem::create_directory(temp.file("elsewhere"));
  std::filesystem::create_directory_symlink(temp.file("elsewhere"), temp.file("link"));
  EXPECT_THAT(DirectoryUnpacker::create(system_files(), temp.file("link")),
              fails_with(ErrorCode::kConflict, "link is in the way"));
}

TEST(DirectoryUnpacker, NeverFollowsALinkThatAppears) {
  const TempDirectory temp;
  temp.write("elsewhere/file", "kept");
  ASSERT_OK_ASSIGN(const auto unpacker,
                   DirectoryUnpacker::create(system_files(), temp.file("out")));
  std::filesystem::create_directory_symlink(temp.file("elsewhere"), temp.file("out/a"));
  std::filesystem::create_symlink(temp.file("elsewhere/file"), temp.file("out/f"));
  std::filesystem::create_symlink(temp.file("elsewhere/fresh"), temp.file("out/dangling"));
  EXPECT_THAT(unpacker->begin_entry({.path = "a/x"}), fails_with(ErrorCode::kConflict, "out/a"));
  EXPECT_THAT(unpacker->begin_entry({.path = "f"}), fails_with(ErrorCode::kConflict, "out/f"));
  EXPECT_THAT(unpacker->begin_entry({.path = "dangling"}), fails_with(ErrorCode::kConflict));
  EXPECT_EQ(temp.read("elsewhere/file"), "kept");
  EXPECT_FALSE(temp.has("elsewhere/x"));
  EXPECT_FALSE(temp.has("elsewhere/fresh"));
}

TEST(DirectoryUnpacker, DoesNotRelyOnItsCallerForPaths) {
  const TempDirectory temp;
  ASSERT_OK_ASSIGN(const auto unpacker,
                   DirectoryUnpacker::create(system_files(), temp.file("out")));
  EXPECT_THAT(unpacker->begin_entry({.path = "../x"}),
              fails_with(ErrorCode::kInvalidInput, "\"..\""));
  EXPECT_THAT(unpacker->begin_entry({.path = temp.file("x")}),
              fails_with(ErrorCode::kInvalidInput, "absolute"));
  EXPECT_FALSE(temp.has("x"));
}

TEST(DirectoryUnpacker, TakesAPartialCopyAway) {
  const TempDirectory temp;
  ASSERT_OK_ASSIGN(const auto unpacker,
                   DirectoryUnpacker::create(system_files(), temp.file("out")));
  const std::string archive = raw_entry({"a/b/c"}, "1") + raw_entry({"a/d"}, "2") +
                              raw_entry({"a-"}, "3") +
                              raw_block({.name = "a/e", .size = octal(9)}) + "half";
  EXPECT_THAT(read_tar(archive, *unpacker), fails_with(ErrorCode::kInvalidInput, "truncated"));
  EXPECT_TRUE(temp.has("out/a/e"));
  ASSERT_OK(unpacker->discard());
  EXPECT_TRUE(std::filesystem::is_empty(temp.file("out")));
}

}  // namespace
}  // namespace sealift::archive
